import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { InputError } from "../common/errors";
import { numberedLines } from "./layout";
import { type Layout, rowProblem } from "./schema";

/** The first line of a file that is no good row, as a sentence; undefined if all are good. */
export async function firstBadRow(path: string, layout: Layout): Promise<string | undefined> {
  for await (const { line, number } of rowLines(path, layout)) {
    const problem = rowProblem(line, layout);
    if (problem) return `${path}, line ${number}: ${problem}`;
  }
  return undefined;
}

/**
 * Copies the good rows of a file as plain text, and the bad ones with line number and reason as CSV.
 *
 * @returns the 1-based numbers of the bad rows, counted without header and blank lines
 * @throws {InputError} if no row is good
 */
export async function separateBadRows(
  path: string,
  layout: Layout,
  goodFile: string,
  rejectedFile: string,
): Promise<number[]> {
  const good = createWriteStream(goodFile);
  const rejected = createWriteStream(rejectedFile);
  const bad: number[] = [];
  let rows = 0;
  try {
    await write(rejected, "line,reason,text\n");
    for await (const { line, number } of rowLines(path, layout)) {
      rows++;
      const problem = rowProblem(line, layout);
      if (!problem) {
        await write(good, `${line}\n`);
        continue;
      }
      bad.push(rows);
      await write(rejected, `${number},${inQuotes(problem)},${inQuotes(line)}\n`);
    }
    if (rows === bad.length) throw new InputError(`${path} has no good row`);
    return bad;
  } finally {
    good.end();
    rejected.end();
    await Promise.all([finished(good), finished(rejected)]);
  }
}

async function* rowLines(
  path: string,
  { gzip, header }: Layout,
): AsyncGenerator<{ line: string; number: number }> {
  for await (const numbered of numberedLines(path, gzip)) {
    if (numbered.line.trim() === "" || (header && numbered.number === 1)) continue;
    yield numbered;
  }
}

async function write(stream: WriteStream, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, "drain");
}

function inQuotes(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
