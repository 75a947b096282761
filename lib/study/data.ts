import { InputError, requireNumber, requireOptions } from "../common/errors";
import { projectPath } from "../common/project";
import { shown } from "../common/shown";
import type { ColumnType } from "../data/columns/infer-columns";
import { columnChoices } from "../data/columns/plan-columns";
import { inputName } from "../data/content";
import { Unavailable } from "../data/kdd/download";
import { type LocateOptions, locateOptions, locateTestFile, locateTrainingFile } from "../data/kdd/locate";
import { type FileTable, type ReadTableOptions, readTable } from "../data/read-table";
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
  /** What captions call the two files: `KDD'99 (10 %)` and `KDD'99 corrected`, or `simulated traffic (training part)`. */
  readonly titles: { readonly train: string; readonly test?: string };
}

/** The data of a study with what each column of its files was taken for. */
interface DescribedData extends StudyData {
  readonly train: FileTable;
  readonly test?: FileTable;
}

/** What the columns of a file are for: see {@link readTable}. Data sets that are known need none of it. */
export type ColumnChoices = Pick<ReadTableOptions, "label" | "normal" | "group" | "exclude" | "types">;

export interface StudyDataOptions extends LocateOptions, ColumnChoices {
  /**
   * The training file, any table; or `simulated`: simulated traffic. Default `kdd`: see {@link locateTrainingFile}; where none
   * can be had, simulated traffic.
   */
  readonly data?: string;
  /** The test file, with the columns of the training file. Default: the one that belongs to it, see {@link locateTestFile}. */
  readonly test?: string;
  /** Leave bad rows out, and write them to these CSV files. Default: refuse the file. */
  readonly rejectedFiles?: { readonly train: string; readonly test: string };
  /** Files with more rows are refused, before they take all memory. Default 10,000,000. */
  readonly maxRows?: number;
  /** Called with a sentence about what the user should know, such as a missing test file. Default: a warning on the console. */
  readonly onNotice?: (sentence: string) => void;
}

/** What the test file is called in the results: its own name, unless something else has it. */
export function testName({ trainSource, testSource }: StudyData): string | undefined {
  const taken = testSource && ["holdout", trainSource.name].includes(testSource.name);
  return taken ? `${testSource.name} (test)` : testSource?.name;
}

/** What captions call a file: `KDD'99 (10 %)`, or its own name. */
export function datasetTitle(name: string): string {
  const titles: Record<string, string> = {
    "10-percent": "KDD'99 (10 %)",
    full: "KDD'99 (full)",
    corrected: "KDD'99 corrected",
  };
  return Object.hasOwn(titles, name) ? titles[name] : name;
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
  requireOptions(options, {
    ...{ data: true, test: true, rejectedFiles: true, maxRows: true, onNotice: true },
    ...columnChoices,
    ...locateOptions,
  });
  return readStudyData(options);
}

/** As {@link loadStudyData}, with what each column was taken for; the options may be those of a whole run. */
export async function readStudyData(options: StudyDataOptions = {}): Promise<DescribedData> {
  const { onNotice = (sentence) => console.warn(sentence), rejectedFiles, ...given } = options;
  const locate = { connectTimeout, ...given };
  const { dataFolder = projectPath("data"), onProgress, signal } = locate;
  requireFileFor(options);
  const { data = "kdd" } = options;
  const found =
    data === "kdd"
      ? await unlessMissing(locateTrainingFile(locate), Unavailable, () => onNotice(notFound))
      : data === "simulated"
        ? undefined
        : data;
  const simulated = found ? undefined : await simulatedDataset(dataFolder, { onProgress, signal });
  const trainFile = found ?? simulated!.train;
  const train = await readStudyFile(trainFile, { ...options, onNotice }, rejectedFiles?.train);
  if (train.labels) requireBothClasses(train);
  else for (const sentence of unlabelledNotices(train)) onNotice(sentence);
  const trainSource = simulated
    ? { ...train.source, name: "simulated traffic (training part)" }
    : train.source;
  const study = {
    trainSource,
    train,
    titles: { train: datasetTitle(trainSource.name) },
    simulated: simulated !== undefined,
    ...(simulated && { remark: "Simulated traffic" }),
  };
  // Without a test file a study ends with the held-out part, and says so.
  const testFile =
    options.test ??
    simulated?.test ??
    (await unlessMissing(locateTestFile(train.source.name, locate), InputError, (reason) =>
      onNotice(`no test file: ${reason}`),
    ));
  if (testFile === undefined) return study;
  const features = train.features.map(({ name }) => {
    const { type } = train.columns.find((column) => column.name === name)!;
    return { name, type: type as ColumnType };
  });
  const read = await readStudyFile(testFile, { ...options, onNotice, features }, rejectedFiles?.test);
  const test = judgedLike(train, read, onNotice);
  const isSimulated = simulated && options.test === undefined;
  const testSource = isSimulated ? { ...test.source, name: "simulated traffic (test part)" } : test.source;
  const titles = { ...study.titles, test: datasetTitle(testSource.name) };
  return { ...study, titles, testSource, test };
}

/**
 * Reads a file of a study with the columns that the user chose.
 *
 * @param options.features of a test file: those of the training file
 * @throws {InputError} if the file is not good, or the columns are not there
 */
async function readStudyFile(
  path: string,
  options: StudyDataOptions & Pick<ReadTableOptions, "features">,
  rejectedFile?: string,
): Promise<FileTable> {
  const { label, normal, group, exclude, types, features } = options;
  const { maxRows = trainingDefaults.maxRows, onNotice, onProgress, signal } = options;
  requireNumber("maxRows", maxRows, { min: 1, integer: true });
  const choices = { label, normal, group, ...(features ? { features } : { exclude, types }) };
  return readTable(path, { ...choices, rejectedFile, maxRows, onNotice, onProgress, signal });
}

/** Whether a table was read by the reader of KDD'99 and NSL-KDD: no other knows what a number measures. */
export function isKddFormat({ features }: Table): boolean {
  return features.some((feature) => feature.kind === "numeric" && feature.measure === "amount");
}

const notFound =
  "KDD'99 was not found and could not be downloaded.\nSimulated traffic is used instead: sentences about KDD'99 do not hold for it.\nTo use KDD'99, put kddcup.data_10_percent.gz and corrected.gz into data/, or name a file with --data";

function requireFileFor({ data, label, normal, group, exclude, types }: StudyDataOptions): void {
  const first = Object.entries({ label, normal, group, exclude, types }).find(
    ([, value]) => value !== undefined && value.length !== 0,
  );
  if ((data === undefined || data === "kdd" || data === "simulated") && first)
    throw new InputError(`${first[0]} is about the columns of a file of your own: name it with data`);
}

const labelNames = /^(class|label|target|anomaly|outlier|attack|(is_?)?fraud|y)$/i;

/** What a user should know who gave no label. */
function unlabelledNotices({ source, columns }: FileTable): string[] {
  const suspect = columns.find(({ name, use }) => labelNames.test(name.trim()) && use.startsWith("feature"));
  return [
    `${inputName(source.path)} has no label named: models are fitted on all of its rows, and there are no figures of merit`,
    ...(suspect
      ? [
          `${shown(suspect.name)} is a feature like any other: if it is the label, say --label ${shown(suspect.name)}`,
        ]
      : []),
  ];
}

/** The test file's table with the features of the training file, and labels if that has some. @throws {InputError} if it lacks any */
function judgedLike(train: FileTable, test: FileTable, onNotice: (sentence: string) => void): FileTable {
  const [trainName, testName] = [train, test].map(({ source }) => inputName(source.path));
  const features = train.features.map(({ name, kind }) => {
    const found = test.features.find((feature) => feature.name === name);
    if (!found) throw new InputError(`${testName} has no column ${shown(name)}, which ${trainName} has`);
    if (found.kind !== kind)
      throw new InputError(
        `the column ${shown(name)} is ${kind} in ${trainName}, but ${found.kind} in ${testName}`,
      );
    return found;
  });
  const { labels: known, ...rest } = { ...test, features };
  if (train.labels) {
    if (!known)
      throw new InputError(
        `${testName} has no labels, but ${trainName} has: without them it can only be scored with a model`,
      );
    requireBothClasses(test);
    return { ...test, features };
  }
  if (known) onNotice(`the labels of ${testName} are not used: ${trainName} has none`);
  return rest;
}

/** A file's path; undefined if there is none and none can be fetched, and `tell` is given the reason. */
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
  const [one, many] = isKddFormat(table) ? ["attack", "attacks"] : ["anomalous row", "anomalous ones"];
  const missing = categories.includes("normal") ? one : "row labelled normal";
  if (missing !== one || categories.length < 2)
    throw new InputError(
      `${inputName(table.source.path)} has no ${missing}; a study needs normal rows and ${many}`,
    );
}
