import { readdir } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { InputError } from "../common/errors";
import { CellError, type NotebookRun, type RunNotebookOptions, runNotebook } from "../notebook/tools/runner";

export interface RunNotebooksOptions extends RunNotebookOptions {
  /** Where the notebooks are. Default: `notebooks`. */
  readonly folder?: string;
  /** Is told a sentence or more as each notebook ends. */
  readonly onNotice?: (text: string) => void;
}

/** What came of running notebooks. */
export interface NotebooksReport {
  /** Whether every cell passed and, with `check`, no outputs are stale. */
  readonly passed: boolean;
  readonly runs: readonly NotebookRun[];
  readonly failures: readonly {
    readonly notebook: string;
    readonly cell: number;
    readonly source: string;
    readonly reason: string;
  }[];
}

/**
 * Runs notebooks one after the other, all of them even if one fails, and says what came of it.
 *
 * @param names as {@link findNotebooks} takes them
 * @throws {InputError} if there is no such notebook or one can't be read
 */
export async function runNotebooks(
  names: readonly string[],
  { folder = "notebooks", onNotice, ...options }: RunNotebooksOptions = {},
): Promise<{ text: string; value: NotebooksReport }> {
  const runs: NotebookRun[] = [];
  const failures: CellError[] = [];
  for (const file of await findNotebooks(names, folder)) {
    try {
      const run = await runNotebook(file, options);
      runs.push(run);
      onNotice?.(passedLine(run, options.check));
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      failures.push(error);
      onNotice?.(`failed: ${error.message}`);
    }
  }
  const stale = options.check ? runs.filter((run) => run.stale.length > 0) : [];
  const parts = [
    count(runs.length, "notebook", "passed"),
    ...(failures.length > 0
      ? [`${failures.length} failed: ${failures.map((f) => f.notebook).join(", ")}`]
      : []),
    ...(stale.length > 0 ? [`outputs are stale in ${stale.map((run) => run.name).join(", ")}`] : []),
  ];
  const value = {
    passed: failures.length === 0 && stale.length === 0,
    runs,
    failures: failures.map(({ notebook, cell, source, reason }) => ({ notebook, cell, source, reason })),
  };
  return { text: parts.join("; "), value };
}

/**
 * The notebooks that names mean, below a folder: `03`, `03-isolation-forest`, `solutions/03`, or a path such as
 * `notebooks/03-isolation-forest.ipynb`. No name: all of them, in order.
 *
 * @throws {InputError} if there are none, or a name means none
 */
export async function findNotebooks(names: readonly string[], folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true }).catch(() => []);
  const all = found
    .map((path) => path.replaceAll(sep, "/"))
    .filter((path) => path.endsWith(".ipynb") && !/(^|\/)(\.|node_modules\/)/.test(path))
    .sort();
  if (all.length === 0) throw new InputError(`no notebooks in ${folder}`);
  if (names.length === 0) return all.map((path) => join(folder, path));
  return names.flatMap((name) => {
    const wanted = name.replaceAll(sep, "/").replace(/\.ipynb$/, "");
    const matching = all.filter((path) => {
      const stem = path.replace(/\.ipynb$/, "");
      return stem === wanted || stem.startsWith(`${wanted}-`) || resolve(wanted) === resolve(folder, stem);
    });
    if (matching.length === 0)
      throw new InputError(`no notebook '${name}' in ${folder}: there are ${all.join(", ")}`);
    return matching.map((path) => join(folder, path));
  });
}

function passedLine({ name, cells, seconds, peakMemory, stale }: NotebookRun, check = false): string {
  const cost = `${seconds.toFixed(1)} s, ${Math.round(peakMemory / 1e6)} MB`;
  const changed = stale.map(({ cell }) => `[${cell}]`).join(" ");
  const word = check ? "outputs are stale" : "new outputs";
  return `${name}: ${count(cells, "cell", "passed")} (${cost})${changed ? `; ${word}: ${changed}` : ""}`;
}

function count(number: number, noun: string, verb: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"} ${verb}`;
}
