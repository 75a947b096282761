// combined.json. A folder may come from anybody: nothing is read from it that is not described here.
import { ascendingNumbers, list, object, type Schema } from "../../common/json-schema";
import { mostThresholdScores } from "../threshold";

/** `combined.json` */
export const combinedSchema: Schema<{ readonly heldOutScores: number[][] }> = object({
  heldOutScores: list(ascendingNumbers(mostThresholdScores), 2, 2),
});
