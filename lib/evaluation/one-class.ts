import { breathe } from "../common/progress";
import { createRandom, permutation } from "../common/random";
import { valuesAt } from "../common/values-at";
import { anomalousRows } from "../data/kdd/attacks";
import { rowsWhere } from "../data/split";
import { labels, type Rows, type Table } from "../data/table";
import { autoencoder } from "../models/autoencoder/autoencoder";
import type { Detector, DetectorKind } from "../models/detector";
import { baselineDetectors } from "../models/detectors";
import { fitDetector } from "../models/fit-model";
import { isolationForest } from "../models/isolation-forest/detector";
import { scoreSteps } from "./curves";
import { type RankingMetrics, ranking, ratesFrom, type VerdictRates } from "./metrics";
import type { OneClassProtocol } from "./one-class-protocols";
import { type ProtocolOptions, resolveProtocol } from "./protocols";
import { scoreDistinct } from "./score-distinct";
import { scoreTogether } from "./score-together";

/** What such a protocol reports of one detector. */
export type OneClassMetrics = RankingMetrics & VerdictRates;

/**
 * The one-class protocols of deep papers, by the split of GOAD (Bergman and Hoshen 2020, after DAGMM, Zong et al. 2018), which
 * NeuTraL AD (Qiu et al. 2021) took over: fitted on a random half of the class that is taken for normal, scored on its
 * other half and all anomalies, with the threshold that flags as many rows as there are anomalies, which nobody knows in
 * practice. In `kddcup` the attacks are the normal class, as four rows of five are attacks, and the normal rows are the
 * anomalies; in `kddcup-rev` normal rows are normal, and a quarter as many attacks are drawn at random.
 *
 * @param train the 10 % set
 * @param options `seed`: draws half and attacks
 * @throws {InputError} as the detectors do; the reason of `signal` once it is aborted
 */
export async function oneClassProtocol(
  train: Table,
  protocol: OneClassProtocol,
  options: ProtocolOptions = {},
): Promise<Record<string, OneClassMetrics>> {
  const { seed, settings, preprocessing, work } = resolveProtocol(options);
  const split = oneClassSplit(train, protocol, seed);
  const found: Record<string, OneClassMetrics> = {};
  const measure = async (name: string, ofAll: Float64Array) => {
    found[name] = measured(split, ofAll);
    await breathe(work.signal);
  };
  const fit = <Options extends object, Fitted extends Detector>(
    kind: DetectorKind<string, Options, Fitted>,
    own?: Options,
  ) => fitDetector(train, kind, { ...work, seed, rows: split.fitRows, preprocessing, settings: own });
  const forest = await fit(isolationForest, settings?.[isolationForest.kind]);
  const network = await fit(autoencoder, settings?.[autoencoder.kind]);
  const { both, scores } = await scoreTogether(forest, network, [train], split.fitRows, work);
  for (const [name, [ofAll]] of Object.entries(scores)) await measure(name, ofAll);
  both.detector.dispose();
  for (const kind of baselineDetectors) {
    const model = await fit<object, Detector>(kind);
    await measure(`baseline:${kind.kind}`, await scoreDistinct(model, train, work));
  }
  return found;
}

/** The isolation forest alone by such a protocol, with the figures that it has in {@link oneClassProtocol}: a matter of seconds. */
export async function oneClassForest(
  train: Table,
  protocol: OneClassProtocol,
  options: ProtocolOptions = {},
): Promise<OneClassMetrics> {
  const { seed, settings, preprocessing, work } = resolveProtocol(options);
  const split = oneClassSplit(train, protocol, seed);
  const own = { rows: split.fitRows, preprocessing, settings: settings?.[isolationForest.kind] };
  const model = await fitDetector(train, isolationForest, { ...work, seed, ...own });
  return measured(split, await scoreDistinct(model, train, work));
}

/** Measures scores of all rows on those to be scored: as many are flagged as there are anomalies. */
function measured({ testRows, anomalous }: OneClassSplit, ofAll: Float64Array): OneClassMetrics {
  const scores = valuesAt(ofAll, testRows);
  const steps = scoreSteps(scores, anomalous);
  return {
    ...ranking(steps),
    ...ratesFrom(steps, scores.slice().sort()[scores.length - steps.positives]),
  };
}

/** Rows to fit and to score, and which of the latter are the anomalies. */
export interface OneClassSplit {
  readonly fitRows: Rows;
  readonly testRows: Rows;
  readonly anomalous: Uint8Array;
}

/** Draws the rows of such a protocol. */
export function oneClassSplit(train: Table, protocol: OneClassProtocol, seed: number): OneClassSplit {
  const random = createRandom(seed, protocol);
  const shuffled = (isWanted: (label: string) => boolean) => {
    const rows = rowsWhere(train, isWanted);
    return permutation(rows.length, random).map((i) => rows[i]);
  };
  const normals = shuffled((label) => label === "normal");
  const attacks = shuffled((label) => label !== "normal");
  const reversed = protocol === "kddcup-rev";
  const learned = reversed ? normals : attacks;
  const anomalies = reversed ? attacks.subarray(0, normals.length >> 2) : normals;
  const half = learned.length >> 1;
  const testRows = new Uint32Array(learned.length - half + anomalies.length);
  testRows.set(learned.subarray(half));
  testRows.set(anomalies, learned.length - half);
  testRows.sort();
  const isAttack = anomalousRows(labels(train));
  return {
    fitRows: learned.slice(0, half).sort(),
    testRows,
    anomalous: Uint8Array.from(testRows, (row) => (reversed ? isAttack[row] : 1 - isAttack[row])),
  };
}
