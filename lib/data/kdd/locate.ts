import { join } from "node:path";
import type { OptionNames } from "../../common/errors";
import { workOptions } from "../../common/progress";
import { projectPath } from "../../common/project";
import { type DatasetName, findDatasets } from "./datasets";
import { type DownloadOptions, download, Unavailable } from "./download";
import { type SourceId, sources } from "./sources";

export interface LocateOptions extends DownloadOptions {
  /** The project's data folder; downloads land there. Default `data` in the project. */
  readonly dataFolder?: string;
  /** A folder with data kept elsewhere. Default: the environment variable `TRAFFIC_DATA`. */
  readonly sharedFolder?: string;
}

export const locateOptions: OptionNames<LocateOptions> = {
  ...{ dataFolder: true, sharedFolder: true, addresses: true },
  ...{ connectTimeout: true, stallTimeout: true, minimumRate: true },
  ...workOptions,
};

/**
 * Finds the file to train on, in this order:
 *
 * 1. a file that the user names (`--data FILE`; the caller's business)
 * 2. the data folder: whatever of the 10 % set, the full set or KDDTrain+ is there, by content
 * 3. the folder in `TRAFFIC_DATA`, and its `kdd99/`
 * 4. a download of the 10 % set into the data folder
 *
 * @throws {Unavailable} if nothing is found and nothing can be downloaded; it says which file to put where
 * @throws {InputError} if a download can't be written, or another file is in its place
 */
export async function locateTrainingFile(options: LocateOptions = {}): Promise<string> {
  return (
    (await findLocally(["10-percent", "full", "KDDTrain+"], options)) ??
    (await fetchFile("10-percent", options))
  );
}

/**
 * Finds the test file that belongs to a training file, in the same order; undefined if the training file is none of
 * the known data sets.
 *
 * @throws {InputError} as {@link locateTrainingFile}; NSL-KDD cannot be downloaded
 */
export async function locateTestFile(
  trainingSet: DatasetName | string,
  options: LocateOptions = {},
): Promise<string | undefined> {
  if (trainingSet === "KDDTrain+") return findLocally(["KDDTest+"], options);
  if (trainingSet !== "10-percent" && trainingSet !== "full") return undefined;
  return (await findLocally(["corrected"], options)) ?? (await fetchFile("corrected", options));
}

async function findLocally(
  wanted: readonly DatasetName[],
  options: LocateOptions,
): Promise<string | undefined> {
  const { dataFolder = projectPath("data"), sharedFolder = process.env.TRAFFIC_DATA } = options;
  const folders = [dataFolder, ...(sharedFolder ? [sharedFolder, join(sharedFolder, "kdd99")] : [])];
  for (const folder of folders) {
    const found = await findDatasets(folder);
    for (const name of wanted) {
      const path = found.get(name);
      if (path) return path;
    }
  }
  return undefined;
}

async function fetchFile(
  id: SourceId,
  { dataFolder = projectPath("data"), ...work }: LocateOptions,
): Promise<string> {
  try {
    return await download(sources[id], dataFolder, work);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    throw new Unavailable(
      `the data set ${id} was not found in ${dataFolder}, nor in TRAFFIC_DATA; ${error.message}`,
    );
  }
}
