// autoencoder.json. A folder may come from anybody: nothing is read from it that is not described here.
import * as v from "valibot";
import {
  finite,
  integerIn,
  list,
  numberIn,
  object,
  type Schema,
  sha256,
  word,
} from "../../common/json-schema";
import { type AutoencoderSettings, activations, losses, outputActivations } from "./settings";
import type { EpochLoss } from "./train";

/** `autoencoder.json`; `resolveSettings` knows the ranges of the settings. */
export const autoencoderSchema: Schema<{
  readonly settings: AutoencoderSettings;
  readonly history: readonly EpochLoss[];
  readonly sha256: string;
}> = object({
  settings: object({
    layers: list(integerIn(1), 100, 1),
    activation: word(...activations),
    outputActivation: word(...outputActivations),
    loss: word(...losses),
    batchSize: integerIn(1),
    epochs: integerIn(1),
    learningRate: finite,
    validationShare: finite,
    patience: integerIn(0),
    seed: integerIn(0, 0xffffffff),
  }),
  history: list(
    object({
      loss: numberIn(0, Number.MAX_VALUE),
      validationLoss: v.optional(numberIn(0, Number.MAX_VALUE)),
    }),
    1_000_000,
  ),
  sha256,
});
