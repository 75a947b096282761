import { type FileHandle, open } from "node:fs/promises";
import { InputError } from "../common/errors";
import { unwritable } from "../common/transaction";
import { numberedLines } from "./layout";
import { type Layout, plainRow, rowProblem } from "./schema";

export interface SeparateOptions {
  /** Where bad rows go, with line number and reason as CSV. Default: the first bad row is refused. */
  readonly rejectedFile?: string;
  readonly signal?: AbortSignal;
}

/**
 * Copies the good rows of a file in their plainest form: without header, blank lines, quotes and the like.
 *
 * @returns the 1-based numbers of the bad rows, counted without header and blank lines
 * @throws {InputError} that names line and column of a bad row if there is no `rejectedFile`; if no row is good
 */
export async function separateBadRows(
  path: string,
  layout: Layout,
  goodFile: string,
  { rejectedFile, signal }: SeparateOptions = {},
): Promise<number[]> {
  const good = await LineWriter.open(goodFile);
  const rejected = rejectedFile ? await LineWriter.open(rejectedFile) : undefined;
  const bad: number[] = [];
  let rows = 0;
  let header = layout.header;
  try {
    await rejected?.write("line,reason,text");
    for await (const { line, number } of numberedLines(path, layout.gzip)) {
      if (line.trim() === "") continue;
      if (header) {
        header = false;
        continue;
      }
      if (++rows % 10_000 === 0) signal?.throwIfAborted();
      const problem = rowProblem(line, layout);
      if (!problem) {
        await good.write(plainRow(line, layout));
        continue;
      }
      if (!rejected) throw new InputError(`${path}, line ${number}: ${problem}`);
      bad.push(rows);
      await rejected.write(`${number},${inQuotes(problem)},${inQuotes(line)}`);
    }
    if (rows === bad.length) throw new InputError(`${path} has no ${rows === 0 ? "rows" : "good row"}`);
    await good.flush();
    await rejected?.flush();
    return bad;
  } finally {
    await good.close();
    await rejected?.close();
  }
}

/** Writes lines to a file, many at a time. */
class LineWriter {
  #text = "";

  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
  ) {}

  static async open(path: string): Promise<LineWriter> {
    try {
      return new LineWriter(path, await open(path, "w"));
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  async write(line: string): Promise<void> {
    this.#text += `${line}\n`;
    if (this.#text.length > 65_536) await this.flush();
  }

  async flush(): Promise<void> {
    try {
      await this.file.appendFile(this.#text);
    } catch (error) {
      throw unwritable(this.path, error);
    }
    this.#text = "";
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
