// components.json. A folder may come from anybody: nothing is read from it that is not described here.
import { finite, integerIn, list, object, type Schema } from "../../../common/json-schema";
import { mostColumns } from "../../../preprocess/matrix";

const numbers = list(finite, mostColumns, 1);

/** `components.json` */
export const componentsSchema: Schema<{
  readonly settings: { readonly components: number };
  readonly mean: number[];
  readonly components: number[][];
}> = object({
  settings: object({ components: integerIn(1, mostColumns) }),
  mean: numbers,
  components: list(numbers, mostColumns, 1),
});
