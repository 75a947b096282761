import { join } from "node:path";
import { InputError } from "../../common/errors";
import { filesIn } from "../../common/places";
import { isThere } from "../../common/plain-file";
import { inTransaction } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";
import { libraryVersion } from "../../common/version";
import { Autoencoder } from "../autoencoder/autoencoder";
import type { Detector } from "../detector";
import { detectorTitle } from "../detectors";
import { IsolationForest } from "../isolation-forest/isolation-forest";
import type { Model } from "../model";
import { loadModel } from "../model-folder";
import { addForest } from "./forest";
import { GraphBuilder } from "./graph";
import { addNetwork, isExported } from "./network";
import { addPreprocessing } from "./preprocessing";
import { encodeModel } from "./proto";

/** What was exported. */
export interface ExportResult {
  readonly path: string;
  readonly detector: string;
  readonly bytes: number;
  /** The inputs: the features' names, and whether they are numbers or names. */
  readonly inputs: readonly { readonly name: string; readonly type: "number" | "name" }[];
}

export interface ExportOptions {
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Writes a model folder as one ONNX file, preprocessing included: an input for each feature, `[N, 1]`, numbers as doubles and
 * names as strings, NaN and an empty string where missing; the outputs are `score`, `[N, 1]`, higher = more anomalous, and
 * `anomalous`, whether it is greater than the threshold.
 *
 * @param out the file
 * @throws {InputError} if the folder holds no model, one that cannot be exported, or the file can't be written
 */
export async function exportOnnx(
  folder: string,
  out: string,
  { onNotice }: ExportOptions = {},
): Promise<ExportResult> {
  const read = await filesIn(folder);
  if (await isThere(join(folder, "traffic.json")))
    throw new InputError(
      `${folder} is a model of traffic with several detectors: export one of them, such as ${join(folder, "isolation-forest")}`,
    );
  return inTransaction({ read, onNotice }, async (transaction) => {
    const path = await transaction.stageFile(out);
    const model = await loadModel(folder, { onNotice });
    try {
      const bytes = onnxBytes(folder, model);
      await writeWhole(path, bytes);
      const inputs = model.preprocessor.steps.map(({ feature, kind }) => {
        return { name: feature, type: kind === "number" ? "number" : "name" } as const;
      });
      return { path: out, detector: model.detector.kind, bytes: bytes.length, inputs };
    } finally {
      model.detector.dispose?.();
    }
  });
}

const outputs = { score: "double", anomalous: "bool" } as const;

/**
 * A score that is the same but for rounding is no greater than the threshold, which is itself the score of some row: of rows
 * that are its equals a hair would else decide. The library rounds what a network's layers make to 32 bits.
 */
const hairs: Readonly<Record<string, number>> = { "isolation-forest": 1e-9, autoencoder: 1e-6 };

/** A model as an ONNX file. @param name for messages. @throws {InputError} if it cannot be exported, saying why */
function onnxBytes(name: string, { detector, preprocessor, threshold, training }: Model): Uint8Array {
  const refused = (reason: string) => new InputError(`${name} cannot be exported: ${reason}`);
  const features = preprocessor.steps.map(({ feature }) => feature);
  const taken = features.find((feature) => Object.hasOwn(outputs, feature) || feature === "");
  if (taken !== undefined) throw refused(`a feature has the name "${taken}", which no input can have`);
  if (preprocessor.options.scaling === "quantile") throw refused("its numbers are scaled to their ranks");
  const graph = new GraphBuilder([...features, ...Object.keys(outputs)]);
  const { matrix, novel } = addPreprocessing(graph, preprocessor);
  const score = addScore(graph, detector, matrix, novel);
  if (score === undefined)
    throw refused(
      `ONNX files are made of isolation forests and of autoencoders with relu, not of the ${detectorTitle(detector.kind)}`,
    );
  graph.add("Identity", [score], {}, "score");
  const most = graph.double(threshold.value + hairs[detector.kind] * Math.abs(threshold.value));
  graph.add("Greater", [score, most], {}, "anomalous");
  const metadata: Record<string, string> = {
    library_version: libraryVersion,
    detector: detector.kind,
    features: JSON.stringify(features),
    threshold: String(threshold.value),
    false_alarm_rate: String(threshold.rate),
    seed: String(training.seed),
    ...(training.dataset && {
      training_data: training.dataset.name,
      training_data_sha256: training.dataset.sha256,
      training_rows: String(training.dataset.rows),
    }),
  };
  return encodeModel({
    // What ONNX 1.16 brought, which onnxruntime reads since 1.20 of November 2024.
    irVersion: 10,
    opsetImport: [
      { domain: "", version: 21 },
      { domain: "ai.onnx.ml", version: 5 },
    ],
    producerName: "traffic-anomaly",
    producerVersion: libraryVersion,
    docString: `${detectorTitle(detector.kind)}: anomalous where score > ${threshold.value}`,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: graph.finish(outputs),
  });
}

/** Adds the score of a detector; undefined if it can't. */
function addScore(
  graph: GraphBuilder,
  detector: Detector,
  matrix: string,
  novel: string,
): string | undefined {
  if (detector instanceof IsolationForest) return addForest(graph, detector, matrix, novel);
  return detector instanceof Autoencoder && isExported(detector)
    ? addNetwork(graph, detector, matrix, novel)
    : undefined;
}
