// `npm run reproduce`: every figure that this project promises, as mean over five seeds, expected beside actual. Writes
// reproduce.json beside this file: `git diff` then tells whether any figure moved.
import { relative } from "node:path";
import { literatureProtocol, mixedProtocol, noveltyProtocol, sources } from "traffic-anomaly";
import { literatureSubsets } from "traffic-anomaly/dist/data/kdd/literature";
import type { SourceId } from "traffic-anomaly/dist/data/kdd/sources";
import { loadKdd, runScript } from "./data";
import {
  type Expected,
  type ReproductionRecord,
  recordedFigure,
  recordedMetrics,
  recordFile,
  writeRecord,
} from "./record";

interface Figure {
  readonly name: string;
  readonly expected: Expected;
  readonly of: (study: Study) => number | undefined;
}

type Study = Awaited<ReturnType<typeof studyWith>>;

const seeds = [1, 2, 3, 4, 5];
const corrected = (study: Study, detector: "isolation-forest" | "autoencoder") => study.corrected[detector];
const subset = (name: "http" | "smtp" | "sf" | "sa") => (study: Study) =>
  study.literature[name]["isolation-forest"].rocAuc;

const figures: readonly Figure[] = [
  {
    name: "isolation forest, novelty → corrected, ROC AUC",
    expected: { min: 0.972 },
    of: (study) => corrected(study, "isolation-forest").rocAuc,
  },
  {
    name: "isolation forest, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.983 },
    of: (study) => corrected(study, "isolation-forest").deduplicated?.rocAuc,
  },
  {
    name: "autoencoder, novelty → corrected, ROC AUC",
    expected: { min: 0.975 },
    of: (study) => corrected(study, "autoencoder").rocAuc,
  },
  {
    name: "autoencoder, novelty → corrected, deduplicated ROC AUC",
    expected: { min: 0.989 },
    of: (study) => corrected(study, "autoencoder").deduplicated?.rocAuc,
  },
  {
    name: "autoencoder, novelty → corrected, F1 at 5 % false alarms",
    expected: { min: 0.955 },
    of: (study) => corrected(study, "autoencoder").f1,
  },
  {
    name: "isolation forest, http, ROC AUC",
    expected: { value: 0.993, tolerance: 0.003 },
    of: subset("http"),
  },
  { name: "isolation forest, smtp, ROC AUC", expected: { value: 0.88, tolerance: 0.02 }, of: subset("smtp") },
  { name: "isolation forest, SF, ROC AUC", expected: { value: 0.93, tolerance: 0.015 }, of: subset("sf") },
  { name: "isolation forest, SA, ROC AUC", expected: { value: 0.95, tolerance: 0.02 }, of: subset("sa") },
  {
    name: "isolation forest, mixed, ROC AUC",
    expected: { value: 0.2, tolerance: 0.06 },
    of: (study) => study.mixed["isolation-forest"].rocAuc,
  },
];

async function studyWith(seed: number, { train, test }: Awaited<ReturnType<typeof loadKdd>>) {
  const novelty = await noveltyProtocol(train, test, { seed });
  const { backend } = novelty.models.autoencoder.detector;
  novelty.models.autoencoder.detector.dispose();
  if (!novelty.metrics.test) throw new Error("the study lacks the test file's figures");
  return {
    backend,
    holdout: novelty.metrics.holdout,
    corrected: novelty.metrics.test,
    mixed: await mixedProtocol(train, { seed }),
    literature: await literatureProtocol(train, { seed }),
  };
}

async function main(): Promise<void> {
  const data = await loadKdd();
  const studies: Study[] = [];
  for (const seed of seeds) {
    process.stderr.write(`seed ${seed} of ${seeds.join(", ")}\n`);
    studies.push(await studyWith(seed, data));
  }
  const record = recordOf(studies, studies[0].backend);
  writeRecord(record);
  print(record);
  console.log(`\nwritten to ${relative(process.cwd(), recordFile)}`);
}

function recordOf(studies: readonly Study[], backend: string): ReproductionRecord {
  const identity = (id: SourceId) => ({
    contentSha256: sources[id].contentSha256 ?? "",
    rows: sources[id].rows,
  });
  return {
    seeds,
    backend,
    datasets: { "10-percent": identity("10-percent"), corrected: identity("corrected") },
    figures: figures.map(({ name, expected, of }) => ({
      name,
      expected,
      ...recordedFigure(studies.map((study) => of(study))),
    })),
    protocols: {
      novelty: {
        holdout: recordedMetrics(studies.map(({ holdout }) => holdout)),
        corrected: recordedMetrics(studies.map((study) => study.corrected)),
      },
      mixed: { "10-percent": recordedMetrics(studies.map(({ mixed }) => mixed)) },
      literature: Object.fromEntries(
        literatureSubsets.map((name) => [
          name,
          recordedMetrics(studies.map(({ literature }) => literature[name])),
        ]),
      ),
    },
  };
}

/** Prints the promised figures, and fails if one is missed. */
function print({ figures, seeds, backend }: ReproductionRecord): void {
  const width = Math.max(...figures.map(({ name }) => name.length)) + 2;
  console.log(
    `Means over seeds ${seeds.join(", ")}; backend ${backend}; 10 % set and corrected; protocols as in the README\n`,
  );
  console.log(`${"figure".padEnd(width)}${"expected".padStart(14)}  actual (± sd)`);
  for (const { name, expected, mean, standardDeviation } of figures) {
    const met =
      "min" in expected ? mean >= expected.min : Math.abs(mean - expected.value) <= expected.tolerance;
    const wanted = "min" in expected ? `≥ ${expected.min}` : `${expected.value} ± ${expected.tolerance}`;
    console.log(
      `${name.padEnd(width)}${wanted.padStart(14)}  ${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}  ${met ? "met" : "MISSED"}`,
    );
    if (!met) process.exitCode = 1;
  }
}

runScript(main);
