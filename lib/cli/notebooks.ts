import { readdir } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { InputError } from "../common/errors";
import { formatCounted } from "../common/format";
import { notebookName, readNotebook } from "../notebook/tools/notebook";
import { requireNotebookData } from "../notebook/tools/notebook-data";
import { parametersOf } from "../notebook/tools/parameters";
import { prepareCopy, requirePlaces, runCopy } from "../notebook/tools/run-copy";
import { CellError, type NotebookRun, type RunNotebookOptions, runNotebook } from "../notebook/tools/runner";

export interface RunNotebooksOptions extends RunNotebookOptions {
  /** Where the notebooks are. Default: `notebooks`. */
  readonly folder?: string;
  /** Runs copies, which are written to this folder, and leaves the notebooks as they are. */
  readonly out?: string;
  /** Other values of the copies' parameters, as they are typed; see {@link withParameters}. */
  readonly values?: ReadonlyMap<string, string>;
  /** What copies run on, of those that have a parameter `data`; with `simulated`, passages on other data are replaced. */
  readonly data?: string;
  /** Called with a sentence or more as each notebook ends. */
  readonly onNotice?: (text: string) => void;
}

/** What came of running notebooks. */
export interface NotebooksReport {
  /** Whether every cell passed and, with `check`, no outputs are stale. */
  readonly passed: boolean;
  readonly runs: readonly NotebookRun[];
  readonly failures: readonly Pick<CellError, "notebook" | "cell" | "source" | "reason">[];
}

/**
 * Runs notebooks one after the other, all of them even if one fails, and says what came of it.
 *
 * @param names as {@link findNotebooks} takes them
 * @throws {InputError} if there is no such notebook, one can't be read or lacks a parameter, the data that its text is about is
 *   not there, or a copy can't be written
 */
export async function runNotebooks(
  names: readonly string[],
  { folder = "notebooks", out, values = new Map(), data, onNotice, ...options }: RunNotebooksOptions = {},
): Promise<{ text: string; value: NotebooksReport }> {
  requireCopies({ out, values, data, check: options.check });
  const notebooks = await Promise.all(
    (await findNotebooks(names, folder)).map((file) => describe(file, folder, values, data)),
  );
  for (const { file, values } of notebooks) await prepareCopy(file, values);
  await requireNotebookData(byData(notebooks), options);
  const files = notebooks.map(({ file }) => file);
  if (out !== undefined)
    await requirePlaces(
      out,
      files,
      notebooks.map(({ path }) => path),
    );

  const runs: NotebookRun[] = [];
  const failures: CellError[] = [];
  const fail = (error: CellError, copy?: string) => {
    failures.push(error);
    onNotice?.(`failed${copy ? `, see ${copy}` : ""}: ${error.message}`);
  };
  for (const { file, path, values } of notebooks) {
    try {
      const copied =
        out === undefined ? undefined : await runCopy(file, out, path, { ...options, values, onNotice });
      if (copied?.failure) {
        fail(copied.failure, copied.file);
        continue;
      }
      const run = copied ?? (await runNotebook(file, options));
      runs.push(run);
      onNotice?.(copied ? `${passedLine(run)}: ${run.file}` : passedLine(run, options.check));
    } catch (error) {
      if (!(error instanceof CellError)) throw error;
      fail(error);
    }
  }
  return notebooksReport(runs, failures, options.check ? runs.filter((run) => run.stale.length > 0) : []);
}

function notebooksReport(
  runs: readonly NotebookRun[],
  failures: readonly CellError[],
  stale: readonly NotebookRun[],
): { text: string; value: NotebooksReport } {
  const parts = [
    `${formatCounted(runs.length, "notebook")} passed`,
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

/** A notebook that is to be run. */
interface Chosen {
  readonly file: string;
  /** Below the folder of the notebooks. */
  readonly path: string;
  readonly values: ReadonlyMap<string, string>;
  /** What its text is about, or what it is to be run on. */
  readonly data: unknown;
}

async function describe(
  file: string,
  folder: string,
  values: ReadonlyMap<string, string>,
  data: string | undefined,
): Promise<Chosen> {
  const own = parametersOf(await readNotebook(file)).get("data")?.value;
  const all = data !== undefined && own !== undefined ? new Map([["data", data], ...values]) : values;
  const path = relative(folder, file).replaceAll(sep, "/");
  return { file, path, values: all, data: all.get("data") ?? own };
}

function byData(notebooks: readonly Chosen[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { file, data } of notebooks)
    if (typeof data === "string") names.set(data, [...(names.get(data) ?? []), notebookName(file)]);
  return names;
}

/** @throws {InputError} if other values are asked for, but not where the copies go */
function requireCopies({ out, values, data, check }: RunNotebooksOptions): void {
  if (out !== undefined && check) throw new InputError("--check writes nothing: leave out --out");
  if (out !== undefined) return;
  const option = values?.size ? "--set" : data !== undefined ? "--data" : undefined;
  if (option)
    throw new InputError(
      `${option} runs copies: say where they go with --out FOLDER; the notebooks stay as they are`,
    );
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
  return `${name}: ${formatCounted(cells, "cell")} passed (${cost})${changed ? `; ${word}: ${changed}` : ""}`;
}
