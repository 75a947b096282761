// The files of a saved autoencoder: model.json and weights.bin, as TensorFlow.js has them, and autoencoder.json.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../common/errors";
import { checked, readJsonFile } from "../../common/json-file";
import { fillFromPlainFile, sha256OfPlainFiles } from "../../common/plain-file";
import { libraryVersion } from "../../common/version";
import type { Weights } from "./network";
import { type AutoencoderSettings, layerSizes, requireModestSize, resolveSettings } from "./settings";
import type { EpochLoss } from "./train";

export interface SavedAutoencoder {
  readonly settings: AutoencoderSettings;
  readonly history: readonly EpochLoss[];
  readonly weights: Weights;
}

/** Writes the files into an existing folder. */
export async function writeAutoencoder(
  folder: string,
  width: number,
  { settings, history, weights }: SavedAutoencoder,
): Promise<void> {
  const model = JSON.stringify(modelJson(width, settings));
  const bytes = Buffer.concat(
    weights.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
  const sha256 = createHash("sha256").update(model).update(bytes).digest("hex");
  await writeFile(join(folder, "model.json"), model);
  await writeFile(join(folder, "weights.bin"), bytes);
  await writeFile(
    join(folder, "autoencoder.json"),
    `${JSON.stringify({ settings, history, sha256 }, null, 2)}\n`,
  );
}

/** What `tf.loadLayersModel` reads: the layers, and where their weights lie in weights.bin. */
function modelJson(width: number, settings: AutoencoderSettings): object {
  const { layers: hidden, activation, outputActivation } = settings;
  const sizes = layerSizes(width, settings);
  const layers = sizes.slice(1).map((units, i) => ({
    class_name: "Dense",
    config: {
      name: i < hidden.length ? `hidden_${i + 1}` : "output",
      units,
      activation: i < hidden.length ? activation : outputActivation,
      dtype: "float32",
      ...(i === 0 && { batch_input_shape: [null, width] }),
    },
  }));
  const weights = layers.flatMap(({ config: { name, units, dtype } }, i) => [
    { name: `${name}/kernel`, shape: [sizes[i], units], dtype },
    { name: `${name}/bias`, shape: [units], dtype },
  ]);
  return {
    format: "layers-model",
    generatedBy: `traffic-anomaly ${libraryVersion}`,
    modelTopology: { class_name: "Sequential", config: { name: "autoencoder", layers } },
    weightsManifest: [{ paths: ["weights.bin"], weights }],
  };
}

/** Either of model.json and weights.bin is smaller; the latter by `requireModestSize`. */
const mostFileBytes = 2 ** 26;

/**
 * Reads what {@link writeAutoencoder} wrote. model.json, which is for other programs, is not obeyed, since a network
 * described there could be anything.
 *
 * @throws {InputError} if a file is missing or damaged, or the network is for another number of columns
 */
export async function readAutoencoder(folder: string, width: number): Promise<SavedAutoencoder> {
  const { autoencoderSchema } = require("./schema") as typeof import("./schema");
  const path = join(folder, "autoencoder.json");
  const { history, sha256, ...saved } = checked(autoencoderSchema, await readJsonFile(path), path);
  const settings = settingsOf(path, width, saved.settings);
  const weights = await readWeights(join(folder, "weights.bin"), width, settings);
  const files = ["model.json", "weights.bin"].map((file) => join(folder, file));
  if ((await sha256OfPlainFiles(files, mostFileBytes)) !== sha256)
    throw new InputError(`the autoencoder in ${folder} is damaged: model.json or weights.bin was changed`);
  return { settings, history, weights };
}

/** The settings that a file holds, once they are in range. */
function settingsOf(path: string, width: number, saved: AutoencoderSettings): AutoencoderSettings {
  try {
    const settings = resolveSettings(saved);
    requireModestSize(width, settings);
    return settings;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`${path} is damaged: ${error.message}`);
  }
}

/** Kernel and bias of each layer, which lie one after another. */
async function readWeights(
  path: string,
  width: number,
  settings: AutoencoderSettings,
): Promise<Float32Array[]> {
  const sizes = layerSizes(width, settings);
  const lengths = sizes.slice(1).flatMap((units, i) => [sizes[i] * units, units]);
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const { buffer } = await fillFromPlainFile(
    path,
    4 * count,
    `a network of ${sizes.length - 1} layers on ${width} columns`,
    (size) => new Uint8Array(size),
  );
  const numbers = new Float32Array(buffer);
  const bad = numbers.findIndex((weight) => !Number.isFinite(weight));
  if (bad >= 0) throw new InputError(`${path} is damaged: weight ${bad} is ${numbers[bad]}`);
  let end = 0;
  return lengths.map((length) => {
    end += length;
    return numbers.subarray(end - length, end);
  });
}
