// Section of comparison.md on what is combined: rows a tree of the forest, rows a batch of the network, and the forest's weight.
import { mean, sampleStandardDeviation } from "simple-statistics";
import { autoencoder, fitModel, isolationForest } from "traffic-anomaly";
import { memberWeights } from "traffic-anomaly/dist/models/combined/combined";
import { forestDefaults } from "traffic-anomaly/dist/models/isolation-forest/settings";
import { type Data, evidenceOf, judged, scoredRows } from "./compare-judge";

const seeds = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const forests = [4096, 8192, 16_384];
const networks = [512, 256];
const weights = [0.3, 0.4, 0.45, 0.5, 0.55];

interface Choice {
  readonly sampleSize: number;
  readonly batchSize: number;
  readonly weight: number;
}
const choices: readonly Choice[] = networks.flatMap((batchSize) =>
  forests.flatMap((sampleSize) => weights.map((weight) => ({ sampleSize, batchSize, weight }))),
);
const isDefault = ({ sampleSize, batchSize, weight }: Choice) =>
  sampleSize === forestDefaults.sampleSize && batchSize === networks[0] && weight === memberWeights[0];

/** The mean of the five figures of each choice, with the models of one seed. */
async function meansOf(data: Data, seed: number): Promise<number[]> {
  const { table, normals: rows, holdOut } = data;
  const shared = { rows, holdOut, seed };
  let heldOutRows = rows;
  let novel: ArrayLike<number> = [];
  async function evidence(model: Awaited<ReturnType<typeof fitModel>>): Promise<Float64Array> {
    const all = await scoredRows(model, table);
    model.detector.dispose?.();
    ({ heldOutRows } = model);
    ({ novel } = all); // the same of both, whose preprocessing is one
    return evidenceOf(all, heldOutRows);
  }
  const ofForest = new Map<number, Float64Array>();
  for (const sampleSize of forests)
    ofForest.set(
      sampleSize,
      await evidence(await fitModel(table, isolationForest, { ...shared, settings: { sampleSize } })),
    );
  const ofNetwork = new Map<number, Float64Array>();
  for (const batchSize of networks)
    ofNetwork.set(
      batchSize,
      await evidence(await fitModel(table, autoencoder, { ...shared, settings: { batchSize } })),
    );
  return choices.map(({ sampleSize, batchSize, weight }) => {
    const [forest, network] = [ofForest.get(sampleSize)!, ofNetwork.get(batchSize)!];
    const scores = forest.map(
      (score, row) => weight * score + (1 - weight) * network[row] + Math.log(20) * novel[row],
    );
    return mean(judged(data, heldOutRows, scores));
  });
}

/** Mean ± standard error over seeds, in ten-thousandths. */
function withError(differences: readonly number[]): string {
  const error = sampleStandardDeviation([...differences]) / Math.sqrt(differences.length);
  return [mean([...differences]), error]
    .map((value) => (value * 1e4).toFixed(1).replace("-", "−"))
    .join(" ± ");
}

export async function membersSection(data: readonly Data[]): Promise<string[]> {
  const found: number[][][] = []; // data, seed, choice
  for (const one of data) {
    const means: number[][] = [];
    for (const seed of seeds) {
      means.push(await meansOf(one, seed));
      console.log(`${one.name}, seed ${seed}`);
    }
    found.push(means);
  }
  const base = choices.findIndex(isDefault);
  const lines = choices.map((choice, i) => {
    const byData = found.map((means) => means.map((ofSeed) => ofSeed[i] - ofSeed[base]));
    const both = seeds.map((_, seed) => mean(byData.map((differences) => differences[seed])));
    const { sampleSize, batchSize, weight } = choice;
    const names = [sampleSize.toLocaleString("en"), batchSize, isDefault(choice) ? `**${weight}**` : weight];
    return `| ${[...names, ...[both, ...byData].map(withError)].join(" | ")} |`;
  });
  const head = ["rows a tree", "rows a batch", "the forest's weight", "both data", "KDD'99", "simulated"];
  return [
    ...["", "Difference of the mean of the five figures from the default's, in 10⁻⁴ ± standard error:", ""],
    ...[`| ${head.join(" | ")} |`, `|${"---|".repeat(head.length)}`, ...lines],
  ];
}
