import type { Matrix } from "../../preprocess/matrix";
import type { Network, Trainer, TrainerOptions, Weights } from "../autoencoder/network";
import { type AutoencoderSettings, layerSizes } from "../autoencoder/settings";
import type { ScoreOptions } from "../detector";
import { kernel } from "./kernel";
import { type DenseNetwork, forwardRows, packNetwork, scorer, unpackNetwork } from "./network";
import { scoreMatrix } from "./score-matrix";
import { startKernelTraining } from "./trainer";

/** Whether the kernel can compute a network: relu, a linear output, and a Node.js with WebAssembly. */
export function kernelComputes({ activation, outputActivation }: AutoencoderSettings): boolean {
  return activation === "relu" && outputActivation === "linear" && kernel() !== undefined;
}

/** The network in the WebAssembly kernel. */
export class KernelNetwork implements Network {
  readonly backend = "kernel";
  /** Packed once: each call only copies it into the kernel, whose memory others use in between. */
  #packed: DenseNetwork;

  constructor(width: number, settings: AutoencoderSettings, weights: Weights) {
    this.#packed = packNetwork(layerSizes(width, settings), weights);
  }

  get weights(): Weights {
    return unpackNetwork(this.#packed);
  }

  set weights(weights: Weights) {
    this.#packed = packNetwork(this.#packed.sizes, weights);
  }

  startTraining(matrix: Matrix, settings: AutoencoderSettings, options: TrainerOptions): Promise<Trainer> {
    return startKernelTraining(this.weights, matrix, settings, options);
  }

  predict(rows: Float32Array, depth: number): Float32Array {
    return forwardRows(this.#packed, depth, rows);
  }

  async score(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const work = { stage: "scoring with the autoencoder", rowCost: this.#packed.parameters.length / 8 };
    return scoreMatrix(scorer, this.#packed, matrix, work, options);
  }

  dispose(): void {}
}
