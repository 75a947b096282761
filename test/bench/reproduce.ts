// `npm run reproduce`: every figure that this project promises, as mean over five seeds, expected beside actual.
import { mean, sampleStandardDeviation } from "simple-statistics";
import { literatureProtocol, type Metrics, mixedProtocol, noveltyProtocol } from "traffic-anomaly";
import { loadKdd, runScript } from "./data";

/** A figure of one study, with what is expected of its mean: at least `min`, or `value` ± `tolerance`. */
interface Figure {
  readonly name: string;
  readonly expected: { readonly min: number } | { readonly value: number; readonly tolerance: number };
  readonly of: (study: Study) => number | undefined;
}

type Study = Awaited<ReturnType<typeof studyWith>>;

const seeds = [1, 2, 3, 4, 5];
const forest = (of: (metrics: Metrics) => number | undefined) => (study: Study) =>
  of(study.corrected["isolation-forest"]);
const network = (of: (metrics: Metrics) => number | undefined) => (study: Study) =>
  of(study.corrected.autoencoder);
const subset = (name: "http" | "smtp" | "sf" | "sa") => (study: Study) =>
  study.literature[name]["isolation-forest"].rocAuc;

const figures: readonly Figure[] = [
  {
    name: "isolation forest, novelty → corrected, ROC AUC",
    expected: { min: 0.972 },
    of: forest((m) => m.rocAuc),
  },
  { name: "  the same, deduplicated", expected: { min: 0.983 }, of: forest((m) => m.deduplicated?.rocAuc) },
  {
    name: "autoencoder, novelty → corrected, ROC AUC",
    expected: { min: 0.975 },
    of: network((m) => m.rocAuc),
  },
  { name: "  the same, deduplicated", expected: { min: 0.989 }, of: network((m) => m.deduplicated?.rocAuc) },
  { name: "  the same, F1 at 5 % false alarms", expected: { min: 0.955 }, of: network((m) => m.f1) },
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
  novelty.autoencoder.detector.dispose();
  return {
    corrected: novelty.metrics.test ?? {},
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
  console.log(`Means over seeds ${seeds.join(", ")}; 10 % set and corrected; protocols as in the README\n`);
  console.log(`${"figure".padEnd(50)}${"expected".padStart(16)}  actual (± sd)`);
  for (const { name, expected, of } of figures) {
    const values = studies.map((study) => of(study) ?? Number.NaN);
    const actual = mean(values);
    const met =
      "min" in expected ? actual >= expected.min : Math.abs(actual - expected.value) <= expected.tolerance;
    const wanted = "min" in expected ? `≥ ${expected.min}` : `${expected.value} ± ${expected.tolerance}`;
    const sd = sampleStandardDeviation(values).toFixed(4);
    console.log(
      `${name.padEnd(50)}${wanted.padStart(16)}  ${actual.toFixed(4)} ± ${sd}  ${met ? "met" : "MISSED"}`,
    );
    if (!met) process.exitCode = 1;
  }
}

runScript(main);
