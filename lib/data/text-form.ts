import { InputError } from "../common/errors";
import { shown } from "../common/shown";
import { parseArffHeader } from "./arff";
import { longestLine } from "./content";
import {
  type Dialect,
  decoded,
  linesOf,
  RowSplitter,
  sniffDialect,
  type TextRow,
  textRows,
} from "./delimited";
import { quoted } from "./duckdb";
import { isMissing, missingWords, numberIn } from "./infer-columns";
import { knownTable } from "./known-tables";
import { flagInSql, type ScannedColumn, sqlName } from "./scan";
import { type Compression, type FileColumn, sampleRows, type TableForm } from "./table-form";

/**
 * How a text is laid out, by its first bytes.
 *
 * @param name of the file, for messages
 * @param isWhole whether the bytes are all of it
 * @throws {InputError} that says what was seen, if it can't be read for sure
 */
export function textForm(name: string, bytes: Buffer, isWhole: boolean): TableForm {
  const text = decoded(wholeStart(bytes, isWhole)).replace(/^\ufeff/, "");
  const lines = linesOf(text);
  if (lines.every((line) => line.trim() === "")) throw new InputError(`${name} is empty`);
  const arff = parseArffHeader(name, lines);
  if (arff) {
    const { columns, skippedLines } = arff;
    const dialect = {
      delimiter: ",",
      quote: arffQuote(lines.slice(skippedLines)),
      comment: "%",
      decimalComma: false,
    } as const;
    const rows = rowsOf(lines, dialect, skippedLines);
    const sample = samples(columns.length, rows);
    const isRegular =
      columns.length > 1 && !lines.slice(0, skippedLines).some((line) => line.includes(dialect.quote));
    return readableText({
      columns: columns.map((column, i) => ({ ...column, sample: sample[i] })),
      dialect,
      skippedLines,
      isRegular,
      wordsSeen: missingWords, // there are columns of names only, in which no other word fails
    });
  }
  return delimitedForm(name, lines);
}

/** Without a line, or letter, that may be cut off. */
export function wholeStart(bytes: Buffer, isWhole: boolean): Buffer {
  if (isWhole) return bytes;
  const end = Math.max(bytes.lastIndexOf(10), bytes.lastIndexOf(13)) + 1;
  return end > 0 ? bytes.subarray(0, end) : bytes;
}

function arffQuote(lines: readonly string[]): Dialect["quote"] {
  return lines.slice(0, 200).some((line) => /(^|,)\s*"/.test(line)) ? '"' : "'";
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

function delimitedForm(name: string, lines: readonly string[]): TableForm {
  if (lines[0].startsWith("#separator"))
    throw new InputError(
      `${name} is a log of Zeek's; connection logs are read by the commands train and score, and by readConnectionLogs`,
    );
  const said = /^"?sep=(.)"?$/i.exec(lines[0])?.[1]; // as Excel takes it
  const sniffed = sniffDialect(said === undefined ? lines : lines.slice(1));
  const dialect = said === undefined ? sniffed : { ...sniffed, delimiter: said };
  const [first, ...others] = rowsOf(lines, dialect, said === undefined ? 0 : 1);
  if (!first) throw new InputError(`${name} has no rows: all its lines are blank or comments`);
  if (first.problem) throw new InputError(`${name}, line ${first.line}: ${first.problem}`);
  const header = unquotedNames(first.fields);
  const rows = others.filter(({ fields }) => !first.fields.every((field, i) => field === fields[i]));
  const sample = samples(header.length, rows, dialect.decimalComma);
  refuseRowAsHeader(name, first.line, header, sample);
  const skippedLines = lastLineOf(first, rows, lines.length);
  return readableText({
    columns: header.map((columnName, i) => ({ name: columnName, sample: sample[i] })),
    dialect,
    skippedLines,
    header: first.fields,
    wordsSeen: missingIn(rows),
    isRegular:
      header.length > 1 &&
      dialect.comment === undefined &&
      haveClosedQuotes(lines.slice(0, skippedLines), dialect.quote),
  });
}

interface TextLayout {
  readonly columns: readonly FileColumn[];
  readonly dialect: Dialect;
  /** Lines before the first row. */
  readonly skippedLines: number;
  readonly header?: readonly string[];
  /** Whether DuckDB takes lines and quotes as we do: no comments between rows, no line end in a name. */
  readonly isRegular: boolean;
  /** Words for missing values in the first rows; always the empty one. */
  readonly wordsSeen: readonly string[];
}

function readableText(layout: TextLayout): TableForm {
  const { columns, dialect, skippedLines, header, isRegular, wordsSeen } = layout;
  return {
    columns,
    notices: [],
    decimalComma: dialect.decimalComma,
    header,
    query: isRegular
      ? (path, compression, wanted, missing) =>
          textQuery(path, compression, layout, wanted, missing === "any word" ? missingWords : wordsSeen)
      : undefined,
    rows: (name, pieces) => textRows(name, pieces, dialect, skippedLines),
  };
}

/** A query of columns of a text, as DuckDB's reader of CSV takes them. */
function textQuery(
  path: string,
  compression: Compression,
  { columns, dialect, skippedLines }: TextLayout,
  wanted: readonly ScannedColumn[],
  words: readonly string[],
): string {
  const kinds = new Map(wanted.map(({ position, kind }) => [position, kind]));
  const types = columns.map(
    (_, i) => `'${sqlName(i)}': '${kinds.get(i) === "number" ? "DOUBLE" : "VARCHAR"}'`,
  );
  const { delimiter, quote, decimalComma } = dialect;
  const options = [
    "auto_detect = false, header = false, strict_mode = true",
    `skip = ${skippedLines}`,
    `compression = ${quoted(compression)}`,
    `delim = ${quoted(delimiter)}, quote = ${quoted(quote)}, escape = ${quoted(quote)}`,
    `decimal_separator = '${decimalComma ? "," : "."}'`,
    `nullstr = [${words.map(quoted).join(", ")}]`,
    `max_line_size = ${longestLine}`,
    `columns = {${types.join(", ")}}`,
  ];
  const values = wanted.map(({ position, kind }) =>
    kind === "flag" ? flagInSql(sqlName(position)) : sqlName(position),
  );
  return `SELECT ${values.join(", ")} FROM read_csv(${quoted(path)}, ${options.join(", ")})`;
}

function haveClosedQuotes(lines: readonly string[], quote: string): boolean {
  return lines.every((line) => line.split(quote).length % 2 === 1);
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

function missingIn(rows: readonly TextRow[]): string[] {
  const seen = new Set([""]);
  for (const { fields } of rows) for (const field of fields) if (isMissing(field)) seen.add(field);
  return [...seen];
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
