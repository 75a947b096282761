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

/** A labelled training file, and the test file that belongs to it where there is one. */
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

/** Milliseconds to wait for an address: there is something to go on with. */
const connectTimeout = 4_000;

/**
 * Finds, checks and loads the data of a study. Without a KDD'99 file and without a network it is simulated traffic, and
 * says so: by a notice, in the names of its sources, and by a remark for the captions of figures.
 *
 * @throws {InputError} if a file is not good, has no labels, no normal row or no attack
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
    if (!source.labelled) {
      throw new InputError(
        `${inputName(path)} has no labels (41 columns); a study needs a label in column 42`,
      );
    }
    requireBothClasses(source, table);
    return { source, table };
  };
  const found =
    options.data ??
    (await unlessMissing(locateTrainingFile(locate), Unavailable, (reason) =>
      onNotice(`simulated traffic is used instead of KDD'99: ${reason}`),
    ));
  if (!found) {
    const files = await simulatedDataset(dataFolder, { onProgress, signal });
    const train = await load(files.train, undefined);
    const test = await load(options.test ?? files.test, rejectedFiles?.test);
    return {
      trainSource: { ...train.source, name: "simulated traffic (training part)" },
      train: train.table,
      testSource: options.test ? test.source : { ...test.source, name: "simulated traffic (test part)" },
      test: test.table,
      simulated: true,
      remark: "Simulated traffic",
    };
  }
  const trained = await load(found, rejectedFiles?.train);
  const study = { trainSource: trained.source, train: trained.table, simulated: false };
  // Without a test file a study ends with the held-out part, and says so.
  const testFile =
    options.test ??
    (await unlessMissing(locateTestFile(trained.source.name, locate), InputError, (reason) =>
      onNotice(`no test file: ${reason}`),
    ));
  if (!testFile) return study;
  const tested = await load(testFile, rejectedFiles?.test);
  return { ...study, testSource: tested.source, test: tested.table };
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

function requireBothClasses({ path }: Source, table: Table): void {
  const { categories } = labels(table);
  const missing = categories.includes("normal") ? "attack" : "row labelled normal";
  if (missing !== "attack" || categories.length < 2)
    throw new InputError(`${inputName(path)} has no ${missing}; a study needs normal rows and attacks`);
}
