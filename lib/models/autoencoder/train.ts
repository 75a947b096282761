import { InputError } from "../../common/errors";
import { breathe, breather, type WorkOptions } from "../../common/progress";
import { createRandom, permutation } from "../../common/random";
import type { Matrix } from "../../preprocess/matrix";
import type { Network, TrainerOptions } from "./network";
import type { AutoencoderSettings } from "./settings";

/** Mean losses of one epoch: over the training batches while the weights moved, and on the held-out rows after. */
export interface EpochLoss {
  readonly loss: number;
  readonly validationLoss?: number;
}

export interface EpochOptions extends WorkOptions {
  /** Told all losses so far after each epoch, to draw them while training runs. */
  readonly onEpoch?: (history: readonly EpochLoss[]) => void;
}

/** The rows to train on, and those that are held out to validate on. */
export interface Parts {
  readonly training: Uint32Array;
  readonly heldOut: Uint32Array;
}

/** Holds rows out, drawn at random. @throws {InputError} if there are too few */
export function holdOut(
  { rows, columns }: Matrix,
  { seed, validationShare, patience }: AutoencoderSettings,
): Parts {
  const order = permutation(rows, createRandom(seed, "autoencoder validation rows"));
  const count = Math.round(rows * validationShare);
  const [heldOut, training] = [order.subarray(0, count), order.subarray(count)];
  if (columns.length === 0 || training.length === 0 || (count === 0 && patience > 0))
    throw new InputError(
      `the matrix of ${rows} rows × ${columns.length} columns is too small to train an ` +
        `autoencoder on, with a validationShare of ${validationShare}`,
    );
  return { training, heldOut };
}

/**
 * Trains a network on rows of a matrix: each epoch takes them in batches in a new random order. With early stopping it keeps
 * the weights of the epoch that was best on the rows held out. The matrix, settings and what computes fix every bit.
 *
 * @returns the losses of each epoch
 * @throws {InputError} if the loss stops being finite; the signal's reason once it is aborted
 */
export async function train(
  network: Network,
  matrix: Matrix,
  { training, heldOut }: Parts,
  settings: AutoencoderSettings,
  { onEpoch, onProgress, ...options }: EpochOptions & TrainerOptions,
): Promise<EpochLoss[]> {
  const { epochs, patience, batchSize, seed } = settings;
  const { signal } = options;
  const trainer = await network.startTraining(matrix, settings, options);

  /** Mean of `lossOf`, the loss of one batch, over the rows given. */
  const meanLoss = async (rows: Uint32Array, lossOf: (batch: Uint32Array) => Promise<number>) => {
    let sum = 0;
    const breatheIfDue = breather(signal);
    for (let start = 0; start < rows.length; start += batchSize) {
      const batch = rows.subarray(start, start + batchSize);
      sum += batch.length * (await lossOf(batch));
      await breatheIfDue();
    }
    await breathe(signal);
    return sum / rows.length;
  };

  try {
    const history: EpochLoss[] = [];
    let best = { epoch: 0, loss: Infinity, weights: network.weights };
    for (let epoch = 1, stop = false; epoch <= epochs && !stop; epoch++) {
      const order = permutation(training.length, createRandom(seed, `autoencoder epoch ${epoch}`));
      const loss = await meanLoss(
        order.map((i) => training[i]),
        trainer.step,
      );
      const validationLoss = heldOut.length > 0 ? await meanLoss(heldOut, trainer.loss) : undefined;
      if (!Number.isFinite(loss + (validationLoss ?? 0))) throw divergence(epoch, settings);
      const losses = { loss, ...(validationLoss !== undefined && { validationLoss }) };
      history.push(losses);
      onEpoch?.(history);
      if (validationLoss !== undefined && validationLoss < best.loss)
        best = { epoch, loss: validationLoss, weights: trainer.weights() };
      stop = patience > 0 && epoch - best.epoch >= patience;
      onProgress?.({
        stage: "training the autoencoder",
        done: epoch,
        total: stop ? epoch : epochs,
        note: describe(losses),
      });
    }
    network.weights = patience > 0 ? best.weights : trainer.weights();
    return history;
  } finally {
    await trainer.dispose();
  }
}

function divergence(epoch: number, { learningRate }: AutoencoderSettings): InputError {
  return new InputError(
    `the loss stopped being finite in epoch ${epoch}: scale the columns or lower the learningRate of ${learningRate}`,
  );
}

function describe({ loss, validationLoss }: EpochLoss): string {
  const validation = validationLoss === undefined ? "" : `, validation ${validationLoss.toPrecision(4)}`;
  return `loss ${loss.toPrecision(4)}${validation}`;
}
