import { InputError, type OptionNames, requireNumber, requireOneOf } from "../../common/errors";
import type { Backend } from "../tensorflow";

export const activations = ["relu", "elu", "selu", "sigmoid", "tanh"] as const;
export const outputActivations = ["linear", "sigmoid"] as const;
export const losses = ["meanSquaredError", "meanAbsoluteError"] as const;

/** How an autoencoder is built and trained. */
export interface AutoencoderOptions {
  /**
   * Sizes of the hidden layers from input to output, 1 to 100, each an integer in [1, ∞). The narrowest
   * (the first of equals) is the code. Default [64, 32, 16, 32, 64].
   */
  readonly layers?: readonly number[];
  /** Activation of the hidden layers. Default "relu". */
  readonly activation?: (typeof activations)[number];
  /**
   * Activation of the output: "sigmoid" holds it in (0, 1) and so suits min-max scaled columns only. Default
   * "linear", which suits every scaling.
   */
  readonly outputActivation?: (typeof outputActivations)[number];
  /** What training makes small; the score is the mean squared error with either. Default "meanSquaredError". */
  readonly loss?: (typeof losses)[number];
  /** Rows in one step of training, an integer in [1, ∞). Default 512. */
  readonly batchSize?: number;
  /** Most passes over the training rows, an integer in [1, ∞). Default 30. */
  readonly epochs?: number;
  /** Step size of Adam (Kingma and Ba 2015), in (0, ∞). Default 0.001. */
  readonly learningRate?: number;
  /** Share of the rows, drawn at random, to hold out of training and validate on, in [0, 1). Default 0.1. */
  readonly validationShare?: number;
  /**
   * Early stopping: training ends after this many epochs without a lower validation loss, and the weights of the
   * best epoch are kept. An integer in [0, ∞); 0 runs all epochs and keeps the last weights. Default 5, or 0
   * where `validationShare` is 0.
   */
  readonly patience?: number;
  /** An integer in [0, 2³²) that fixes initial weights, held-out rows and row order. Default 1. */
  readonly seed?: number;
  /**
   * What trains and scores. "kernel", the default, is this library's own and many times as fast; it computes relu with a
   * linear output, and leaves other activations, and all where there is no WebAssembly, to TensorFlow.js on the first backend
   * that is there. "native", "wasm" and "cpu" are TensorFlow.js itself; see {@link tensorflow}.
   */
  readonly backend?: Backend;
}

export const autoencoderOptions: OptionNames<AutoencoderOptions> = {
  ...{ layers: true, activation: true, outputActivation: true, loss: true, batchSize: true, epochs: true },
  ...{ learningRate: true, validationShare: true, patience: true, seed: true, backend: true },
};

/** The options that a fitted autoencoder was made with, defaults filled in. */
export type AutoencoderSettings = Required<Omit<AutoencoderOptions, "backend">>;

/** What a command can be told otherwise. */
export const autoencoderDefaults = { epochs: 30 } as const;

const mostLayers = 100;

/** Fills in the defaults. @throws {InputError} if an option is out of range */
export function resolveSettings(options: AutoencoderOptions): AutoencoderSettings {
  const {
    layers = [64, 32, 16, 32, 64],
    activation = "relu",
    outputActivation = "linear",
    loss = "meanSquaredError",
    batchSize = 512,
    epochs = autoencoderDefaults.epochs,
    learningRate = 0.001,
    validationShare = 0.1,
    patience = validationShare > 0 ? 5 : 0,
    seed = 1,
  } = options;
  const settings = {
    ...{ layers: [...layers], activation, outputActivation, loss },
    ...{ batchSize, epochs, learningRate, validationShare, patience, seed },
  };
  if (layers.length === 0) throw new InputError("layers must hold at least one size, got none");
  if (layers.length > mostLayers)
    throw new InputError(`layers must hold at most ${mostLayers} sizes, got ${layers.length}`);
  layers.forEach((size, i) => {
    requireNumber(`layers[${i}]`, size, { min: 1, integer: true });
  });
  requireOneOf("activation", activation, activations);
  requireOneOf("outputActivation", outputActivation, outputActivations);
  requireOneOf("loss", loss, losses);
  requireNumber("batchSize", batchSize, { min: 1, integer: true });
  requireNumber("epochs", epochs, { min: 1, integer: true });
  requireNumber("learningRate", learningRate, { min: 0, minExcluded: true });
  requireNumber("validationShare", validationShare, { min: 0, max: 1, maxExcluded: true });
  requireNumber("patience", patience, { min: 0, integer: true });
  if (patience > 0 && validationShare === 0)
    throw new InputError(`patience must be 0 where validationShare is 0, got ${patience}`);
  requireNumber("seed", seed, { min: 0, max: 0xffffffff, integer: true });
  return settings;
}

/** Numbers that go into each layer of a network on this many columns, and at the end those that leave the last. */
export function layerSizes(width: number, { layers }: Pick<AutoencoderSettings, "layers">): number[] {
  return [width, ...layers, width];
}

/** Numbers of 32 bits that a network may take in the kernel's memory. */
const mostNumbers = 2 ** 24;

/**
 * Checks that a network is not so large that its memory would be what limits it.
 *
 * @throws {InputError} if its weights, and what 64 rows become in each layer, are more than 64 MB
 */
export function requireModestSize(width: number, settings: Pick<AutoencoderSettings, "layers">): void {
  const sizes = layerSizes(width, settings);
  const padded = (size: number) => 16 * Math.ceil(size / 16);
  const numbers = sizes.slice(1).reduce((sum, units, i) => sum + (sizes[i] + 1 + 64) * padded(units), 0);
  if (numbers > mostNumbers)
    throw new InputError(
      `layers are too large: on ${width} columns they take ${numbers} numbers, at most ${mostNumbers}`,
    );
}
