import { InputError, requireNumber } from "../common/errors";
import { projectPath } from "../common/project";
import { inputName } from "../data/content";
import { Unavailable } from "../data/kdd/download";
import { type LocateOptions, locateTestFile, locateTrainingFile } from "../data/kdd/locate";
import { readKddFile } from "../data/kdd/reader";
import type { Source } from "../data/source";
import { labels, type Table } from "../data/table";
import { trainingDefaults } from "../models/training-options";
import { simulatedDataset } from "../traffic/simulator/write-simulated";

/** A training file, and the test file that belongs to it where there is one; either both have labels, or none. */
export interface StudyData {
  readonly trainSource: Source;
  readonly train: Table;
  readonly testSource?: Source;
  readonly test?: Table;
  /** Whether it is simulated traffic, because there was neither a KDD'99 file nor a network to fetch one. */
  readonly simulated: boolean;
  /** `Simulated traffic` where it is, for the captions of figures. */
  readonly remark?: string;
}

export interface StudyDataOptions extends LocateOptions {
  /** The training file. Default: see {@link locateTrainingFile}; where none can be had, simulated traffic. */
  readonly data?: string;
  /** The test file. Default: the one that belongs to the training file, see {@link locateTestFile}. */
  readonly test?: string;
  /** Leave bad rows out, and write them to these CSV files. Default: refuse the file. */
  readonly rejectedFiles?: { readonly train: string; readonly test: string };
  /** Files with more rows are refused, before they take all memory. Default 10,000,000. */
  readonly maxRows?: number;
  /** Told in a sentence what the user should know, such as a missing test file. Default: a warning on the console. */
  readonly onNotice?: (sentence: string) => void;
}

/** What the test file is called in the results: its own name, unless something else has it. */
export function testName({ trainSource, testSource }: StudyData): string | undefined {
  const taken = testSource && ["holdout", trainSource.name].includes(testSource.name);
  return taken ? `${testSource.name} (test)` : testSource?.name;
}

/** Milliseconds to wait for an address: there is something to go on with. */
const connectTimeout = 4_000;

/**
 * Finds, checks and loads the data of a study. Without a KDD'99 file and without a network it is simulated traffic, and
 * says so: by a notice, in the names of its sources, and by a remark for the captions of figures.
 *
 * @throws {InputError} if a file is not good, or has labels, but no normal row or no attack
 * @example
 * const { train, test } = await loadStudyData({ data: "data/kddcup.data_10_percent.gz" });
 */
export async function loadStudyData(options: StudyDataOptions = {}): Promise<StudyData> {
  const {
    rejectedFiles,
    maxRows = trainingDefaults.maxRows,
    onNotice = (sentence) => console.warn(sentence),
    ...given
  } = options;
  requireNumber("maxRows", maxRows, { min: 1, integer: true });
  const locate = { connectTimeout, ...given };
  const { dataFolder = projectPath("data"), onProgress, signal } = locate;
  const load = async (path: string, rejectedFile: string | undefined) => {
    const { source, table } = await readKddFile(path, { rejectedFile, maxRows, onProgress, signal });
    return { ...table, source };
  };
  const found =
    options.data ??
    (await unlessMissing(locateTrainingFile(locate), Unavailable, (reason) =>
      onNotice(`simulated traffic is used instead of KDD'99: ${reason}`),
    ));
  if (!found) {
    const files = await simulatedDataset(dataFolder, { onProgress, signal });
    const train = await load(files.train, undefined);
    const test = judgedLike(train, await load(options.test ?? files.test, rejectedFiles?.test), onNotice);
    return {
      trainSource: { ...train.source, name: "simulated traffic (training part)" },
      train,
      testSource: options.test ? test.source : { ...test.source, name: "simulated traffic (test part)" },
      test,
      simulated: true,
      remark: "Simulated traffic",
    };
  }
  const train = await load(found, rejectedFiles?.train);
  if (train.labels) requireBothClasses(train);
  else
    onNotice(
      `${inputName(found)} has no labels: models are fitted on all of its rows, and there are no figures of merit`,
    );
  const study = { trainSource: train.source, train, simulated: false };
  // Without a test file a study ends with the held-out part, and says so.
  const testFile =
    options.test ??
    (await unlessMissing(locateTestFile(train.source.name, locate), InputError, (reason) =>
      onNotice(`no test file: ${reason}`),
    ));
  if (!testFile) return study;
  const test = judgedLike(train, await load(testFile, rejectedFiles?.test), onNotice);
  return { ...study, testSource: test.source, test };
}

/** A table that came from a file. */
type FileTable = Table & { readonly source: Source };

/** The test file's table, with labels if the training file has some. @throws {InputError} if it has none then */
function judgedLike(train: FileTable, test: FileTable, onNotice: (sentence: string) => void): FileTable {
  const [trainName, testName] = [train, test].map(({ source }) => inputName(source.path));
  if (train.labels) {
    if (!test.labels)
      throw new InputError(
        `${testName} has no labels, but ${trainName} has: without them it can only be scored with a model`,
      );
    requireBothClasses(test);
    return test;
  }
  if (!test.labels) return test;
  onNotice(`the labels of ${testName} are not used: ${trainName} has none`);
  const { labels: _, ...features } = test;
  return features;
}

/** A file's path; undefined if there is none and none can be fetched, of which `tell` is told the reason. */
async function unlessMissing(
  path: Promise<string | undefined>,
  kind: typeof InputError | typeof Unavailable,
  tell: (reason: string) => void,
): Promise<string | undefined> {
  try {
    return await path;
  } catch (error) {
    if (!(error instanceof kind)) throw error;
    tell(error.message);
    return undefined;
  }
}

function requireBothClasses(table: FileTable): void {
  const { categories } = labels(table);
  const missing = categories.includes("normal") ? "attack" : "row labelled normal";
  if (missing !== "attack" || categories.length < 2)
    throw new InputError(
      `${inputName(table.source.path)} has no ${missing}; a study needs normal rows and attacks`,
    );
}
