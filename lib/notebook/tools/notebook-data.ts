import { existsSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../../common/errors";
import type { WorkOptions } from "../../common/progress";
import { projectPath } from "../../common/project";
import { recogniseDataset } from "../../data/kdd/datasets";
import { Unavailable } from "../../data/kdd/download";
import { locateTestFile, locateTrainingFile } from "../../data/kdd/locate";

/** The data that the texts of notebooks are about, by the value of their parameter `data`: what to put where. */
const known: Readonly<
  Record<string, { title: string; files: string; isThere(work: WorkOptions): Promise<boolean> }>
> = {
  kdd: {
    title: "KDD'99",
    files: "kddcup.data_10_percent.gz and corrected.gz",
    async isThere(work) {
      const locate = { connectTimeout: 4_000, ...work };
      try {
        const train = await recogniseDataset(await locateTrainingFile(locate));
        return train === "10-percent" && (await locateTestFile(train, locate)) !== undefined;
      } catch (error) {
        if (error instanceof Unavailable) return false;
        throw error;
      }
    },
  },
  "unsw-nb15": {
    title: "UNSW-NB15 and ADBench",
    files: "UNSW_NB15_training-set.csv.gz and adbench/",
    async isThere() {
      const { TRAFFIC_DATA = projectPath("data") } = process.env;
      const tables = [projectPath("data"), join(TRAFFIC_DATA, "unsw-nb15")].map((folder) =>
        join(folder, "UNSW_NB15_training-set.csv.gz"),
      );
      return (
        tables.some((file) => existsSync(file)) && existsSync(join(TRAFFIC_DATA, "adbench", "reference.json"))
      );
    },
  },
};

/**
 * Makes sure that the data is there which the text of notebooks is about, so that no output of other data gets below it.
 *
 * @param notebooks the names of those that are about each data set
 * @throws {InputError} if it is not, and can't be downloaded
 */
export async function requireNotebookData(
  notebooks: ReadonlyMap<string, readonly string[]>,
  work: WorkOptions = {},
): Promise<void> {
  for (const [data, names] of notebooks) {
    const wanted = known[data];
    if (!wanted || (await wanted.isThere(work))) continue;
    const [first, ...more] = names;
    const which = more.length > 0 ? `${first} and ${more.length} more are` : `${first} is`;
    throw new InputError(
      `${which} about ${wanted.title}, not found on this machine: put ${wanted.files} into data/, or run copies on simulated traffic with --data simulated --out FOLDER`,
    );
  }
}
