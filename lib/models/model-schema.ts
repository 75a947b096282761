// The JSON files of a model folder. A folder may come from anybody: nothing is read from it that is not described here.
import * as v from "valibot";
import {
  anyObject,
  ascendingNumbers,
  finite,
  integerIn,
  list,
  names,
  numberBetween,
  object,
  type Schema,
  sha256,
  text,
  truth,
  word,
} from "../common/json-schema";
import { mostColumns } from "../preprocess/matrix";
import type { Preprocessor } from "../preprocess/preprocessor";
import { encodings } from "../preprocess/preprocessor";
import { mostQuantiles, scalings } from "../preprocess/scaling";
import { type DetectorName, detectors } from "./detectors";
import type { Manifest } from "./model";
import { mostThresholdScores, type Threshold } from "./threshold";

const categories = names(65_536);
const range = v.pipe(
  v.tuple([finite, finite], "a list of two numbers"),
  v.check(([least, most]) => least <= most, "numbers in ascending order"),
);
const scale = { shift: finite, factor: finite, quantiles: v.optional(ascendingNumbers(mostQuantiles)) };
const features = names(mostColumns);

/** `manifest.json` */
export const manifestSchema: Schema<Manifest> = object({
  formatVersion: integerIn(1),
  libraryVersion: text(100),
  kind: word(...detectors.map(({ kind }): DetectorName => kind)),
  settings: anyObject<object>(() => true, "an object"),
  features,
  dataset: v.optional(object({ name: text(), sha256: text(100), rows: integerIn(0) })),
  seed: integerIn(0, 0xffffffff),
  metrics: v.optional(anyObject<Record<string, unknown>>(() => true, "an object")),
  files: anyObject<Record<string, string>>(
    (value) => v.is(sha256, value),
    "an object of SHA-256 in lower-case hexadecimal",
  ),
});

/** `threshold.json` */
export const thresholdSchema: Schema<Omit<Threshold, "scores"> & { readonly scores: number[] }> = object({
  value: finite,
  rate: numberBetween(0, 1),
  rows: integerIn(1),
  scores: ascendingNumbers(mostThresholdScores),
});

/** `preprocessor.json` */
export const preprocessorSchema: Schema<Preprocessor> = object({
  options: object({
    encoding: word(...encodings),
    logarithm: list(word("amount", "count", "rate", "flag"), 4),
    logarithmOf: v.optional(
      anyObject<Record<string, boolean>>((value) => v.is(truth, value), "an object of true or false"),
    ),
    scaling: word(...scalings),
  }),
  steps: list(
    v.variant(
      "kind",
      [
        object({
          kind: v.literal("number"),
          feature: text(),
          logarithm: truth,
          range,
          missing: v.optional(object({ replacement: finite, column: truth })),
          ...scale,
        }),
        object({ kind: v.literal("one-hot"), feature: text(), categories }),
        object({ kind: v.literal("ordinal"), feature: text(), categories, ...scale }),
      ],
      'a step of the kind "number", "one-hot" or "ordinal"',
    ),
    mostColumns,
  ),
  columns: list(v.string("a text"), mostColumns),
});
