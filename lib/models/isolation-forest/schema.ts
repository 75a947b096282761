// forest.json. A folder may come from anybody: nothing is read from it that is not described here.
import { integerIn, object, type Schema } from "../../common/json-schema";
import type { IsolationForestOptions } from "./settings";

/** `forest.json` */
export const forestSchema: Schema<{
  readonly settings: Readonly<Required<IsolationForestOptions>>;
  readonly nodes: number;
}> = object({
  settings: object({
    trees: integerIn(1),
    sampleSize: integerIn(2, 2 ** 31),
    seed: integerIn(0, 0xffffffff),
  }),
  nodes: integerIn(1),
});
