// combined.json. A folder may come from anybody: nothing is read from it that is not described here.
import * as v from "valibot";
import { ascendingNumbers, list, numberIn, object, type Schema } from "../../common/json-schema";
import { mostThresholdScores } from "../threshold";

/** `combined.json` */
export const combinedSchema: Schema<{ readonly heldOutScores: number[][]; readonly weights: number[] }> =
  object({
    heldOutScores: list(ascendingNumbers(mostThresholdScores), 2, 2),
    /** Models that were saved before members had weights judge as they did: the two count the same. */
    weights: v.optional(list(numberIn(0, 1), 2, 2), [0.5, 0.5]),
  });
