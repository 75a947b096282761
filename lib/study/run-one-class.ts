import { join } from "node:path";
import { InputError, requireNumber } from "../common/errors";
import { type FolderKind, sharedFolder } from "../common/own-files";
import { projectPath, shortPath } from "../common/project";
import { inTransaction } from "../common/transaction";
import { writeJson } from "../common/unwritable";
import { libraryVersion } from "../common/version";
import { inputName } from "../data/content";
import { datasetOf } from "../data/source";
import { type OneClassMetrics, oneClassProtocol } from "../evaluation/one-class";
import { type OneClassProtocol, publishedF1 } from "../evaluation/one-class-protocols";
import { type Spread, spread } from "../evaluation/spread";
import { prepareDetectors } from "../models/detectors";
import { trainingDefaults, trainingOptionsOf } from "../models/training-options";
import { isKddFormat, readStudyData } from "./data";
import type { RunOptions } from "./run";

/** `outputs/kddcup.json` or `outputs/kddcup-rev.json`. */
export interface OneClassResult {
  readonly schemaVersion: 1;
  readonly libraryVersion: string;
  readonly protocol: OneClassProtocol;
  readonly dataset: { readonly name: string; readonly sha256: string; readonly rows: number };
  readonly seeds: readonly number[];
  /** For each seed, by detector. */
  readonly studies: readonly Readonly<Record<string, OneClassMetrics>>[];
  /** Mean and standard deviation of every figure over the seeds, where there are several. */
  readonly spread?: Spread;
  /** F1 that papers report by this protocol. */
  readonly published: Readonly<Record<string, number>>;
}

/**
 * Evaluates all detectors by a protocol of deep papers, see {@link oneClassProtocol}, and writes its figures beside the
 * published ones. No model is kept.
 *
 * @throws {InputError} on anything wrong with the data, an option or a folder; the signal's reason if it is aborted
 */
export async function runOneClass(
  protocol: OneClassProtocol,
  options: RunOptions = {},
): Promise<{ readonly result: OneClassResult; readonly paths: readonly string[] }> {
  const { outputsFolder = projectPath("outputs"), seed = trainingDefaults.seed, repeats = 1 } = options;
  requireNumber("repeats", repeats, { min: 1, integer: true });
  requireNumber("seed", seed, { min: 0, max: 0xffffffff - repeats + 1, integer: true });
  await prepareDetectors(options.settings, options.preprocessing);
  const read = [options.data].filter((path) => path !== undefined);
  return inTransaction({ read, onNotice: options.onNotice }, async (transaction) => {
    const outputs = await transaction.stageFolder(outputsFolder, resultsOf(protocol));
    const rejectedFiles = { train: join(outputs, "rejected.csv"), test: join(outputs, "rejected-test.csv") };
    const { train, trainSource } = await readStudyData({
      ...options,
      ...(options.skipBadRows && { rejectedFiles }),
    });
    if (!train.labels || !isKddFormat(train))
      throw new InputError(
        `${protocol} is a protocol on KDD'99 with labels, not on ${inputName(trainSource.path)}`,
      );
    const seeds = Array.from({ length: repeats }, (_, i) => seed + i);
    const studies: Record<string, OneClassMetrics>[] = [];
    const training = trainingOptionsOf(options);
    for (const own of seeds)
      studies.push(await oneClassProtocol(train, protocol, { ...training, seed: own }));
    const result: OneClassResult = {
      schemaVersion: 1,
      libraryVersion,
      protocol,
      dataset: datasetOf(trainSource),
      seeds,
      studies,
      ...(repeats > 1 && { spread: spread(studies) }),
      published: publishedF1[protocol],
    };
    await writeJson(join(outputs, `${protocol}.json`), result);
    return { result, paths: [shortPath(join(outputsFolder, `${protocol}.json`))] };
  });
}

/** What a protocol writes into the folder of outputs, in which others may write too. */
function resultsOf(protocol: OneClassProtocol): FolderKind {
  const own = [`${protocol}.json`, "rejected.csv", "rejected-test.csv"];
  return sharedFolder(`results of ${protocol}`, (path) => own.includes(path));
}
