import { join } from "node:path";
import { InputError, loadStudyData, type Source, type Table } from "traffic-anomaly";

/** Where public sets are that are not downloaded. */
export const publicSets = process.env.TRAFFIC_DATA ?? "data";
export const unswFile = join(publicSets, "unsw-nb15", "UNSW_NB15_training-set.csv.gz");

/** The 10 % set and `corrected`: from data/, from TRAFFIC_DATA, or downloaded. */
export async function loadKdd(): Promise<{ source: Source; train: Table; test: Table }> {
  const { trainSource: source, train, test } = await loadStudyData();
  if (source.name !== "10-percent") throw new InputError(`this needs the 10 % set, found ${source.name}`);
  if (!test) throw new InputError("this needs the file corrected");
  return { source, train, test };
}

/** Runs a script; a mistake of the user's is one sentence and exit code 2. */
export function runScript(main: () => Promise<void>): void {
  main().catch((error) => {
    console.error(error instanceof InputError ? `error: ${error.message}` : error);
    process.exitCode = error instanceof InputError ? 2 : 1;
  });
}
