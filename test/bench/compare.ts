// `npm run compare`: how the defaults of preprocessing, forest and autoencoder were chosen, and how values count that training
// never saw. Each candidate is fitted on 80 % of normal rows and judged on the others and all attacks, of KDD'99's training
// file and of simulated traffic; `corrected` takes no part. Writes comparison.md beside this file.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean, sampleStandardDeviation } from "simple-statistics";
import {
  type AutoencoderOptions,
  autoencoder,
  chooseThreshold,
  connectionTable,
  type Detector,
  type DetectorKind,
  distinctRows,
  evaluate,
  type FitModelOptions,
  type FittedModel,
  fitModel,
  type IsolationForestOptions,
  isolationForest,
  labels,
  type PreprocessOptions,
  rowsWhere,
  scoreTable,
  selectRows,
  simulatedConnections,
  type Table,
  TrafficWindows,
} from "traffic-anomaly";
import { plantedTable } from "../fixtures/planted";
import { combinedSections } from "./compare-combined";
import { loadKdd, runScript } from "./data";

const forestSeeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const autoencoderSeeds = [1, 2, 3, 4, 5];

/** A table of normal rows and attacks, and how the normal ones are held out. */
interface Data {
  readonly name: string;
  readonly table: Table;
  readonly holdOut: "random" | "last";
}

const forest: PreprocessOptions = { encoding: "one-hot", logarithm: ["amount"], scaling: "none" };
const forestCandidates: readonly [PreprocessOptions, IsolationForestOptions][] = [
  [forest, {}],
  [{ ...forest, logarithm: [] }, { sampleSize: 256 }],
  [forest, { sampleSize: 256 }],
  [forest, { sampleSize: 1024 }],
  [forest, { sampleSize: 16_384 }],
  [forest, { trees: 300 }],
  [{ ...forest, logarithm: [] }, {}],
  [{ ...forest, logarithm: ["amount", "count"] }, {}],
  [{ ...forest, logarithm: [], scaling: "quantile" }, {}],
  [{ ...forest, encoding: "ordinal" }, {}],
  [{ ...forest, encoding: "none" }, {}],
];

const network: PreprocessOptions = { encoding: "one-hot", logarithm: ["amount"], scaling: "min-max" };
const networkCandidates: readonly [PreprocessOptions, AutoencoderOptions][] = [
  [network, {}],
  [{ ...network, logarithm: [] }, {}],
  [{ ...network, logarithm: ["amount", "count"] }, {}],
  [{ ...network, scaling: "standard" }, {}],
  [{ ...network, logarithm: [], scaling: "quantile" }, {}],
  [{ ...network, encoding: "ordinal" }, {}],
  [network, { layers: [32, 8, 32] }],
  [network, { layers: [64, 16, 64] }],
  [network, { layers: [64, 32, 8, 32, 64] }],
  [network, { outputActivation: "sigmoid" }],
];

type Rule = NonNullable<Detector["novelty"]>;
const forestRules: readonly [string, Rule["score"] | undefined][] = [
  ["not at all", undefined],
  ["+ 0.05 each", (score, values) => score + 0.05 * values],
  ["+ 0.1 each", (score, values) => score + 0.1 * values],
  ["mean path × ¾ each", (score, values) => score ** (0.75 ** values)],
  ["**mean path × ½ each**", (score, values) => score ** (0.5 ** values)],
];
const networkRules = (width: number): readonly [string, Rule["score"] | undefined][] => [
  ["not at all", undefined],
  ["an error of 1 each", (score, values) => score + values / width],
  ["two wrong names each", (score, values) => score + (2 * values) / width],
  ["**four columns with an error of 1 each**", (score, values) => score + (4 * values) / width],
  ["an error of 10 each", (score, values) => score + (10 * values) / width],
];

const budgets = [0.05, 0.01, 0.001];

/** ROC AUC, deduplicated ROC AUC, and F1 at each budget, on the held-out rows and all attacks. */
async function judge({ table }: Data, model: FittedModel, detector: Detector = model.detector) {
  const scored = { detector, preprocessor: model.preprocessor };
  const attacks = rowsWhere(table, (label) => label !== "normal");
  const rows = Uint32Array.from([...model.heldOutRows, ...attacks]);
  const validation = selectRows(table, rows);
  const scores = await scoreTable(scored, table, rows);
  const heldOut = scores.slice(0, model.heldOutRows.length);
  const judged = { scores, labels: labels(validation), distinct: distinctRows(validation) };
  const { rocAuc, deduplicated } = evaluate(judged);
  const f1 = budgets.map((budget) => {
    return evaluate({ ...judged, threshold: chooseThreshold(heldOut, budget).value }).f1 ?? Number.NaN;
  });
  return [rocAuc, deduplicated?.rocAuc ?? Number.NaN, ...f1];
}

/** Share of the planted rows that are flagged at a budget of 5 %: of the worst feature, and of all. */
async function plantedFlagged(data: Data, model: FittedModel, detector: Detector): Promise<number[]> {
  const { table } = data;
  const planted = plantedTable(table, model.fitRows, model.heldOutRows);
  const scored = { detector, preprocessor: model.preprocessor };
  const { value } = chooseThreshold(await scoreTable(scored, table, model.heldOutRows), 0.05);
  const flagged = (await scoreTable(scored, planted)).map((score) => (score > value ? 1 : 0));
  const each = flagged.length / table.features.length;
  const shares = table.features.map((_, i) => mean([...flagged.subarray(i * each, (i + 1) * each)]));
  return [mean(shares), Math.min(...shares)];
}

/** The same detector, but with another rule for values that training never saw. */
function withRule(detector: Detector, score: Rule["score"] | undefined): Detector {
  return {
    kind: detector.kind,
    settings: detector.settings,
    columns: detector.columns,
    score: (matrix, options) => detector.score(matrix, options),
    explain: (row) => detector.explain(row),
    explainRows: (matrix, options) => detector.explainRows(matrix, options),
    save: (folder) => detector.save(folder),
    ...(score && { novelty: { score, contribution: () => 0 } }),
  };
}

/** Mean ± standard deviation of each figure over the seeds. */
function cellsOf(judgements: readonly (readonly number[])[]): string[] {
  return judgements[0].map((_, i) => {
    const values = judgements.map((figures) => figures[i]);
    return `${mean(values).toFixed(4)} ± ${sampleStandardDeviation(values).toFixed(4)}`;
  });
}

const figures = "ROC AUC | deduplicated | F1 at 5 % | at 1 % | at 0.1 %";

/** A table of candidates, each on each data. */
async function table(
  columns: string,
  data: readonly Data[],
  candidates: readonly (readonly string[])[],
  figuresOf: (data: Data, candidate: number) => Promise<readonly (readonly number[])[]>,
): Promise<string[]> {
  const lines: string[] = [];
  for (const one of data) {
    lines.push("", `${one.name}:`, "", `| ${columns} | ${figures} |`);
    lines.push(`|${"---|".repeat(lines[lines.length - 1].split("|").length - 2)}`);
    for (const [i, cells] of candidates.entries()) {
      lines.push(`| ${[...cells, ...cellsOf(await figuresOf(one, i))].join(" | ")} |`);
      console.log(`${one.name}: ${lines[lines.length - 1]}`);
    }
  }
  return lines;
}

async function fitEach<Options extends object, Fitted extends Detector, T>(
  { table, holdOut }: Data,
  kind: DetectorKind<string, Options, Fitted>,
  seeds: readonly number[],
  options: Pick<FitModelOptions<Options>, "preprocessing" | "settings">,
  use: (model: FittedModel<Fitted>) => Promise<T>,
): Promise<T[]> {
  const rows = rowsWhere(table, (label) => label === "normal");
  const found: T[] = [];
  for (const seed of seeds) {
    const model = await fitModel(table, kind, { rows, holdOut, seed, ...options });
    found.push(await use(model));
    model.detector.dispose?.();
  }
  return found;
}

/** How values may count that no training row had, with the defaults otherwise. */
async function rulesTable<Options extends object, Fitted extends Detector>(
  data: readonly Data[],
  kind: DetectorKind<string, Options, Fitted>,
  preprocessing: PreprocessOptions,
  seeds: readonly number[],
  rulesOf: (width: number) => readonly [string, Rule["score"] | undefined][],
): Promise<string[]> {
  const lines: string[] = [];
  for (const one of data) {
    const found = await fitEach(one, kind, seeds, { preprocessing }, async (model) => {
      const rows: number[][] = [];
      for (const [, rule] of rulesOf(model.detector.columns.length)) {
        const detector = withRule(model.detector, rule);
        rows.push([...(await judge(one, model, detector)), ...(await plantedFlagged(one, model, detector))]);
      }
      return rows;
    });
    lines.push(
      "",
      `${one.name}:`,
      "",
      `| a new value counts | ${figures} | planted: flagged | of the worst feature |`,
    );
    lines.push(`|${"---|".repeat(8)}`);
    for (const [i, [name]] of rulesOf(1).entries()) {
      lines.push(`| ${[name, ...cellsOf(found.map((rows) => rows[i]))].join(" | ")} |`);
      console.log(`${one.name}: ${lines[lines.length - 1]}`);
    }
  }
  return lines;
}

async function main(): Promise<void> {
  const { train } = await loadKdd();
  const connections = [...simulatedConnections({ connections: 100_000, seed: 2 })];
  const simulated = connectionTable(connections, new TrafficWindows());
  const data: readonly Data[] = [
    { name: "KDD'99's training file", table: train, holdOut: "random" },
    { name: "100,000 connections of simulated traffic", table: simulated, holdOut: "last" },
  ];
  const lines = [
    "# How the defaults were chosen",
    "",
    "Written by `npm run compare`. Each candidate is fitted on 80 % of the normal rows and judged on the other 20 % with all",
    "attacks: of KDD'99's 10 % set by chance, of simulated traffic by time. Mean ± standard deviation over seeds, which draw the",
    "split too, where it is by chance; F1 at three budgets of false alarms. The test file `corrected` takes no part in the",
    "choice. The first row of each table is the default, of rules the bold one.",
  ];
  const write = (...more: string[]) => {
    lines.push(...more);
    writeFileSync(join(__dirname, "comparison.md"), `${lines.join("\n")}\n`);
  };
  write(
    "",
    `## Isolation forest, seeds ${forestSeeds[0]} to ${forestSeeds[forestSeeds.length - 1]}`,
    ...forestText,
  );
  write(
    ...(await table(
      "trees | rows a tree | encoding | log(1 + x) of | scaling",
      data,
      forestCandidates.map(([preprocessing, { trees = 100, sampleSize = 4096 }]) => [
        String(trees),
        sampleSize.toLocaleString("en"),
        preprocessing.encoding ?? "",
        logarithmOf(preprocessing),
        preprocessing.scaling === "none" ? "–" : (preprocessing.scaling ?? ""),
      ]),
      (one, i) => {
        const [preprocessing, settings] = forestCandidates[i];
        return fitEach(one, isolationForest, forestSeeds, { preprocessing, settings }, (model) =>
          judge(one, model),
        );
      },
    )),
  );
  write("", "## What training never saw: isolation forest", ...ruleText);
  write(...(await rulesTable(data, isolationForest, forest, forestSeeds, () => forestRules)));
  write("", `## Autoencoder, seeds ${autoencoderSeeds.join(", ")}`);
  write(
    ...(await table(
      "encoding | log(1 + x) of | scaling | hidden layers | output",
      data,
      networkCandidates.map(([preprocessing, options]) => [
        preprocessing.encoding ?? "",
        logarithmOf(preprocessing),
        preprocessing.scaling ?? "",
        (options.layers ?? [64, 32, 16, 32, 64]).join("-"),
        options.outputActivation ?? "linear",
      ]),
      (one, i) => {
        const [preprocessing, settings] = networkCandidates[i];
        return fitEach(one, autoencoder, autoencoderSeeds, { preprocessing, settings }, (model) =>
          judge(one, model),
        );
      },
    )),
  );
  write("", "## What training never saw: autoencoder");
  write(...(await rulesTable(data, autoencoder, network, autoencoderSeeds, networkRules)));
  write("", ...(await combinedSections(train)));
}

const forestText = [
  "",
  "Small trees gamble on smurf at small budgets; from 4,096 rows a tree on F1 at 5 % and 1 % hardly depends on the seed. More",
  "rows or trees gain little for their time. One-hot stays, as an ordinal number depends on how services are spelled",
  "(notebook 02). Ranks are best on KDD'99, and are the preset `quantile`. The second row is the preset `published`.",
];
const ruleText = [
  "",
  "A rule that is weaker than half the path leaves a usual row with a new value below the threshold: the last two columns are",
  "the share of rows with one planted value that are flagged at 5 %, of all features and of the worst.",
];

function logarithmOf({ logarithm = [] }: PreprocessOptions): string {
  return logarithm.length === 0 ? "nothing" : logarithm.map((measure) => `${measure}s`).join(", ");
}

runScript(main);
