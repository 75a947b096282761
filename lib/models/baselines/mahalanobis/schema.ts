// distances.json. A folder may come from anybody: nothing is read from it that is not described here.
import { finite, list, numberBetween, object, type Schema } from "../../../common/json-schema";
import { mostColumns } from "../../../preprocess/matrix";

const numbers = list(finite, mostColumns, 1);
const share = numberBetween(0, 1);

/** `distances.json` */
export const distancesSchema: Schema<{
  readonly settings: Readonly<Record<"trimmed" | "majorShare" | "minorVariance" | "falseAlarmRate", number>>;
  readonly mean: number[];
  readonly major: number[][];
  readonly minor: number[][];
}> = object({
  settings: object({ trimmed: share, majorShare: share, minorVariance: share, falseAlarmRate: share }),
  mean: numbers,
  major: list(numbers, mostColumns, 1),
  minor: list(numbers, mostColumns),
});
