import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "../../common/errors";
import type { WorkOptions } from "../../common/progress";
import { type ExerciseVerdict, verdictsIn } from "../course/check";
import { type CellResult, Kernel } from "./kernel-client";
import { notebookMetadata } from "./kernelspec";
import {
  type Cell,
  type CodeCell,
  codeCells,
  formatNotebook,
  type Notebook,
  notebookName,
  type Output,
  parseNotebook,
  readText,
  sortKeys,
  writeNotebook,
} from "./notebook";

export interface RunNotebookOptions extends ExecuteOptions {
  /** Writes nothing. Default: false. */
  readonly check?: boolean;
}

export interface ExecuteOptions extends WorkOptions {
  /** How long one cell may take. Default: 600. */
  readonly timeoutSeconds?: number;
  /** How long to wait after the last cell for what fails late, such as a throwing timer. Default: 1. */
  readonly graceSeconds?: number;
}

/** A notebook of which every cell passed. */
export interface NotebookRun {
  /** `03-isolation-forest` */
  readonly name: string;
  readonly file: string;
  /** Number of cells that ran. */
  readonly cells: number;
  readonly seconds: number;
  /** The most memory the kernel held, in bytes; 0 after a failure. */
  readonly peakMemory: number;
  /** The cells whose outputs in the file were not what they are now, see {@link compareOutputs}. */
  readonly stale: readonly StaleCell[];
  /** What the checks of exercises said. */
  readonly exercises: readonly ExerciseVerdict[];
}

/** A cell with other outputs than before. */
export interface StaleCell {
  /** Its number when all are run from the top: the 7 of `[7]`. */
  readonly cell: number;
  readonly source: string;
}

/** A cell that did not pass; nothing was written. */
export class CellError extends Error {
  override readonly name = "CellError";

  constructor(
    readonly notebook: string,
    /** The cell's number when all are run from the top: the 7 of `[7]`. */
    readonly cell: number,
    readonly source: string,
    readonly reason: string,
  ) {
    super(`${notebook}, cell [${cell}]: ${reason}\n\n${source.replace(/^/gm, "    ")}`);
  }
}

/**
 * Runs a notebook's code cells in a new kernel that works in the notebook's folder, stops at the first that fails,
 * and if all passed writes their outputs and numbers into the file. tslab tells of most failures on stderr only, see
 * {@link failureOf}; what fails after its cell was done is put down to the cell that ran then.
 *
 * A notebook that is run again stays the same file, to the byte, unless outputs changed; cells tagged `volatile` may.
 *
 * @throws {CellError} if a cell fails, takes too long, or ends the kernel
 * @throws {InputError} if the file is no TypeScript notebook, or was changed by somebody else meanwhile
 */
export async function runNotebook(file: string, options: RunNotebookOptions = {}): Promise<NotebookRun> {
  const text = await readText(file);
  const before = parseNotebook(text, file);
  const { after, failure, ...ran } = await execute(before, file, options);
  if (failure) throw failure;
  if (!options.check) {
    if ((await readText(file)) !== text)
      throw new InputError(`${file} was changed while it ran: nothing was written`);
    if (formatNotebook(after) !== text) await writeNotebook(file, after);
  }
  return { ...ran, stale: compareOutputs(before, after), exercises: verdictsIn(after) };
}

/** What came of a notebook's cells up to the first that failed. */
export interface Execution extends Omit<NotebookRun, "stale" | "exercises"> {
  /** The notebook with what its cells gave. */
  readonly after: Notebook;
  readonly failure?: CellError;
}

/** Runs a notebook's code cells as {@link runNotebook} does. @param file where it is: its kernel works in that folder */
export async function execute(
  notebook: Notebook,
  file: string,
  { timeoutSeconds = 600, graceSeconds = 1, onProgress, signal }: ExecuteOptions = {},
): Promise<Execution> {
  const started = performance.now();
  const name = notebookName(file);
  const cells = codeCells(notebook);
  const results: CellResult[] = [];
  const kernel = await Kernel.create(dirname(file), { signal });
  const reasonOf = (result: CellResult) => failureOf(result, { timeoutSeconds, ending: kernel.ending });
  const failed = (): CellError | undefined => {
    for (const [i, result] of results.entries()) {
      const reason = reasonOf(result);
      if (reason !== undefined) return new CellError(name, i + 1, cells[i].source, reason);
    }
    return undefined;
  };
  const executed = (failure: CellError | undefined, peakMemory: number): Execution => ({
    ...{ name, file, cells: results.length, peakMemory, failure },
    seconds: (performance.now() - started) / 1000,
    after: withResults(notebook, results),
  });
  try {
    for (const [i, { source }] of cells.entries()) {
      onProgress?.({ stage: name, done: i, total: cells.length, note: `cell [${i + 1}]` });
      results.push(await kernel.execute(source, { timeoutSeconds, signal }));
      const failure = failed();
      if (failure) return executed(failure, 0);
    }
    await sleep(1000 * graceSeconds, undefined, { signal });
    // One more cell, which shows that the kernel lives and that all it printed has come.
    const last = await kernel.execute(peakMemoryCode, { timeoutSeconds, signal });
    const reason = reasonOf(last);
    const late = reason !== undefined && cells.length > 0;
    const failure =
      failed() ??
      (late
        ? new CellError(name, cells.length, cells[cells.length - 1].source, `after it, ${reason}`)
        : undefined);
    if (failure) return executed(failure, 0);
    onProgress?.({ stage: name, done: cells.length, total: cells.length });
    return executed(undefined, 1024 * Number(/peak memory (\d+)/.exec(printed(last, "stdout"))?.[1]));
  } finally {
    await kernel.shutdown();
  }
}

/** Prints the most memory that the kernel's process has held, in KiB. */
const peakMemoryCode = 'console.log("peak memory " + process.resourceUsage().maxRSS);';

/**
 * Why a cell did not pass, in words; `undefined` if it did. The kernel's answer `ok` is not enough: tslab also gives
 * it when a promise was rejected or a timer threw, and for a `@module` cell with type errors. That a cell is meant to
 * fail (`raises-exception`) is not an excuse: it should catch its error.
 */
export function failureOf(
  { status, outputs }: CellResult,
  { timeoutSeconds, ending }: { timeoutSeconds: number; ending?: string },
): string | undefined {
  const stderr = printed({ outputs }, "stderr");
  const stdout = printed({ outputs }, "stdout");
  const uncaught = /^.*(?:Uncaught|UnhandledPromiseRejection)/m.exec(stderr);
  if (uncaught) return excerpt(stderr.slice(uncaught.index));
  if (status === "ended") return `the kernel ended with ${ending}`;
  if (status === "timeout") return `it was not done within ${timeoutSeconds} s`;
  if (status === "abort") return "the kernel refused to run it, because a cell had failed just before";
  const error = outputs.find((output) => output.output_type === "error");
  if (error) return excerpt(error.traceback.join("\n"));
  if (status === "error") return excerpt(stderr) || "it failed without a word";
  const typeError = /^(?:\S+ )?\d+:\d+ - .*/m.exec(stderr);
  if (typeError) return typeError[0];
  const rejected = /Promise \{\s*<rejected>[\s\S]*/.exec(stdout);
  return rejected ? excerpt(rejected[0]) : undefined;
}

/** The cells whose outputs differ between two states of a notebook, but for those tagged `volatile`. */
export function compareOutputs(before: Notebook, after: Notebook): StaleCell[] {
  const old = codeCells(before);
  return codeCells(after)
    .map((cell, i) => ({ cell, number: i + 1, changed: !sameOutputs(old[i], cell) }))
    .filter(({ cell, changed }) => changed && !cell.metadata.tags?.includes("volatile"))
    .map(({ cell, number }) => ({ cell: number, source: cell.source }));
}

/**
 * An output as it is committed. GitHub prefers HTML to pictures, but runs no script in it, so a figure's HTML goes;
 * its Plotly form, for JupyterLab and VS Code, and its picture, for GitHub, stay.
 */
export function committed(output: Output): Output {
  if (!("data" in output)) return output;
  const { "text/html": html, ...data } = output.data;
  return plotlyMime in data && "image/png" in data ? { ...output, data } : output;
}

const plotlyMime = "application/vnd.plotly.v1+json";

/** The notebook with what its cells gave; outputs that are as they were, but for a picture's bytes, stay. */
export function withResults(notebook: Notebook, results: readonly CellResult[]): Notebook {
  const ran = codeCells(notebook);
  const cells = notebook.cells.map((cell): Cell => {
    if (cell.cell_type !== "code") return cell;
    const { execution, ...metadata } = cell.metadata; // the time of day at which it was run
    const i = ran.indexOf(cell);
    const { executionCount = null, outputs = [] }: Partial<CellResult> = results[i] ?? {};
    const fresh = { ...cell, metadata, execution_count: executionCount, outputs: outputs.map(committed) };
    const kept = { ...fresh, outputs: cell.outputs.map(committed) };
    return sameOutputs(kept, fresh) && pictures(kept) >= pictures(fresh) ? kept : fresh;
  });
  return { ...notebook, cells, metadata: { ...notebook.metadata, ...notebookMetadata } };
}

function sameOutputs(a: CodeCell | undefined, b: CodeCell): boolean {
  return a !== undefined && comparable(a) === comparable(b);
}

/**
 * A figure is compared by its data and words: another browser draws another picture, and without one there is none. Nor is a
 * bar of progress a result, whose last step may have been to draw pictures.
 */
function comparable({ execution_count, outputs }: CodeCell): string {
  const forms = outputs.filter(isResult).map((output) => {
    const { metadata, ...rest } = { metadata: undefined, ...committed(output) };
    if (!("data" in rest) || !(plotlyMime in rest.data)) return rest;
    return { ...rest, data: [rest.data[plotlyMime], rest.data["text/plain"]] };
  });
  return JSON.stringify(sortKeys({ execution_count, forms }));
}

function isResult(output: Output): boolean {
  return !("data" in output) || !String(output.data["text/html"] ?? "").startsWith("<progress");
}

/** How many figures have a picture. */
function pictures({ outputs }: CodeCell): number {
  return outputs.filter((output) => "data" in output && "image/png" in output.data).length;
}

function printed({ outputs }: Pick<CellResult, "outputs">, name: "stdout" | "stderr"): string {
  return outputs.map((output) => ("text" in output && output.name === name ? output.text : "")).join("");
}

/** The first lines of an error, without the kernel's own part of its stack. */
function excerpt(text: string): string {
  const lines = text.trimEnd().split("\n");
  return lines
    .filter((line) => !/^\s+at .*(?:node:|[\\/]tslab[\\/]dist[\\/])/.test(line))
    .slice(0, 30)
    .join("\n");
}
