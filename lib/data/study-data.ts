import { join } from "node:path";
import { InputError } from "../common/errors";
import { projectPath } from "../common/project";
import { type LocateOptions, locateTestFile, locateTrainingFile } from "./locate";
import { loadTable, openSource, type Source } from "./reader";
import { labels, type Table } from "./table";

/** A labelled training file, and the test file that belongs to it where there is one. */
export interface StudyData {
  readonly trainSource: Source;
  readonly train: Table;
  readonly testSource?: Source;
  readonly test?: Table;
}

export interface StudyDataOptions extends LocateOptions {
  /** The training file. Default: see {@link locateTrainingFile}. */
  readonly data?: string;
  /** The test file. Default: the one that belongs to the training file, see {@link locateTestFile}. */
  readonly test?: string;
  /** Leave bad rows out, and write them to these CSV files. Default: refuse the file. */
  readonly rejectedFiles?: { readonly train: string; readonly test: string };
  /** Told in a sentence what the user should know, such as a missing test file. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Finds, checks and loads the data of a study.
 *
 * @throws {InputError} if nothing is found, or a file is not good, has no labels, no normal row or no attack
 * @example
 * const { train, test } = await loadStudyData();
 */
export async function loadStudyData(options: StudyDataOptions = {}): Promise<StudyData> {
  const { data, test, rejectedFiles, onNotice, ...locate } = options;
  const { dataFolder = projectPath("data"), onProgress, signal } = locate;
  const load = async (path: string, rejectedFile: string | undefined) => {
    const cacheFolder = join(dataFolder, "cache");
    const source = await openSource(path, { cacheFolder, rejectedFile, onProgress, signal });
    if (!source.labelled) {
      throw new InputError(`${path} has no labels (41 columns); a study needs a label in column 42`);
    }
    const table = await loadTable(source);
    requireBothClasses(source, table);
    return { source, table };
  };
  const trained = await load(data ?? (await locateTrainingFile(locate)), rejectedFiles?.train);
  const study = { trainSource: trained.source, train: trained.table };
  const testFile = test ?? (await locateTest(trained.source, locate, onNotice));
  if (!testFile) return study;
  const tested = await load(testFile, rejectedFiles?.test);
  return { ...study, testSource: tested.source, test: tested.table };
}

/** The test file is no condition: without it a study ends with the held-out part, and says so. */
async function locateTest(
  { name }: Source,
  options: LocateOptions,
  onNotice: StudyDataOptions["onNotice"],
): Promise<string | undefined> {
  try {
    return await locateTestFile(name, options);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    onNotice?.(`no test file: ${error.message}`);
    return undefined;
  }
}

function requireBothClasses({ path }: Source, table: Table): void {
  const { categories } = labels(table);
  const missing = !categories.includes("normal")
    ? "row labelled normal"
    : categories.length < 2
      ? "attack"
      : undefined;
  if (missing) throw new InputError(`${path} has no ${missing}; a study needs normal rows and attacks`);
}
