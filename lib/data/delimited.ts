import { InputError } from "../common/errors";
import { EndlessLine, lineTooLong, longestLine, mostEmptyLines, wholeLines } from "./content";

/** How the lines of a text are divided into fields. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** Begins a line that is passed over, unless it has all the fields of a row; without it there are no such lines. */
  readonly comment?: string;
  /** Fields of a row. Default: lines of comment are told by how they begin only. */
  readonly fields?: number;
  /** Whether 3,14 is a number. */
  readonly decimalComma: boolean;
}

/** A row of a text, or what is wrong with it; its fields are without quotes, and without blanks around them. */
export interface TextRow {
  /** 1-based number of the line in which it begins. */
  readonly line: number;
  readonly fields: readonly string[];
  readonly problem?: string;
  /** As it is written; only where there is a problem. */
  readonly text?: string;
}

/** Lines that a quoted field may run over. */
const mostQuotedLines = 1_000;

/** Divides lines into rows, one line after the other; a quoted field may run over several. */
export class RowSplitter {
  #line = 0;
  /** Of a row whose quote is not closed yet. */
  #open: { line: number; lines: number; text: string } | undefined;

  /** @param skippedLines lines before the first row */
  constructor(
    private readonly dialect: Dialect,
    private readonly skippedLines = 0,
  ) {}

  /** Lines so far. */
  get lines(): number {
    return this.#line;
  }

  /** The row that a line ends; undefined if it is blank, a comment, or does not end a row. */
  add(line: string): TextRow | undefined {
    const { comment, quote, delimiter } = this.dialect;
    this.#line++;
    if (this.#line <= this.skippedLines) return undefined;
    if (this.#open) return this.#goOn(this.#open, line);
    if (line.length > longestLine)
      return { line: this.#line, fields: [], problem: lineTooLong, text: line.slice(0, longestLine) };
    if (line.trim() === "" || (comment !== undefined && isComment(line, this.dialect))) return undefined;
    if (!line.includes(quote)) return { line: this.#line, fields: line.split(delimiter).map(trimmed) };
    const row = splitQuoted(line, this.dialect);
    if (row === "open") this.#open = { line: this.#line, lines: 1, text: line };
    else return { line: this.#line, ...row };
    return undefined;
  }

  /** The row at the end, whose quote is not closed. */
  end(): TextRow | undefined {
    return this.#open && this.#unclosed(this.#open);
  }

  #goOn(open: { line: number; lines: number; text: string }, line: string): TextRow | undefined {
    open.text += `\n${line}`;
    open.lines++;
    if (open.lines > mostQuotedLines || open.text.length > longestLine) return this.#unclosed(open);
    // Only a line with a quote can close it.
    const row = line.includes(this.dialect.quote) ? splitQuoted(open.text, this.dialect) : "open";
    if (row === "open") return undefined;
    this.#open = undefined;
    return { line: open.line, ...row };
  }

  #unclosed({ line, text }: { line: number; text: string }): TextRow {
    this.#open = undefined;
    return {
      line,
      fields: [],
      problem: `a quote (${this.dialect.quote}) is opened and never closed`,
      text: text.slice(0, longestLine),
    };
  }
}

/** `#N/A,1,2` is a row of three fields, `# by hand, 2023` is a comment. */
function isComment(line: string, dialect: Dialect): boolean {
  if (dialect.comment === undefined || !line.startsWith(dialect.comment)) return false;
  if (dialect.fields === undefined || dialect.fields < 2) return true;
  const row = splitQuoted(line, dialect);
  return row === "open" || row.fields.length !== dialect.fields;
}

/** The fields of a text in which there are quotes; `open` if one is not closed. */
function splitQuoted(text: string, { delimiter, quote }: Dialect): Omit<TextRow, "line"> | "open" {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const start = skipBlanks(text, at, delimiter);
    if (text[start] !== quote) {
      const end = endOfField(text, at, delimiter);
      fields.push(text.slice(at, end).trim());
      at = end;
    } else {
      let end = text.indexOf(quote, start + 1);
      while (end >= 0 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
      if (end < 0) return "open";
      fields.push(
        text
          .slice(start + 1, end)
          .replaceAll(quote + quote, quote)
          .trim(),
      );
      at = skipBlanks(text, end + 1, delimiter);
      if (at < text.length && !text.startsWith(delimiter, at)) {
        const problem = `a quote (${quote}) is broken: after the closing one of column ${fields.length} comes more text`;
        return { fields, problem, text };
      }
    }
    if (at >= text.length) return { fields };
    at += delimiter.length;
  }
}

function skipBlanks(text: string, start: number, delimiter: string): number {
  let at = start;
  while (text[at] !== delimiter && (text[at] === " " || text[at] === "\t")) at++;
  return at;
}

function endOfField(text: string, start: number, delimiter: string): number {
  const end = text.indexOf(delimiter, start);
  return end < 0 ? text.length : end;
}

function trimmed(text: string): string {
  return text.trim();
}

/** Lines of a text; its line ends are \n, \r\n or \r. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The rows of the bytes of a text, some of them at once, in constant memory.
 *
 * @param name of the file, for messages
 * @throws {InputError} if a line does not end, or nothing comes but empty lines
 */
export async function* textRows(
  name: string,
  pieces: AsyncIterable<Buffer>,
  dialect: Dialect,
  skippedLines: number,
): AsyncGenerator<TextRow[]> {
  const splitter = new RowSplitter(dialect, skippedLines);
  let lastRow = 0;
  try {
    for await (const block of wholeLines(pieces)) {
      const rows: TextRow[] = [];
      for (const line of linesOf(decoded(block))) {
        const row = splitter.add(line);
        if (row) {
          rows.push(row);
          lastRow = splitter.lines;
        } else if (splitter.lines - lastRow > mostEmptyLines)
          throw new EmptyLines(`the ${mostEmptyLines.toLocaleString("en-US")} lines before it hold no row`);
      }
      yield rows;
    }
  } catch (error) {
    if (!(error instanceof EndlessLine || error instanceof EmptyLines)) throw error;
    throw new InputError(`${name}, line ${splitter.lines + 1}: ${error.message}`);
  }
  const last = splitter.end();
  if (last) yield [last];
}

class EmptyLines extends Error {}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Windows' letters from 0x80 on, where ISO 8859-1 has none. Some versions of Node.js decode windows-1252 as that. */
const windowsLetters = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";

/** UTF-8; what is none is taken for Windows' Western text, as which it can be read without losing a character. */
export function decoded(bytes: Buffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return bytes
      .toString("latin1")
      .replace(/[\u0080-\u009f]/g, (letter) => windowsLetters[letter.charCodeAt(0) - 0x80]);
  }
}

const delimiters = [",", "\t", ";", "|", " "];

/** How a text is most likely divided, by its first lines. */
export function sniffDialect(lines: readonly string[]): Dialect {
  const sample = lines.filter((line) => line.trim() !== "" && !/^[#%]/.test(line)).slice(0, 200);
  const quote = quoteOf(sample);
  let best: Dialect = { delimiter: ",", quote, decimalComma: false };
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const dialect: Dialect = { delimiter, quote, decimalComma: false };
    const { fields, share, isHeaderToo } = regularity(sample, dialect);
    const weight = (delimiter === " " ? 0.5 : 1) * (isHeaderToo ? 1 : 0.5);
    const score = fields > 1 ? share * weight + Math.min(fields, 50) / 1000 : 0;
    if (score > bestScore) [best, bestScore] = [{ ...dialect, fields }, score];
  }
  const decimalComma = best.delimiter !== "," && hasDecimalCommas(sample, best);
  const comment = lines.find(
    (line) => /^[#%]/.test(line) && isComment(line, { ...best, comment: line[0] }),
  )?.[0];
  return { ...best, decimalComma, ...(comment !== undefined && { comment }) };
}

function quoteOf(lines: readonly string[]): Dialect["quote"] {
  const text = lines.join("\n");
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const single = /(^|[,;\t|])\s*'[^'\n]*'\s*(?=$|[,;\t|])/gm; // closed, too: names may begin with an apostrophe
  return count(single) > count(/(^|[,;\t|])\s*"/gm) ? "'" : '"';
}

/** The most frequent number of fields, its share of the rows, and whether the first row has it. */
function regularity(
  lines: readonly string[],
  dialect: Dialect,
): { fields: number; share: number; isHeaderToo: boolean } {
  const splitter = new RowSplitter(dialect);
  const times = new Map<number, number>();
  let rows = 0;
  let first: number | undefined;
  for (const line of lines) {
    const row = splitter.add(line);
    if (!row) continue;
    rows++;
    first ??= row.fields.length;
    times.set(row.fields.length, (times.get(row.fields.length) ?? 0) + 1);
  }
  const [fields, count] = [...times].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return { fields, share: rows === 0 ? 0 : count / rows, isHeaderToo: first === fields };
}

function hasDecimalCommas(lines: readonly string[], dialect: Dialect): boolean {
  const splitter = new RowSplitter(dialect);
  const fields = lines.flatMap((line) => splitter.add(line)?.fields ?? []);
  const withComma = fields.filter((field) => /^[+-]?\d+,\d+(e[+-]?\d+)?$/i.test(field)).length;
  return withComma > 0 && !fields.some((field) => /^[+-]?\d*\.\d+$/.test(field));
}
