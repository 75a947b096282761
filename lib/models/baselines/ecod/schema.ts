// tails.json. A folder may come from anybody: nothing is read from it that is not described here.
import { finite, integerIn, list, object, type Schema, truth } from "../../../common/json-schema";
import { mostColumns } from "../../../preprocess/matrix";
import type { ColumnDistribution } from "./tails";

/** `tails.json` */
export const tailsSchema: Schema<{ readonly rows: number; readonly distributions: ColumnDistribution[] }> =
  object({
    rows: integerIn(1),
    distributions: list(
      object({
        values: list(finite, 1_000_000, 1),
        counts: list(integerIn(1), 1_000_000, 1),
        leftTailed: truth,
      }),
      mostColumns,
      1,
    ),
  });
