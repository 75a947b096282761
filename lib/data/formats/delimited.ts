import { lineTooLong, longestLine } from "../content";

/** How the lines of a text are divided into fields. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: '"' | "'";
  /** Begins a line that is passed over, unless it has all the fields of a row; without it there are no such lines. */
  readonly comment?: string;
  /** Stands within quotes before a character that is meant as it is, or n, r or t, which stand for line ends and tabs. */
  readonly escapeCharacter?: "\\";
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

  /** Whether the next line begins a row. */
  get isAtRow(): boolean {
    return !this.#open && this.#line >= this.skippedLines;
  }

  /** Passes over lines that another has read. */
  pass(lines: number): void {
    this.#line += lines;
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
export function isComment(line: string, dialect: Dialect): boolean {
  if (dialect.comment === undefined || !line.startsWith(dialect.comment)) return false;
  if (dialect.fields === undefined || dialect.fields < 2) return true;
  const row = splitQuoted(line, dialect);
  return row === "open" || row.fields.length !== dialect.fields;
}

/** The fields of a text in which there are quotes; `open` if one is not closed. */
function splitQuoted(text: string, dialect: Dialect): Omit<TextRow, "line"> | "open" {
  const { delimiter, quote } = dialect;
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const start = skipBlanks(text, at, delimiter);
    if (text[start] !== quote) {
      const end = endOfField(text, at, delimiter);
      fields.push(text.slice(at, end).trim());
      at = end;
    } else {
      const end = closingQuote(text, start + 1, dialect);
      if (end < 0) return "open";
      fields.push(unescaped(text.slice(start + 1, end), dialect).trim());
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

/** Where the quote is that closes a field, which is neither doubled nor escaped; −1 if there is none. */
function closingQuote(text: string, start: number, { quote, escapeCharacter }: Dialect): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === escapeCharacter) at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at;
      at++;
    }
  }
  return -1;
}

const escapedCharacters: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

function unescaped(text: string, { quote, escapeCharacter }: Dialect): string {
  const single = text.replaceAll(quote + quote, quote);
  if (escapeCharacter === undefined) return single;
  return single.replace(/\\(.)/gs, (_, letter: string) => escapedCharacters[letter] ?? letter);
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
