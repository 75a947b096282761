import { readFile, realpath } from "node:fs/promises";
import { basename } from "node:path";
import { InputError, systemErrorCode } from "../../common/errors";
import { inTransaction } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";
import type { MimeBundle } from "../display";
import { kernelName } from "./kernelspec";

/** A notebook as Jupyter's format 4.5 has it, the parts that are used here; every text is one string. */
export interface Notebook {
  readonly cells: readonly Cell[];
  readonly metadata: {
    readonly kernelspec?: {
      readonly name: string;
      readonly display_name: string;
      readonly language?: string;
    };
    readonly language_info?: { readonly name: string; readonly [key: string]: unknown };
    readonly [key: string]: unknown;
  };
  readonly nbformat: number;
  readonly nbformat_minor: number;
}

export type Cell = CodeCell | TextCell;

export interface CodeCell extends CellCommon {
  readonly cell_type: "code";
  /** The number in brackets before the cell; `null` if it was not run. */
  readonly execution_count: number | null;
  readonly outputs: readonly Output[];
}

export interface TextCell extends CellCommon {
  readonly cell_type: "markdown" | "raw";
}

interface CellCommon {
  /** Stays with the cell for good; notebooks before format 4.5 have none. */
  readonly id?: string;
  readonly metadata: { readonly tags?: readonly string[]; readonly [key: string]: unknown };
  readonly source: string;
}

export type Output = StreamOutput | DisplayOutput | ErrorOutput;

/** What a cell printed. */
export interface StreamOutput {
  readonly output_type: "stream";
  readonly name: "stdout" | "stderr";
  readonly text: string;
}

/** What a cell showed, in as many forms as it offered. */
export interface DisplayOutput {
  readonly output_type: "display_data" | "execute_result";
  readonly data: MimeBundle;
  readonly metadata: { readonly [key: string]: unknown };
  readonly execution_count?: number | null;
}

/** An exception; tslab tells of one on stderr instead, other kernels send this. */
export interface ErrorOutput {
  readonly output_type: "error";
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** The cells that are run: code cells that are not blank. */
export function codeCells({ cells }: Notebook): CodeCell[] {
  return cells.filter((cell) => cell.cell_type === "code").filter(({ source }) => source.trim() !== "");
}

/** A notebook's name: `03-isolation-forest` of `notebooks/03-isolation-forest.ipynb`. */
export function notebookName(file: string): string {
  return basename(file, ".ipynb");
}

/** Reads a notebook. @throws {InputError} if it can't be read, is not a notebook, or is not for a TypeScript kernel */
export async function readNotebook(file: string): Promise<Notebook> {
  return parseNotebook(await readText(file), file);
}

/** The text of a notebook file. @throws {InputError} if it can't be read */
export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === undefined) throw error;
    throw new InputError(`cannot read ${file}: ${code === "ENOENT" ? "no such file" : code}`);
  }
}

/** Understands a notebook's text; `file` is named in errors. @throws {InputError} as {@link readNotebook} does */
export function parseNotebook(text: string, file: string): Notebook {
  let raw: Raw;
  try {
    raw = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not a notebook: it is not JSON (${(error as Error).message})`);
  }
  if (typeof raw?.nbformat !== "number" || !Array.isArray(raw.cells))
    throw new InputError(`${file} is not a notebook: it lacks 'nbformat' or 'cells'`);
  if (raw.nbformat !== 4)
    throw new InputError(
      `${file} has notebook format ${raw.nbformat}, not 4: open and save it in JupyterLab`,
    );
  const notebook = {
    ...raw,
    metadata: raw.metadata ?? {},
    cells: raw.cells.map((cell: Raw, i: number) => joinLines(cell, `${file}, cell ${i + 1}`)),
  } as Notebook;
  requireTypeScript(notebook, file);
  return notebook;
}

/**
 * A notebook's text, to the byte as Jupyter writes it, so that saving it there changes nothing: keys sorted, indented by one
 * space, texts as lists of lines, small numbers as Python has them. (But for whole numbers: Python may write `1.0`.)
 */
export function formatNotebook(notebook: Notebook): string {
  const raw = { ...notebook, cells: notebook.cells.map(splitLines) };
  return `${JSON.stringify(sortKeys(raw), null, 1).replace(smallNumber, pythonNumber)}\n`;
}

/** A number below 0.0001 that is alone on its line of JSON, but for a key before it: no text holds such a line. */
const smallNumber = /(?<=^ *(?:"(?:[^"\\]|\\.)*": )?)-?(?:0\.0000\d+|[\d.]+e-\d+)(?=,?$)/gm;

/** `1e-07`, where JavaScript has `1e-7`, and `1e-05` where it has `0.00001`. */
function pythonNumber(text: string): string {
  return Number(text)
    .toExponential()
    .replace(/e-(\d)$/, "e-0$1");
}

/** Writes a notebook, whole or not at all. @throws {InputError} if its place can't be written */
export async function writeNotebook(file: string, notebook: Notebook): Promise<void> {
  const target = await realpath(file).catch(() => file); // it is its reader's own, also behind a link
  await inTransaction({}, async (transaction) => {
    await writeWhole(await transaction.stageFile(target), formatNotebook(notebook));
  });
}

/** The value with the keys of all its objects in order, so that equal values have equal JSON. */
export function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, child]) => [key, sortKeys(child)]),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of unknown origin
type Raw = any;

function requireTypeScript({ metadata }: Notebook, file: string): void {
  const { kernelspec, language_info } = metadata;
  const language = kernelspec?.language ?? language_info?.name;
  if (language === "typescript" || kernelspec?.name === kernelName || kernelspec?.name === "tslab") return;
  const kernel = kernelspec?.display_name ?? kernelspec?.name ?? language;
  throw new InputError(
    `${file} is for ${kernel ? `the kernel '${kernel}'` : "no kernel"}, not for TypeScript`,
  );
}

function joinLines(cell: Raw, place: string): Cell {
  if (!["code", "markdown", "raw"].includes(cell?.cell_type) || joined(cell.source) === undefined)
    throw new InputError(`${place}: a cell needs a 'cell_type' and a 'source'`);
  const common = { ...cell, metadata: cell.metadata ?? {}, source: joined(cell.source) };
  if (cell.cell_type !== "code") return common;
  const outputs = (cell.outputs ?? []).map((output: Raw) => {
    if (output.output_type === "stream") return { ...output, text: joined(output.text) ?? "" };
    if (output.data === undefined) return output;
    const data = Object.entries(output.data).map(([mime, value]) => [
      mime,
      isJsonMime(mime) ? value : (joined(value) ?? value),
    ]);
    return { ...output, data: Object.fromEntries(data) };
  });
  return { ...common, execution_count: cell.execution_count ?? null, outputs };
}

function splitLines(cell: Cell): Raw {
  const source = lines(cell.source);
  if (cell.cell_type !== "code") return { ...cell, source };
  const outputs = cell.outputs.map((output) => {
    if (output.output_type === "stream") return { ...output, text: lines(output.text) };
    if (output.output_type === "error") return output;
    const data = Object.entries(output.data).map(([mime, value]) => [
      mime,
      isTextMime(mime) && typeof value === "string" ? lines(value) : value,
    ]);
    return { ...output, data: Object.fromEntries(data) };
  });
  return { ...cell, source, outputs };
}

function joined(text: unknown): string | undefined {
  if (typeof text === "string") return text;
  return Array.isArray(text) && text.every((line) => typeof line === "string") ? text.join("") : undefined;
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function isJsonMime(mime: string): boolean {
  return /^application\/(.*\+)?json$/.test(mime);
}

function isTextMime(mime: string): boolean {
  return mime.startsWith("text/") || mime === "application/javascript" || mime === "image/svg+xml";
}
