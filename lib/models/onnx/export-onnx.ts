import { join } from "node:path";
import { InputError } from "../../common/errors";
import { filesIn } from "../../common/places";
import { isThere } from "../../common/plain-file";
import { inTransaction } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";
import { libraryVersion } from "../../common/version";
import { Autoencoder } from "../autoencoder/autoencoder";
import { Combined } from "../combined/combined";
import { detectorTitle } from "../detectors";
import { IsolationForest } from "../isolation-forest/isolation-forest";
import type { Model } from "../model";
import { loadModel } from "../model-folder";
import { addCombined } from "./combined";
import { addForest, addRoots } from "./forest";
import { GraphBuilder, namesBeside } from "./graph";
import { addContributions, addErrors, addMean, isExported } from "./network";
import { addPreprocessing } from "./preprocessing";
import { encodeModel, type OnnxModel } from "./proto";

/** What was exported. */
export interface ExportResult {
  readonly path: string;
  readonly detector: string;
  readonly bytes: number;
  /** The inputs: the features' names, and whether they are numbers or names. */
  readonly inputs: readonly { readonly name: string; readonly type: "number" | "name" }[];
  readonly outputs: readonly string[];
}

export interface ExportOptions {
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Writes a model folder as one ONNX file, preprocessing included: an input for each feature, `[N, 1]`, numbers as doubles and
 * names as strings, NaN and an empty string where missing; the outputs are `score`, `[N, 1]`, higher = more anomalous,
 * `anomalous`, whether it is greater than the threshold, and of an autoencoder `contributions`, `[N, features]`, which sum to
 * the score.
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
      `${folder} is a model of traffic, whose windows look back at earlier connections, which an ONNX file cannot: export one of its detectors, which takes the features, such as ${join(folder, "isolation-forest")}`,
    );
  return inTransaction({ read, onNotice }, async (transaction) => {
    const path = await transaction.stageFile(out);
    const model = await loadModel(folder, { onNotice });
    try {
      const onnx = onnxModel(folder, model);
      const bytes = encodeModel(onnx);
      await writeWhole(path, bytes);
      const inputs = model.preprocessor.steps.map(({ feature, kind }) => {
        return { name: feature, type: kind === "number" ? "number" : "name" } as const;
      });
      const outputs = onnx.graph.output.map(({ name }) => name);
      return { path: out, detector: model.detector.kind, bytes: bytes.length, inputs, outputs };
    } finally {
      model.detector.dispose?.();
    }
  });
}

/** Names that no feature can have. */
const outputNames = ["score", "anomalous", "contributions"];

/** A model as an ONNX file. @param name for messages. @throws {InputError} if it cannot be exported, saying why */
function onnxModel(name: string, model: Model): OnnxModel {
  const { detector, preprocessor, threshold } = model;
  const refused = (reason: string) => new InputError(`${name} cannot be exported: ${reason}`);
  const features = preprocessor.steps.map(({ feature }) => feature);
  const taken = features.find((feature) => outputNames.includes(feature) || feature === "");
  if (taken !== undefined) throw refused(`a feature has the name "${taken}", which no input can have`);
  if (preprocessor.options.scaling === "quantile") throw refused("its numbers are scaled to their ranks");
  const graph = new GraphBuilder(namesBeside([...features, ...outputNames]));
  const scored = addScore(graph, model);
  if (typeof scored === "string") throw refused(scored);
  const { score, contributions } = scored;
  graph.add("Identity", [score], {}, "score");
  graph.add("Greater", [score, graph.double(threshold.value)], {}, "anomalous");
  if (contributions) graph.add("Identity", [contributions], {}, "contributions");
  return {
    // What ONNX 1.16 brought, and onnxruntime has had in full since 1.21 of March 2025.
    irVersion: 10,
    opsetImport: [
      { domain: "", version: 21 },
      { domain: "ai.onnx.ml", version: 5 },
    ],
    producerName: "traffic-anomaly",
    producerVersion: libraryVersion,
    docString: `${detectorTitle(detector.kind)}: anomalous where score > ${threshold.value}`,
    metadataProps: metadataOf(model).map(([key, value]) => ({ key, value })),
    graph: graph.finish({
      score: { type: "double", columns: 1 },
      anomalous: { type: "bool", columns: 1 },
      ...(contributions && { contributions: { type: "double", columns: features.length } }),
    }),
  };
}

function metadataOf({ detector, preprocessor, threshold, training }: Model): [key: string, value: string][] {
  const { dataset } = training;
  return Object.entries({
    library_version: libraryVersion,
    detector: detector.kind,
    features: JSON.stringify(preprocessor.steps.map(({ feature }) => feature)),
    threshold: String(threshold.value),
    false_alarm_rate: String(threshold.rate),
    seed: String(training.seed),
    ...(dataset && {
      training_data: dataset.name,
      training_data_sha256: dataset.sha256,
      training_rows: String(dataset.rows),
    }),
  });
}

interface Scored {
  readonly score: string;
  /**
   * What each feature adds to it: of autoencoders, whose errors are there anyway. A leaf of a TreeEnsemble has one number, so
   * that a forest's would take as many ensembles as there are columns.
   */
  readonly contributions?: string;
}

/**
 * Adds preprocessing and detector, or says why it can't. Whatever is computed takes the library's steps in its order, so that
 * scores have its bits, but for a logarithm's last: thresholds and held-out scores are scores of rows, whose equals would
 * else lie on either side of them.
 */
function addScore(graph: GraphBuilder, { detector, preprocessor }: Model): Scored | string {
  const { matrix, novel } = addPreprocessing(graph, preprocessor);
  if (detector instanceof IsolationForest)
    return { score: addRoots(graph, addForest(graph, detector, matrix), novel) };
  const network = detector instanceof Combined ? detector.members[1] : detector;
  if (!(network instanceof Autoencoder))
    return `the ${detectorTitle(detector.kind)} is there to compare with; isolation forests, autoencoders and combined detectors can be`;
  if (!isExported(network)) return "its autoencoder has other activations than relu, and linear at the end";
  const newValues = graph.sumOfColumns(novel, preprocessor.steps.length);
  if (detector instanceof Combined) return { score: addCombined(graph, detector, matrix, newValues) };
  const errors = addErrors(graph, network, matrix);
  const { length } = network.columns;
  // As its novelty says.
  const ofNew = graph.add("Div", [graph.add("Mul", [newValues, graph.double(4)]), graph.double(length)]);
  return {
    score: graph.add("Add", [addMean(graph, errors, length), ofNew]),
    contributions: addContributions(graph, network, preprocessor, errors, novel),
  };
}
