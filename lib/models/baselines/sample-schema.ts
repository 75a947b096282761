// neighbours.json. A folder may come from anybody: nothing is read from it that is not described here.
import { integerIn, object, type Schema } from "../../common/json-schema";
import type { SampleSettings } from "./nearest-rows";

/** `neighbours.json` */
export const sampleSchema: Schema<{ readonly settings: SampleSettings }> = object({
  settings: object({
    neighbours: integerIn(1, 1_000_000),
    sampleSize: integerIn(1, 1_000_000),
    seed: integerIn(0, 0xffffffff),
  }),
});
