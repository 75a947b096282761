// `npm run reproduce`: every figure that this project promises, as mean over seeds, expected beside actual. Writes
// reproduce.json beside this file: `git diff` then tells whether any figure moved. Writes the tables of the README and its page of figures, too.
import { relative } from "node:path";
import { literatureProtocol, mixedProtocol, noveltyProtocol } from "traffic-anomaly";
import { literatureSubsets } from "traffic-anomaly/dist/data/kdd/literature";
import type { SourceId } from "traffic-anomaly/dist/data/kdd/sources";
import { sources } from "traffic-anomaly/dist/data/kdd/sources";
import { type OneClassMetrics, oneClassProtocol } from "traffic-anomaly/dist/evaluation/one-class";
import { oneClassProtocols } from "traffic-anomaly/dist/evaluation/one-class-protocols";
import type { NoveltyStudy, ProtocolOptions } from "traffic-anomaly/dist/evaluation/protocols";
import { loadKdd, runScript } from "./data";
import { withOtherTables } from "./other-tables";
import { withPlantedThreats } from "./planted-threats";
import { threatsTable, writeTables } from "./readme-tables";
import {
  type Expected,
  printFigures,
  type ReproductionRecord,
  recordedFigure,
  recordedMetrics,
  recordFile,
  writeRecord,
} from "./record";

interface Figure {
  readonly name: string;
  readonly expected: Expected;
  /** One a seed. */
  readonly of: (studies: Studies) => readonly (number | undefined)[];
}

type Data = Awaited<ReturnType<typeof loadKdd>>;
type Novelty = NoveltyStudy["metrics"] & { readonly backend: string };
type Studies = Awaited<ReturnType<typeof studiesOf>>;

const seeds = Array.from({ length: 10 }, (_, i) => i + 1);
/** Seeds of the novelty protocol with quantile scaling. */
const quantileSeeds = seeds.slice(0, 5);
/** Seeds of the protocols of deep papers: these train on up to 198,000 rows. */
const oneClassSeeds = seeds.slice(0, 3);

type Detector = "isolation-forest" | "autoencoder" | "combined" | "baseline:principal-components";
type NoveltyFigure = (metrics: NonNullable<Novelty["test"]>[string]) => number | undefined;

/** A figure on `corrected`. */
const corrected =
  (detector: Detector, of: NoveltyFigure, protocol: "novelty" | "quantile" = "novelty") =>
  (studies: Studies) =>
    studies[protocol].map(({ test }) => of(test![detector]));
const subset = (name: "http" | "smtp" | "sf" | "sa") => (studies: Studies) =>
  studies.literature.map((study) => study[name]["isolation-forest"].rocAuc);
const oneClass = (name: "kddcup" | "kddcup-rev", detector: string) => (studies: Studies) =>
  studies.oneClass[name].map((study) => study[detector].f1);

const figures: readonly Figure[] = [
  {
    name: "isolation forest, novelty → corrected, ROC AUC",
    expected: { min: 0.98 },
    of: corrected("isolation-forest", ({ rocAuc }) => rocAuc),
  },
  {
    name: "isolation forest, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.99 },
    of: corrected("isolation-forest", ({ deduplicated }) => deduplicated?.rocAuc),
  },
  {
    name: "isolation forest, novelty → corrected, F1 at 5 % promised",
    expected: { min: 0.952, deviation: 0.01 },
    of: corrected("isolation-forest", ({ f1 }) => f1),
  },
  {
    name: "autoencoder, novelty → corrected, ROC AUC",
    expected: { min: 0.977 },
    of: corrected("autoencoder", ({ rocAuc }) => rocAuc),
  },
  {
    name: "autoencoder, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.991 },
    of: corrected("autoencoder", ({ deduplicated }) => deduplicated?.rocAuc),
  },
  {
    name: "autoencoder, novelty → corrected, F1 at 5 % promised",
    expected: { min: 0.963, deviation: 0.01 },
    of: corrected("autoencoder", ({ f1 }) => f1),
  },
  {
    name: "combined, novelty → corrected, ROC AUC",
    expected: { min: 0.982 },
    of: corrected("combined", ({ rocAuc }) => rocAuc),
  },
  {
    name: "combined, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.993 },
    of: corrected("combined", ({ deduplicated }) => deduplicated?.rocAuc),
  },
  {
    name: "combined, novelty → corrected, F1 at 5 % promised",
    expected: { min: 0.9625, deviation: 0.01 },
    of: corrected("combined", ({ f1 }) => f1),
  },
  {
    name: "combined, novelty → corrected, F1 at 1 % promised",
    expected: { min: 0.95, deviation: 0.01 },
    of: corrected("combined", ({ atPromisedRate }) => atPromisedRate?.["0.01"].f1),
  },
  {
    name: "combined, novelty → corrected, F1 at 0.1 % promised",
    expected: { min: 0.85, deviation: 0.05 },
    of: corrected("combined", ({ atPromisedRate }) => atPromisedRate?.["0.001"].f1),
  },
  {
    name: "combined on quantiles, novelty → corrected, ROC AUC",
    expected: { min: 0.986 },
    of: corrected("combined", ({ rocAuc }) => rocAuc, "quantile"),
  },
  {
    name: "combined on quantiles, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.9945 },
    of: corrected("combined", ({ deduplicated }) => deduplicated?.rocAuc, "quantile"),
  },
  {
    name: "PCA, novelty → corrected, ROC AUC",
    expected: { min: 0.98 },
    of: corrected("baseline:principal-components", ({ rocAuc }) => rocAuc),
  },
  {
    name: "isolation forest, http, ROC AUC",
    expected: { value: 0.993, tolerance: 0.003 },
    of: subset("http"),
  },
  {
    name: "isolation forest, smtp, ROC AUC",
    expected: { value: 0.88, tolerance: 0.02 },
    of: subset("smtp"),
  },
  {
    name: "isolation forest, SF, ROC AUC",
    expected: { value: 0.93, tolerance: 0.015 },
    of: subset("sf"),
  },
  {
    name: "isolation forest, SA, ROC AUC",
    expected: { value: 0.95, tolerance: 0.02 },
    of: subset("sa"),
  },
  {
    name: "isolation forest, mixed, ROC AUC",
    expected: { value: 0.2, tolerance: 0.06 },
    of: ({ mixed }) => mixed.map((study) => study["isolation-forest"].rocAuc),
  },
  {
    name: "combined, kddcup, F1",
    expected: { min: 0.957 },
    of: oneClass("kddcup", "combined"),
  },
  {
    name: "combined, kddcup-rev, F1",
    expected: { min: 0.99 },
    of: oneClass("kddcup-rev", "combined"),
  },
];

async function noveltyOf({ train, test }: Data, options: ProtocolOptions): Promise<Novelty> {
  const { models, metrics } = await noveltyProtocol(train, test, options);
  const { backend } = models.autoencoder.detector;
  models.combined.detector.dispose();
  if (!metrics.test) throw new Error("the study lacks the test file's figures");
  return { ...metrics, backend };
}

async function studiesOf(data: Data) {
  const { train } = data;
  const ofSeeds = async <T>(what: string, some: readonly number[], study: (seed: number) => Promise<T>) => {
    const found: T[] = [];
    for (const seed of some) {
      process.stderr.write(`${what}, seed ${seed} of ${some.join(", ")}\n`);
      found.push(await study(seed));
    }
    return found;
  };
  const oneClassOf = (name: (typeof oneClassProtocols)[number]) =>
    ofSeeds(name, oneClassSeeds, (seed) => oneClassProtocol(train, name, { seed }));
  return {
    novelty: await ofSeeds("novelty", seeds, (seed) => noveltyOf(data, { seed })),
    quantile: await ofSeeds("novelty on quantiles", quantileSeeds, (seed) =>
      noveltyOf(data, { seed, preprocessing: { scaling: "quantile" } }),
    ),
    mixed: await ofSeeds("mixed", seeds, (seed) => mixedProtocol(train, { seed })),
    literature: await ofSeeds("literature", seeds, (seed) => literatureProtocol(train, { seed })),
    oneClass: {
      kddcup: await oneClassOf("kddcup"),
      "kddcup-rev": await oneClassOf("kddcup-rev"),
    } as Readonly<Record<(typeof oneClassProtocols)[number], Record<string, OneClassMetrics>[]>>,
  };
}

async function main(): Promise<void> {
  const studies = await studiesOf(await loadKdd());
  const record = await withPlantedThreats(await withOtherTables(recordOf(studies)));
  writeRecord(record);
  writeTables(record);
  print(record);
  console.log(
    `\nwritten to ${relative(process.cwd(), recordFile)}, and its tables into README.md and test/bench/README.md`,
  );
}

function recordOf(studies: Studies): ReproductionRecord {
  const identity = (id: SourceId) => ({
    contentSha256: sources[id].contentSha256 ?? "",
    rows: sources[id].rows,
  });
  const parts = (found: readonly Novelty[]) => ({
    holdout: recordedMetrics(found.map(({ holdout }) => holdout)),
    corrected: recordedMetrics(found.map(({ test }) => test!)),
  });
  return {
    seeds,
    backend: studies.novelty[0].backend,
    datasets: { "10-percent": identity("10-percent"), corrected: identity("corrected") },
    figures: figures.map(({ name, expected, of }) => ({ name, expected, ...recordedFigure(of(studies)) })),
    protocols: {
      novelty: parts(studies.novelty),
      "novelty-quantile": parts(studies.quantile),
      mixed: { "10-percent": recordedMetrics(studies.mixed) },
      literature: {
        ...Object.fromEntries(
          literatureSubsets.map((name) => [
            name,
            recordedMetrics(studies.literature.map((study) => study[name])),
          ]),
        ),
        ...Object.fromEntries(
          oneClassProtocols.map((name) => [name, recordedMetrics(studies.oneClass[name])]),
        ),
      },
    },
  };
}

function print(record: ReproductionRecord): void {
  const { figures, seeds, backend } = record;
  console.log(
    `Means over seeds ${seeds.join(", ")} (on quantiles ${quantileSeeds.join(", ")}, by kddcup ${oneClassSeeds.join(", ")}); backend ${backend}; 10 % set and corrected; protocols as in the README\n`,
  );
  printFigures(figures);
  console.log(`\nThreats planted into a day of simulated traffic:\n\n${threatsTable(record)}`);
}

runScript(main);
