// `tsx test/bench/other-tables.ts`, and the last part of `npm run reproduce`: tables that are not KDD'99's, read by
// `readTable`. UNSW-NB15 (TRAFFIC_DATA, unsw-nb15/) by the novelty protocol at default settings; twelve tables of ADBench
// (adbench/), fitted and scored on all rows by the forest of the published preset, beside scikit-learn's in reference.json.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  anomalousRows,
  isolationForest,
  labels,
  noveltyProtocol,
  presets,
  readTable,
  rocAuc,
  scoreSteps,
  scoreTable,
} from "traffic-anomaly";
import { fitDetector } from "traffic-anomaly/dist/models/fit-model";
import { publicSets, runScript, unswFile } from "./data";
import { writeTables } from "./readme-tables";
import {
  printFigures,
  type ReproductionRecord,
  readRecord,
  recordedFigure,
  recordedMetrics,
  writeRecord,
} from "./record";

type Part = Pick<ReproductionRecord, "figures"> & {
  readonly protocol: Readonly<ReproductionRecord["protocols"][string]>;
};

const unswSeeds = [1, 2, 3, 4, 5];
const adbenchSeeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const adbenchFolder = join(publicSets, "adbench");

/** How the names of the record's figures begin. */
const titles = { "unsw-nb15": "UNSW-NB15", adbench: "ADBench" } as const;

/** The least mean ROC AUC of each detector on UNSW-NB15. */
const unswExpected = { "isolation-forest": 0.83, autoencoder: 0.86, combined: 0.86 };

async function unswNb15(): Promise<Part> {
  const table = await readTable(unswFile);
  const studies: Awaited<ReturnType<typeof noveltyProtocol>>["metrics"]["holdout"][] = [];
  for (const seed of unswSeeds) {
    process.stderr.write(`UNSW-NB15, seed ${seed} of ${unswSeeds.join(", ")}\n`);
    const { models, metrics } = await noveltyProtocol(table, undefined, { seed });
    models.combined.detector.dispose();
    studies.push(metrics.holdout);
  }
  const holdout = recordedMetrics(studies);
  const figures = Object.entries(unswExpected).map(([detector, min]) => ({
    name: `${titles["unsw-nb15"]}, novelty, ${detector}, ROC AUC`,
    expected: { min },
    ...holdout[detector].rocAuc,
  }));
  return { figures, protocol: { holdout } };
}

/** scikit-learn's mean and standard deviation over ten seeds, by the tables' names with their numbers: `6_cardio`. */
type Reference = Readonly<
  Record<string, { readonly iforest_auc: readonly [mean: number, deviation: number] }>
>;

async function adbench(): Promise<Part> {
  const reference = JSON.parse(readFileSync(join(adbenchFolder, "reference.json"), "utf8")) as Reference;
  const found: [name: string, expected: { value: number; tolerance: number }, aucs: number[]][] = [];
  for (const [numbered, { iforest_auc }] of Object.entries(reference)) {
    const name = numbered.replace(/^\d+_/, "").toLowerCase();
    process.stderr.write(`ADBench, ${name}\n`);
    const [value, deviation] = iforest_auc;
    found.push([name, { value, tolerance: 2 * deviation }, await forestAucs(name)]);
  }
  const tables = found.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    figures: tables.map(([name, expected, aucs]) => ({
      name: `${titles.adbench}, ${name}, published forest, ROC AUC`,
      expected,
      ...recordedFigure(aucs),
    })),
    protocol: Object.fromEntries(
      tables.map(([name, , aucs]) => [name, { "isolation-forest": { rocAuc: recordedFigure(aucs) } }]),
    ),
  };
}

async function forestAucs(name: string): Promise<number[]> {
  const table = await readTable(join(adbenchFolder, `${name}.csv.gz`));
  const { preprocessing, settings } = presets.published;
  const aucs: number[] = [];
  for (const seed of adbenchSeeds) {
    const options = { preprocessing, settings: settings["isolation-forest"], seed };
    const model = await fitDetector(table, isolationForest, options);
    const scores = await scoreTable(model, table);
    aucs.push(rocAuc(scoreSteps(scores, anomalousRows(labels(table)))));
  }
  return aucs;
}

/** The record with these tables' figures measured anew; where their files are not there, with those last recorded. */
export async function withOtherTables(record: ReproductionRecord): Promise<ReproductionRecord> {
  const unsw = existsSync(unswFile) ? await unswNb15() : recorded("unsw-nb15", unswFile);
  const twelve = existsSync(adbenchFolder) ? await adbench() : recorded("adbench", adbenchFolder);
  const others = Object.values(titles);
  const own = record.figures.filter(({ name }) => !others.some((title) => name.startsWith(title)));
  return {
    ...record,
    figures: [...own, ...unsw.figures, ...twelve.figures],
    protocols: { ...record.protocols, "unsw-nb15": unsw.protocol, adbench: twelve.protocol },
  };
}

function recorded(protocol: keyof typeof titles, missing: string): Part {
  console.log(`${missing} is not there: the figures of ${titles[protocol]} stay as they were recorded`);
  const { figures, protocols } = readRecord();
  return {
    figures: figures.filter(({ name }) => name.startsWith(titles[protocol])),
    protocol: protocols[protocol],
  };
}

async function main(): Promise<void> {
  const record = await withOtherTables(readRecord());
  writeRecord(record);
  writeTables(record);
  printFigures(record.figures.filter(({ name }) => /^(UNSW|ADBench)/.test(name)));
}

if (require.main === module) runScript(main);
