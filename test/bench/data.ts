import {
  InputError,
  loadTable,
  locateTestFile,
  locateTrainingFile,
  openSource,
  type Source,
  type Table,
} from "traffic-anomaly";

/** The 10 % set and `corrected`: from data/, from TRAFFIC_DATA, or downloaded. */
export async function loadKdd(): Promise<{ source: Source; train: Table; test: Table }> {
  const source = await openSource(await locateTrainingFile());
  if (source.name !== "10-percent") throw new Error(`this needs the 10 % set, found ${source.name}`);
  const testFile = await locateTestFile(source.name);
  if (!testFile) throw new Error("this needs the file corrected");
  return { source, train: await loadTable(source), test: await loadTable(await openSource(testFile)) };
}

/** Runs a script; a mistake of the user's is one sentence and exit code 2. */
export function runScript(main: () => Promise<void>): void {
  main().catch((error) => {
    console.error(error instanceof InputError ? `error: ${error.message}` : error);
    process.exitCode = error instanceof InputError ? 2 : 1;
  });
}
