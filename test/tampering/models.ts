// Small models of every form to tamper with, each made anew from made-up traffic.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Column,
  chooseThreshold,
  detectorKind,
  fitPreprocessor,
  type PreprocessOptions,
  saveModel,
  type Table,
  trainOnTraffic,
  transform,
} from "traffic-anomaly";
import type { DetectorName } from "traffic-anomaly/dist/models/detectors";
import { dayOf, small, writeLog } from "../detect/network";
import { kddTable } from "../fixtures/table";
import { trafficLines } from "../fixtures/traffic";

/** Folders of models, by what they are: of records, or of connections. */
export const models = {
  forest: "records",
  "ordinal-forest": "records",
  gaps: "records",
  network: "records",
  "sigmoid-network": "records",
  both: "records",
  components: "records",
  distances: "records",
  tails: "records",
  neighbours: "records",
  outliers: "records",
  office: "connections",
  branch: "connections",
} as const;

export type ModelName = keyof typeof models;

/** Records to train on, and to score. */
export function records() {
  return kddTable(trafficLines({ rows: 120 }));
}

/** The same records, of which every seventh lacks its numbers, and none says what it measures. */
function gaps(): Table {
  const table = records();
  const features = table.features.map(
    (feature): Column =>
      feature.kind === "nominal"
        ? feature
        : {
            kind: "numeric",
            name: feature.name,
            values: feature.values.map((value, row) => (row % 7 === 0 ? NaN : value)),
          },
  );
  return { ...table, features };
}

/** Writes all of them below a folder. */
export async function writeModels(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeRecordModel(join(folder, "forest"), {}, "isolation-forest");
  await writeRecordModel(join(folder, "ordinal-forest"), { encoding: "ordinal" }, "isolation-forest");
  await writeRecordModel(join(folder, "gaps"), { logarithmOf: { hot: true } }, "isolation-forest", gaps());
  await writeRecordModel(join(folder, "network"), {}, "autoencoder");
  await writeRecordModel(join(folder, "sigmoid-network"), { encoding: "none" }, "autoencoder");
  await writeRecordModel(join(folder, "both"), {}, "combined");
  await writeRecordModel(join(folder, "components"), {}, "principal-components");
  await writeRecordModel(join(folder, "distances"), {}, "mahalanobis");
  await writeRecordModel(join(folder, "tails"), {}, "ecod");
  await writeRecordModel(join(folder, "neighbours"), {}, "nearest-neighbours");
  await writeRecordModel(join(folder, "outliers"), {}, "local-outlier-factor");
  for (const [name, seed] of [["office", 1] as const, ["branch", 2] as const]) {
    const log = await writeLog(join(folder, `${name}.log`), dayOf(600, { seed }));
    await trainOnTraffic([log], {
      out: join(folder, name),
      outputsFolder: join(folder, "outputs"),
      ...small,
      settings: { ...small.settings, "isolation-forest": { trees: 10, sampleSize: 64 } },
      seed,
    });
  }
}

async function writeRecordModel(
  folder: string,
  preprocessing: PreprocessOptions,
  name: DetectorName,
  table = records(),
): Promise<void> {
  const preprocessor = fitPreprocessor(table, preprocessing);
  const matrix = transform(preprocessor, table);
  const activations =
    preprocessing.encoding === "none" ? ({ activation: "tanh", outputActivation: "sigmoid" } as const) : {};
  const members = {
    "isolation-forest": { trees: 10, sampleSize: 64 },
    autoencoder: { layers: [8, 3, 8], epochs: 2, ...activations },
  };
  const options = {
    ...members,
    combined: members,
    "principal-components": { components: 4 },
    mahalanobis: {},
    ecod: {},
    "nearest-neighbours": { sampleSize: 50 },
    "local-outlier-factor": { sampleSize: 50, neighbours: 5 },
  };
  const detector = await detectorKind(name).fit(matrix, options[name]);
  const threshold = chooseThreshold(await detector.score(matrix), 0.05);
  const dataset = { name: "made-up", sha256: "0".repeat(64), rows: table.rows };
  await saveModel(folder, { detector, preprocessor, threshold, training: { dataset, seed: 1, metrics: {} } });
}
