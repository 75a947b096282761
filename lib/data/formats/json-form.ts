import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import type { CollectedBlock } from "../columns/cells";
import { isMissing } from "../columns/infer-columns";
import { EndlessLine, longestLine, wholeLines } from "../content";
import type { TextRow } from "./delimited";
import { type FileColumn, type Reading, sampleRows, type TableForm } from "./table-form";
import { linesOf } from "./text";

/** Whether a text is JSON of objects, one a line or in an array. */
export function beginsAsJson(text: string): boolean {
  return /^\s*(\{|\[\s*\{)/.test(text);
}

/**
 * The columns of a text of JSON objects, one a line or in an array: every key that the first of them have, in their order.
 * A key that comes later is left out, with a notice.
 *
 * @param name of the file, for messages
 * @param text its beginning
 * @throws {InputError} if no object is in it
 */
export function jsonForm(name: string, text: string): TableForm {
  const isArray = text.trimStart().startsWith("[");
  const splitter = new JsonSplitter(isArray);
  const objects: object[] = [];
  const keys = new Map<string, unknown[]>();
  for (const { object, line, problem } of splitter.addLines(linesOf(text))) {
    if (objects.length >= sampleRows) break;
    if (problem && objects.length === 0) throw new InputError(`${name}, line ${line}: ${problem}`);
    if (!object) continue;
    objects.push(object);
    for (const [key, value] of Object.entries(object)) {
      const values = keys.get(key) ?? [];
      if (value !== null) values.push(value);
      keys.set(key, values);
    }
  }
  if (objects.length === 0) throw new InputError(`${name} has no rows: no JSON object was found in it`);
  const names = [...keys.keys()];
  const columns = names.map((key): FileColumn => {
    const values = keys.get(key) ?? [];
    const nested = values.find((value) => typeof value === "object");
    const sample = values.map(cellText).filter((value) => !isMissing(value));
    return { name: key.trim(), sample, ...(nested !== undefined && { problem: "nested values" }) };
  });
  return { columns, blocks: (reading) => jsonBlocks(name, names, isArray, reading) };
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value).trim();
}

async function* jsonBlocks(
  name: string,
  keys: readonly string[],
  isArray: boolean,
  { pieces, collector }: Reading,
): AsyncGenerator<CollectedBlock> {
  const splitter = new JsonSplitter(isArray);
  const known = new Set(keys);
  try {
    for await (const block of wholeLines(pieces)) {
      for (const { line, object, problem, text } of splitter.addLines(linesOf(block.toString("utf8")))) {
        for (const key in object) {
          if (known.has(key)) continue;
          known.add(key);
          collector.passOver(key, line);
        }
        const fields = object ? keys.map((key) => cellText((object as Record<string, unknown>)[key])) : [];
        collector.addRow({ line, fields, ...(problem && { problem, text }) });
        if (collector.room === 0) yield collector.take();
      }
      await collector.settle();
    }
  } catch (error) {
    if (!(error instanceof EndlessLine)) throw error;
    throw new InputError(`${name}, line ${splitter.lines + 1}: ${error.message}`);
  }
  const open = splitter.end();
  if (open) collector.addRow(open);
}

interface JsonRow {
  readonly line: number;
  readonly object?: object;
  readonly problem?: string;
  readonly text?: string;
}

/** Finds the objects of a text, one a line or in an array over any lines. */
class JsonSplitter {
  lines = 0;
  /** Of an object of an array that is not closed yet. */
  #text = "";
  #line = 0;
  #depth = 0;
  #inString = false;
  /** Whether the array came to its end. */
  #isClosed = false;

  constructor(private readonly isArray: boolean) {}

  *addLines(lines: readonly string[]): Generator<JsonRow> {
    for (const line of lines) {
      this.lines++;
      if (this.isArray) yield* this.#addToArray(line);
      else if (line.trim() !== "") yield objectOf(line.replace(/^\ufeff/, ""), this.lines);
    }
  }

  end(): TextRow | undefined {
    if (this.#depth <= 1 && this.#text === "") return undefined;
    return {
      line: this.#line,
      fields: [],
      problem: "an object is opened and never closed",
      text: this.#text.slice(0, 200),
    };
  }

  *#addToArray(line: string): Generator<JsonRow> {
    let from = this.#depth >= 2 ? 0 : -1; // where the open object goes on
    for (let at = 0; at < line.length; at++) {
      const character = line[at];
      if (this.#isClosed) {
        if (character.trim() === "") continue;
        yield {
          line: this.lines,
          problem: `after the end of the array comes more: '${shown(line.slice(at, at + 40))}'`,
          text: line.slice(at, at + 200),
        };
        return;
      }
      if (this.#inString) {
        if (character === "\\") at++;
        else if (character === '"') this.#inString = false;
      } else if (character === '"') this.#inString = true;
      else if (character === "{" || character === "[") {
        if (++this.#depth === 2) [from, this.#line] = [at, this.lines];
      } else if (character === "}" || character === "]") {
        this.#depth--;
        if (this.#depth === 0) this.#isClosed = true;
        if (this.#depth !== 1) continue;
        yield objectOf(this.#text + line.slice(Math.max(from, 0), at + 1), this.#line);
        this.#text = "";
        from = -1;
      }
    }
    if (from >= 0 && this.#depth >= 2) this.#text += `${line.slice(from)}\n`;
    if (this.#text.length > longestLine) throw new EndlessLine();
  }
}

function objectOf(text: string, line: number): JsonRow {
  try {
    const object: unknown = JSON.parse(text);
    if (typeof object === "object" && object !== null && !Array.isArray(object)) return { line, object };
    return { line, problem: `expected a JSON object, got ${shown(text)}`, text };
  } catch (error) {
    return { line, problem: `is no JSON: ${(error as Error).message}`, text };
  }
}
