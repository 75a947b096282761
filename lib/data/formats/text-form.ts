import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import { isMissing, numberIn } from "../columns/infer-columns";
import { knownTable } from "../columns/known-tables";
import { parseArffHeader } from "./arff";
import { type Dialect, RowSplitter, type TextRow } from "./delimited";
import { type DelimitedLayout, delimitedBlocks } from "./delimited-parser";
import { sniffDialect } from "./dialect";
import { sampleRows, type TableForm } from "./table-form";
import { decodedLines } from "./text";

/**
 * How a text is laid out, by its first bytes.
 *
 * @param name of the file, for messages
 * @param isWhole whether the bytes are all of it
 * @throws {InputError} that says what was seen, if it can't be read for sure
 */
export function textForm(name: string, bytes: Buffer, isWhole: boolean): TableForm {
  const lines = decodedLines(wholeStart(bytes, isWhole));
  if (lines.length > 0) lines[0] = lines[0].replace(/^\ufeff/, "");
  if (lines.every((line) => line.trim() === "")) throw new InputError(`${name} is empty`);
  return arffForm(name, lines) ?? delimitedForm(name, lines);
}

function arffForm(name: string, lines: readonly string[]): TableForm | undefined {
  const header = parseArffHeader(name, lines);
  if (!header) return undefined;
  const { columns, skippedLines, dialect } = header;
  const sample = samples(columns.length, rowsOf(lines, dialect, skippedLines));
  return {
    columns: columns.map((column, i) => ({ ...column, sample: sample[i] })),
    blocks: readerOf(name, { dialect, skippedLines, fields: columns.length }),
  };
}

function readerOf(name: string, layout: DelimitedLayout): TableForm["blocks"] {
  return ({ pieces, collector }) => delimitedBlocks(name, pieces, layout, collector);
}

/** Without a line, or letter, that may be cut off. */
export function wholeStart(bytes: Buffer, isWhole: boolean): Buffer {
  if (isWhole) return bytes;
  const end = Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13)) + 1;
  return end > 0 ? bytes.subarray(0, end) : bytes;
}

function rowsOf(lines: readonly string[], dialect: Dialect, skippedLines = 0): TextRow[] {
  const splitter = new RowSplitter(dialect, skippedLines);
  const rows: TextRow[] = [];
  for (const line of lines) {
    const row = splitter.add(line);
    if (row) rows.push(row);
    if (rows.length > sampleRows) break;
  }
  return rows;
}

/** A quote that is opened in the header takes all lines for its own. */
function whyNoRows(lines: readonly string[]): string {
  const at = lines.findIndex((line) => line.trim() !== "" && !line.trimStart().startsWith("#"));
  return at < 0 || !lines[at].includes('"')
    ? "has no rows: all its lines are blank or comments"
    : `has no rows: a quote (") that is opened in line ${at + 1} is not closed`;
}

function delimitedForm(name: string, lines: readonly string[]): TableForm {
  if (lines[0].startsWith("#separator"))
    throw new InputError(
      `${name} is a log of Zeek's; connection logs are read by the commands train and score, and by readConnectionLogs`,
    );
  const said = /^"?sep=(.)"?$/i.exec(lines[0])?.[1]; // as Excel takes it
  const sniffed = sniffDialect(said === undefined ? lines : lines.slice(1));
  const dialect = said === undefined ? sniffed : { ...sniffed, delimiter: said };
  const [first, ...others] = rowsOf(lines, dialect, said === undefined ? 0 : 1);
  if (!first) throw new InputError(`${name} ${whyNoRows(lines)}`);
  if (first.problem) throw new InputError(`${name}, line ${first.line}: ${first.problem}`);
  const header = unquotedNames(first.fields);
  const rows = others.filter(({ fields }) => !first.fields.every((field, i) => field === fields[i]));
  const sample = samples(header.length, rows, dialect.decimalComma);
  refuseRowAsHeader(name, first.line, header, sample);
  const skippedLines = lastLineOf(first, rows, lines.length);
  return {
    columns: header.map((columnName, i) => ({ name: columnName, line: first.line, sample: sample[i] })),
    decimalComma: dialect.decimalComma,
    header: first.fields,
    blocks: readerOf(name, { dialect, skippedLines, fields: header.length }),
  };
}

/** The last line of the header: quoted names may run over several. */
function lastLineOf(first: TextRow, rows: readonly TextRow[], lines: number): number {
  const breaks = first.fields.join("").split("\n").length - 1;
  return breaks > 0 ? Math.min(first.line + breaks, (rows[0]?.line ?? lines + 1) - 1) : first.line;
}

function unquotedNames(fields: readonly string[]): string[] {
  return fields.map((field, i) =>
    (i === 0 ? field.replace(/^#\s*/, "") : field).replace(/^(['"])(.*)\1$/s, "$2").trim(),
  );
}

/** Values of each column but missing ones; decimal commas become points. */
function samples(columns: number, rows: readonly TextRow[], decimalComma = false): string[][] {
  const values: string[][] = Array.from({ length: columns }, () => []);
  for (const { fields, problem } of rows) {
    if (problem || fields.length < columns) continue;
    for (let i = 0; i < columns; i++)
      if (!isMissing(fields[i])) values[i].push(decimalComma ? withPoint(fields[i]) : fields[i]);
  }
  return values;
}

function withPoint(text: string): string {
  return /^[+-]?\d*,\d+(e[+-]?\d+)?$/i.test(text) ? text.replace(",", ".") : text;
}

/** A first line with numbers where the column has numbers is a row: its columns have no names. */
function refuseRowAsHeader(
  name: string,
  line: number,
  header: readonly string[],
  sample: readonly (readonly string[])[],
): void {
  if (header.every((field, i) => field === String(i))) return; // as pandas numbers columns without names
  if (knownTable(header)) return;
  const at = header.findIndex(
    (field, i) =>
      numberIn(field) !== undefined && (sample[i].length === 0 || numberIn(sample[i][0]) !== undefined),
  );
  if (at < 0) return;
  throw new InputError(
    `${name}, line ${line}: column ${at + 1} is the number ${shown(header[at])} where the column's name should be; ` +
      "put a line with the names of the columns before the rows",
  );
}
