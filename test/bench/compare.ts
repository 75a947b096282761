// `npm run compare [-- SECTION…]`: how the defaults of preprocessing, forest, autoencoder and PCA were chosen, how values count
// that training never saw, and how both models are combined. Each candidate is fitted on 80 % of normal rows and judged on the
// others and all attacks, of KDD'99's training file and of simulated traffic; `corrected` takes no part. Writes comparison.md
// beside this file; sections that are not named stay as they are: forest, autoencoder, defaults, members, pca.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type AutoencoderOptions,
  autoencoder,
  connectionTable,
  type Detector,
  type DetectorKind,
  type FitModelOptions,
  fitModel,
  InputError,
  type IsolationForestOptions,
  isolationForest,
  type PreprocessOptions,
  rowsWhere,
  simulatedConnections,
  type Table,
  TrafficWindows,
} from "traffic-anomaly";
import { forestDefaults } from "traffic-anomaly/dist/models/isolation-forest/settings";
import { defaultSections } from "./compare-defaults";
import { type Data, figures, judged, type Row, scoresOf, spreadTable } from "./compare-judge";
import { membersSection } from "./compare-members";
import { componentsSection } from "./compare-pca";
import { loadKdd, runScript } from "./data";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

const forest: PreprocessOptions = { encoding: "one-hot", logarithm: ["amount"], scaling: "none" };
const forestCandidates: readonly [PreprocessOptions, IsolationForestOptions][] = [
  [forest, {}],
  [{ ...forest, logarithm: [] }, { sampleSize: 256 }],
  [forest, { sampleSize: 256 }],
  [forest, { sampleSize: 1024 }],
  [forest, { sampleSize: 4096 }],
  [forest, { sampleSize: 65_536 }],
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
  [network, { layers: [64, 32, 8, 32, 64] }],
  [network, { batchSize: 128 }],
  [network, { epochs: 60 }],
];

/** Tables of candidates, one for each data. */
async function candidateTables<Options extends object, Fitted extends Detector>(
  data: readonly Data[],
  kind: DetectorKind<string, Options, Fitted>,
  columns: string,
  candidates: readonly (readonly [
    title: string,
    Pick<FitModelOptions<Options>, "preprocessing" | "settings">,
  ])[],
): Promise<string[]> {
  const lines: string[] = [];
  for (const one of data) {
    const found: Row[][] = [];
    for (const seed of seeds) {
      const rows: Row[] = [];
      for (const [title, options] of candidates) {
        const { normals, holdOut, table } = one;
        const model = await fitModel(table, kind, { rows: normals, holdOut, seed, ...options });
        rows.push([title, judged(one, model.heldOutRows, await scoresOf(model, table))]);
        model.detector.dispose?.();
      }
      found.push(rows);
      console.log(`${kind.title}, ${one.name}, seed ${seed}`);
    }
    lines.push(...spreadTable(one.name, `${columns} | ${figures}`, found));
  }
  return lines;
}

const forestSection = (data: readonly Data[]) =>
  candidateTables(
    data,
    isolationForest,
    "trees | rows a tree | encoding | log(1 + x) of | scaling",
    forestCandidates.map(([preprocessing, settings]) => {
      const { trees, sampleSize } = { ...forestDefaults, ...settings };
      const { encoding, scaling } = preprocessing;
      const size = sampleSize.toLocaleString("en");
      const cells = [trees, size, encoding, logarithmOf(preprocessing), scaling === "none" ? "–" : scaling];
      return [cells.join(" | "), { preprocessing, settings }];
    }),
  );

const networkSection = (data: readonly Data[]) =>
  candidateTables(
    data,
    autoencoder,
    "encoding | log(1 + x) of | scaling | hidden layers | rows a batch | epochs",
    networkCandidates.map(([preprocessing, settings]) => {
      const { layers = [64, 32, 16, 32, 64], batchSize = 512, epochs = 30 } = settings;
      const { encoding, scaling } = preprocessing;
      const ofNetwork = [layers.join("-"), batchSize, epochs];
      const cells = [encoding, logarithmOf(preprocessing), scaling, ...ofNetwork];
      return [cells.join(" | "), { preprocessing, settings }];
    }),
  );

function logarithmOf({ logarithm = [] }: PreprocessOptions): string {
  return logarithm.length === 0 ? "nothing" : logarithm.map((measure) => `${measure}s`).join(", ");
}

function dataOf(name: string, table: Table, holdOut: Data["holdOut"]): Data {
  const [normals, attacks] = [true, false].map((normal) => {
    return rowsWhere(table, (label) => (label === "normal") === normal);
  });
  return { name, table, normals, attacks, holdOut };
}

const path = join(__dirname, "comparison.md");

/** Puts tables in place of those under a heading; what is written there before them stays. */
function replaceTables(heading: string, tables: readonly string[]): void {
  const text = readFileSync(path, "utf8");
  const start = text.indexOf(`\n## ${heading}`);
  if (start < 0) throw new InputError(`comparison.md has no section ${heading}`);
  const next = text.indexOf("\n## ", start + 1);
  const end = next < 0 ? text.length : next;
  const [words] = text.slice(start, end).split(/\n\n[^\n]+:\n\n\|/);
  writeFileSync(path, `${text.slice(0, start)}${words.trimEnd()}\n${tables.join("\n")}\n${text.slice(end)}`);
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const isWanted = (section: string) => wanted.length === 0 || wanted.includes(section);
  const { train } = await loadKdd();
  const connections = [...simulatedConnections({ connections: 100_000, seed: 2 })];
  const kdd = dataOf("KDD'99's training file", train, "random");
  const simulated = connectionTable(connections, new TrafficWindows());
  const data = [kdd, dataOf("100,000 connections of simulated traffic", simulated, "last")];
  if (isWanted("defaults")) {
    const { forest, network, combined, margin } = await defaultSections(data);
    replaceTables("What training never saw: isolation forest", forest);
    replaceTables("What training never saw: autoencoder", network);
    replaceTables("Combined detector", combined);
    replaceTables("From where on a number is new", margin);
  }
  if (isWanted("members")) replaceTables("What is combined", await membersSection(data));
  if (isWanted("pca")) replaceTables("PCA", await componentsSection(kdd));
  if (isWanted("forest")) replaceTables("Isolation forest", await forestSection(data));
  if (isWanted("autoencoder")) replaceTables("Autoencoder", await networkSection(data));
}

runScript(main);
