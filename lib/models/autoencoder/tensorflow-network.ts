import type * as Tf from "@tensorflow/tfjs";
import { square } from "../../common/exact-math";
import { type Matrix, selectMatrixRows } from "../../preprocess/matrix";
import type { ScoreOptions } from "../detector";
import type { TensorFlow, TensorFlowBackend } from "../tensorflow";
import { batchRows, inBatches, type Network, type Trainer, type Weights } from "./network";
import type { AutoencoderSettings } from "./settings";

/** The network as Keras has it, in plain TensorFlow.js. */
export class TensorFlowNetwork implements Network {
  readonly backend: TensorFlowBackend;
  readonly #tf: typeof Tf;
  readonly #model: Tf.Sequential;
  readonly #width: number;

  constructor(
    { tf, backend }: TensorFlow,
    width: number,
    { layers, activation, outputActivation }: AutoencoderSettings,
    weights: Weights,
  ) {
    this.backend = backend;
    this.#tf = tf;
    this.#width = width;
    const hidden = layers.map((units) => ({ units, activation }));
    const output = { units: width, activation: outputActivation };
    this.#model = tf.sequential({
      layers: [...hidden, output].map((layer, i) =>
        tf.layers.dense({ ...layer, inputDim: i === 0 ? width : undefined, kernelInitializer: "zeros" }),
      ),
    });
    this.weights = weights;
  }

  get weights(): Weights {
    return this.#model.getWeights().map((tensor) => tensor.dataSync<"float32">().slice());
  }

  set weights(weights: Weights) {
    const tf = this.#tf;
    tf.tidy(() => {
      this.#model.setWeights(
        this.#model.weights.map(({ shape }, i) => tf.tensor(weights[i], shape as number[])),
      );
    });
  }

  async startTraining(matrix: Matrix, { learningRate, loss }: AutoencoderSettings): Promise<Trainer> {
    const model = this.#model;
    const optimizer = this.#tf.train.adam(learningRate);
    model.compile({ optimizer, loss });

    /** Each row is what the network is given, and what it is to give back. */
    const withBatch = async (rows: Uint32Array, use: (batch: Tf.Tensor) => Promise<number>) => {
      const batch = this.#tf.tensor2d(selectMatrixRows(matrix, rows).data, [rows.length, this.#width]);
      try {
        return await use(batch);
      } finally {
        batch.dispose();
      }
    };

    return {
      step: (rows) => withBatch(rows, async (batch) => (await model.trainOnBatch(batch, batch)) as number),
      loss: (rows) =>
        withBatch(rows, async (batch) => {
          const mean = model.evaluate(batch, batch, { batchSize: rows.length }) as Tf.Scalar;
          const [value] = await mean.data();
          mean.dispose();
          return value;
        }),
      weights: () => this.weights,
      dispose: async () => optimizer.dispose(),
    };
  }

  predict(rows: Float32Array, depth: number): Float32Array {
    const tf = this.#tf;
    const count = rows.length / this.#width;
    // Every batch has the full size, a short one's tail being idle, so that its rows meet the same arithmetic.
    const batch = new Float32Array(batchRows * this.#width);
    batch.set(rows);
    const output = tf.tidy(() => {
      const input: Tf.Tensor = tf.tensor2d(batch, [batchRows, this.#width]);
      const layers = this.#model.layers.slice(0, depth);
      return layers.reduce((tensor, layer) => layer.apply(tensor) as Tf.Tensor, input);
    });
    // Read outside of tidy, which would look for tensors in every element of a typed array returned from it.
    const values = output.dataSync<"float32">();
    output.dispose();
    return values.subarray(0, (count * values.length) / batchRows);
  }

  async score(matrix: Matrix, options: ScoreOptions): Promise<Float64Array> {
    const width = this.#width;
    const scores = new Float64Array(matrix.rows);
    await inBatches(matrix, options, (rows, start) => {
      const outputs = this.predict(rows, this.#model.layers.length);
      for (let i = 0; i < rows.length; i++)
        scores[start + Math.floor(i / width)] += square(rows[i] - outputs[i]);
    });
    return scores.map((sum) => sum / width);
  }

  dispose(): void {
    this.#model.dispose();
  }
}
