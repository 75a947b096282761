// Sections of comparison.md on the default forest and autoencoder: how values count that training never saw, and how both are
// combined.
import { mean, probit, sampleStandardDeviation } from "simple-statistics";
import {
  autoencoder,
  chooseThreshold,
  type Detector,
  type DetectorKind,
  type FittedModel,
  fitModel,
  isolationForest,
  pValues,
  type Rows,
  type Table,
} from "traffic-anomaly";
import { valuesAt } from "traffic-anomaly/dist/common/values-at";
import { memberWeights } from "traffic-anomaly/dist/models/combined/combined";
import { ascendingScores } from "traffic-anomaly/dist/models/threshold";
import { countNovelValues } from "traffic-anomaly/dist/preprocess/novelty";
import { fitPreprocessor, transform } from "traffic-anomaly/dist/preprocess/preprocessor";
import { plantedTable } from "../fixtures/planted";
import {
  type Data,
  evidenceOf,
  figures,
  judged,
  type OwnScores,
  type Row,
  type Rule,
  scoredRows,
  spreadTable,
  withRule,
} from "./compare-judge";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** Designs that need a model of their own. */
const designSeeds = [1, 2, 3];

const asItIs: Rule = (score) => score;
const forestRules: readonly [string, Rule][] = [
  ["not at all", asItIs],
  ["+ 0.05 each", (score, values) => score + 0.05 * values],
  ["+ 0.1 each", (score, values) => score + 0.1 * values],
  ["mean path × ¾ each", (score, values) => score ** (0.75 ** values)],
  ["**mean path × ½ each**", (score, values) => score ** (0.5 ** values)],
];
const networkRules = (width: number): readonly [string, Rule][] => [
  ["not at all", asItIs],
  ["an error of 1 each", (score, values) => score + values / width],
  ["two wrong names each", (score, values) => score + (2 * values) / width],
  ["**four columns with an error of 1 each**", (score, values) => score + (4 * values) / width],
  ["an error of 10 each", (score, values) => score + (10 * values) / width],
];

/** Shares of rows with one planted value that are flagged at a budget of 5 %: of all features, and of the worst. */
function plantedFlagged(table: Table, onPlanted: Float64Array, heldOut: Float64Array): number[] {
  const { value } = chooseThreshold(heldOut, 0.05);
  const each = onPlanted.length / table.features.length;
  const shares = table.features.map((_, i) => {
    return mean(Array.from(onPlanted.subarray(i * each, (i + 1) * each), (score) => (score > value ? 1 : 0)));
  });
  return [mean(shares), Math.min(...shares)];
}

/** Every rule on one model. */
async function ruleRows(
  data: Data,
  model: FittedModel,
  all: OwnScores,
  rules: readonly (readonly [string, Rule])[],
): Promise<Row[]> {
  const { fitRows, heldOutRows } = model;
  const planted = await scoredRows(model, plantedTable(data.table, fitRows, heldOutRows));
  return rules.map(([name, rule]) => {
    const scores = withRule(all, rule);
    const flagged = plantedFlagged(data.table, withRule(planted, rule), valuesAt(scores, heldOutRows));
    return [name, [...judged(data, heldOutRows, scores), ...flagged]];
  });
}

/** The table with a column beside each nominal feature: 1 where its name is not among those of the rows fitted, else 0. */
function withUnseen(table: Table, fitted: Table, fitRows: Rows): Table {
  const flags = table.features.flatMap((feature, i) => {
    const known = fitted.features[i];
    if (feature.kind === "numeric" || known.kind === "numeric") return [];
    const seen = new Set(Array.from(fitRows, (row) => known.categories[known.codes[row]]));
    const values = Float64Array.from(feature.codes, (code) => (seen.has(feature.categories[code]) ? 0 : 1));
    return [{ kind: "numeric" as const, name: `unseen ${feature.name}`, values }];
  });
  return { ...table, features: [...table.features, ...flags] };
}

/**
 * Designs in which new values are numbers like others: a factor of 1 for what was constant in training, and with `unseen` a
 * column of unseen names beside each nominal feature, too.
 */
async function designRow(
  data: Data,
  kind: DetectorKind,
  { fitRows, heldOutRows }: FittedModel,
  seed: number,
  unseen: boolean,
): Promise<Row> {
  const extended = (table: Table) => (unseen ? withUnseen(table, data.table, fitRows) : table);
  const table = extended(data.table);
  const fitted = fitPreprocessor(table, kind.preprocessing, fitRows);
  const steps = fitted.steps.map((step) =>
    step.kind === "number" && step.factor === 0 ? { ...step, factor: 1 } : step,
  );
  const preprocessor = { ...fitted, steps };
  const detector: Detector = await kind.fit(transform(preprocessor, table, fitRows), { seed });
  const model = { detector, preprocessor };
  const { own } = await scoredRows(model, table);
  const planted = await scoredRows(model, extended(plantedTable(data.table, fitRows, heldOutRows)));
  detector.dispose?.();
  const flagged = plantedFlagged(data.table, planted.own, valuesAt(own, heldOutRows));
  const name = unseen ? "(b) that, and a column of unseen names" : "(a) constant columns have factor 1";
  return [name, [...judged(data, heldOutRows, own), ...flagged]];
}

/** What a member's score becomes before the mean is taken, given its held-out scores. */
type Unit = (heldOut: Float64Array) => (score: number) => number;

const surprise =
  (of: (p: number) => number): Unit =>
  (heldOut) => {
    const known = { scores: ascendingScores(heldOut) };
    return (score) => of(pValues(Float64Array.of(score), known)[0]);
  };
/** Of which the combined detector takes a weighted mean; the rest is the network's. */
const evidence = surprise((p) => -Math.log(p));
const [forestWeight] = memberWeights;
const standardised =
  (scale: (score: number) => number): Unit =>
  (heldOut) => {
    const scaled = Array.from(heldOut, scale);
    const [centre, spread] = [mean(scaled), sampleStandardDeviation(scaled)];
    return (score) => (scale(score) - centre) / spread;
  };
const between =
  (share: number): Unit =>
  (heldOut) => {
    const ascending = heldOut.slice().sort();
    const [median, high] = [0.5, share].map((part) => ascending[Math.floor(part * ascending.length)]);
    return (score) => (score - median) / (high - median);
  };
/** −log p, where beyond a share of the held-out scores p falls as a power of the score (Hill 1975). */
const extrapolated =
  (share: number): Unit =>
  (heldOut) => {
    const ascending = ascendingScores(heldOut);
    const tail = ascending.subarray(Math.floor((1 - share) * ascending.length));
    const index = mean(Array.from(tail.subarray(1), (score) => Math.log(score / tail[0])));
    const within = evidence(heldOut);
    return (score) =>
      score <= tail[0] ? within(score) : within(tail[0]) + Math.log(score / tail[0]) / index;
  };

const log20 = Math.log(20);
/**
 * How both members' scores are put together, what share of it the forest's is (half, where there is no weight), and what each new
 * value adds; without that, the members' rules apply.
 */
const combinations: readonly {
  readonly name: string;
  readonly unit: Unit;
  readonly join?: "max";
  readonly weight?: number;
  readonly novelty?: number;
}[] = [
  {
    name: "**mean of −log p, forest's weighs 0.45, p of a new value 1/20**",
    unit: evidence,
    weight: forestWeight,
    novelty: log20,
  },
  { name: "the same, equal weights (Fisher)", unit: evidence, novelty: log20 },
  { name: "the same, new values do not count", unit: evidence, weight: forestWeight, novelty: 0 },
  { name: "the same, p of a new value 1/5", unit: evidence, weight: forestWeight, novelty: Math.log(5) },
  { name: "the same, p of a new value 1/100", unit: evidence, weight: forestWeight, novelty: Math.log(100) },
  { name: "the same, members' novelty", unit: evidence, weight: forestWeight },
  {
    name: "the same, tail of 1 % extrapolated",
    unit: extrapolated(0.01),
    weight: forestWeight,
    novelty: log20,
  },
  { name: "mean of normal quantiles (Stouffer)", unit: surprise((p) => probit(1 - p)), novelty: 1.645 },
  { name: "mean of ranks", unit: surprise((p) => 1 - p), novelty: 1 },
  { name: "lowest p", unit: evidence, join: "max", novelty: log20 },
  { name: "deviations from the mean", unit: standardised((score) => score) },
  { name: "the same of logarithms", unit: standardised(Math.log) },
  { name: "median 0, 95 % at 1", unit: between(0.95) },
  { name: "median 0, 99 % at 1", unit: between(0.99) },
];

interface Member {
  readonly title: string;
  readonly all: OwnScores;
  readonly rule: Rule;
}

function combinedRows(data: Data, heldOutRows: Rows, members: readonly Member[]): Row[] {
  const row = (name: string, scores: Float64Array): Row => {
    const found = judged(data, heldOutRows, scores);
    return [name, [...found, mean(found)]];
  };
  const own = members.map(({ all, rule }) => withRule(all, rule));
  return [
    ...combinations.map(({ name, unit, join, weight = 0.5, novelty }): Row => {
      const [first, second] = members.map(({ all }, i) => {
        const scores = novelty === undefined ? own[i] : all.own;
        const scale = unit(valuesAt(scores, heldOutRows));
        const known = new Map<number, number>();
        return scores.map((score) => {
          if (!known.has(score)) known.set(score, scale(score));
          return known.get(score)!;
        });
      });
      const { novel } = members[0].all;
      const joined = first.map((score, i) => {
        const both = join ? Math.max(score, second[i]) : weight * score + (1 - weight) * second[i];
        return both + (novelty ?? 0) * novel[i];
      });
      return row(name, joined);
    }),
    ...members.map(({ title }, i) => row(`(${title} alone)`, own[i])),
  ];
}

/** How many values of each row are new if a number is new as soon as it lies outside of the training range. */
function newBeyondRange({ preprocessor }: FittedModel, table: Table): Uint16Array {
  // Ranges that are by a tenth of themselves, the margin, smaller than those of training; a hair less against rounding.
  const shrink = 1 / 12 - 1e-9;
  const steps = preprocessor.steps.map((step) => {
    if (step.kind !== "number") return step;
    const [least, most] = step.range;
    const width = most - least;
    return { ...step, range: [least + shrink * width, most - shrink * width] as const };
  });
  return countNovelValues({ steps }, table);
}

/** Both models, alone and combined, if a number is new from the end of the training range on, or from a tenth beyond it. */
function marginRows(data: Data, model: FittedModel, members: readonly Member[]): Row[] {
  const { heldOutRows } = model;
  const surprises = members.map(({ all }) => evidenceOf(all, heldOutRows));
  const both = surprises[0].map(
    (score, row) => forestWeight * score + (1 - forestWeight) * surprises[1][row],
  );
  const rankings = [
    { title: "combined", own: both, rule: (score: number, values: number) => score + log20 * values },
    ...members.map(({ title, all, rule }) => ({ title, own: all.own, rule })),
  ];
  const counts: readonly (readonly [string, ArrayLike<number>])[] = [
    ["the end of the range", newBeyondRange(model, data.table)],
    ["**a tenth beyond**", members[0].all.novel],
  ];
  return rankings.flatMap(({ title, own, rule }) =>
    counts.map(([from, novel]): Row => {
      const found = judged(data, heldOutRows, withRule({ own, novel }, rule));
      return [`${title} | ${from}`, [...found, mean(found)]];
    }),
  );
}

/** Sections of comparison.md on the two defaults: each model is fitted once for all of them. */
export async function defaultSections(data: readonly Data[]): Promise<Record<string, string[]>> {
  const ruleHead = `a new value counts | ${figures} | planted: flagged | of the worst feature`;
  const [forestLines, networkLines, combinedLines, marginLines]: string[][] = [[], [], [], []];
  for (const one of data) {
    const ofForest: Row[][] = [];
    const ofNetwork: Row[][] = [];
    const ofBoth: Row[][] = [];
    const ofMargin: Row[][] = [];
    const [forestDesigns, networkDesigns]: Row[][][] = [[], []];
    for (const seed of seeds) {
      const { normals: rows, holdOut } = one;
      const members: Member[] = [];
      for (const kind of [isolationForest, autoencoder] as readonly DetectorKind[]) {
        const model = await fitModel(one.table, kind, { rows, holdOut, seed });
        const all = await scoredRows(model, one.table);
        const isForest = kind.kind === "isolation-forest";
        const rules = isForest ? forestRules : networkRules(model.detector.columns.length);
        (isForest ? ofForest : ofNetwork).push(await ruleRows(one, model, all, rules));
        if (designSeeds.includes(seed))
          (isForest ? forestDesigns : networkDesigns).push([
            await designRow(one, kind, model, seed, false),
            await designRow(one, kind, model, seed, true),
          ]);
        members.push({ title: kind.title, all, rule: model.detector.novelty!.score });
        model.detector.dispose?.();
        if (isForest) continue;
        ofBoth.push(combinedRows(one, model.heldOutRows, members));
        ofMargin.push(marginRows(one, model, members));
      }
      console.log(`${one.name}, seed ${seed}`);
    }
    const designs = `${one.name}, new values as numbers like others, seeds ${designSeeds.join(", ")}`;
    for (const [lines, rules, found] of [
      [forestLines, ofForest, forestDesigns],
      [networkLines, ofNetwork, networkDesigns],
    ] as const)
      lines.push(...spreadTable(one.name, ruleHead, rules), ...spreadTable(designs, ruleHead, found));
    marginLines.push(
      ...spreadTable(one.name, `scores | a number is new from | ${figures} | mean of the five`, ofMargin),
    );
    combinedLines.push(...spreadTable(one.name, `combination | ${figures} | mean of the five`, ofBoth));
  }
  return { forest: forestLines, network: networkLines, combined: combinedLines, margin: marginLines };
}
