import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import type { Dialect } from "./delimited";
import type { FileColumn } from "./table-form";

/** What the header of an ARFF file says. */
export interface ArffHeader {
  readonly columns: readonly Pick<FileColumn, "name" | "type" | "line">[];
  /** Lines up to `@data`. */
  readonly skippedLines: number;
  /** How the lines after it are divided. */
  readonly dialect: Dialect;
}

/**
 * Reads the header of an ARFF file (Weka's format): lines `@relation`, `@attribute NAME TYPE`, and `@data`.
 *
 * @param name of the file, for messages
 * @returns undefined if the lines are not of an ARFF file
 * @throws {InputError} that names the line that is wrong
 */
export function parseArffHeader(name: string, lines: readonly string[]): ArffHeader | undefined {
  const isHeader = (line: string) => line.trim() !== "" && !line.trimStart().startsWith("%");
  if (!/^\s*@(relation|attribute)\b/i.test(lines.find(isHeader) ?? "")) return undefined;
  const columns: ArffHeader["columns"][number][] = [];
  for (const [i, line] of lines.entries()) {
    if (!isHeader(line) || /^\s*@relation\b/i.test(line)) continue;
    if (/^\s*@data\s*$/i.test(line)) {
      if (columns.length === 0)
        throw new InputError(`${name}, line ${i + 1}: @data comes before any @attribute`);
      refuseSparse(name, lines, i + 1);
      return { columns, skippedLines: i + 1, dialect: dialectOf(lines.slice(i + 1)) };
    }
    columns.push({ ...attributeOf(`${name}, line ${i + 1}`, line), line: i + 1 });
  }
  throw new InputError(`${name} has the header of an ARFF file, but no line @data`);
}

const attribute = /^\s*@attribute\s+('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\s{]+)\s*(\{.*|\S+)/i;

function attributeOf(place: string, line: string): ArffHeader["columns"][number] {
  const [, written, type] = attribute.exec(line) ?? [];
  if (written === undefined)
    throw new InputError(`${place}: expected @attribute NAME TYPE, got '${shown(line)}'`);
  if (/^['"]/.test(written) && !/^(['"]).*\1$/s.test(written))
    throw new InputError(`${place}: a quote (${written[0]}) is opened and never closed`);
  if (/^relational$/i.test(type))
    throw new InputError(`${place}: relational attributes of ARFF are not read`);
  const name = /^['"]/.test(written) ? written.slice(1, -1).replace(/\\(.)/g, "$1") : written;
  const isNominal = type.startsWith("{") || /^string$/i.test(type);
  return { name: name.trim(), ...(isNominal && { type: "nominal" }) };
}

/** As Weka reads rows, except that a quote may be doubled instead of escaped. */
function dialectOf(rows: readonly string[]): Dialect {
  const isDouble = rows.slice(0, 200).some((line) => /(^|,)\s*"/.test(line));
  return {
    delimiter: ",",
    quote: isDouble ? '"' : "'",
    escapeCharacter: "\\",
    comment: "%",
    decimalComma: false,
  };
}

function refuseSparse(name: string, lines: readonly string[], from: number): void {
  const at = lines.findIndex((line, i) => i >= from && line.trim() !== "" && !line.startsWith("%"));
  if (lines[at]?.trimStart().startsWith("{"))
    throw new InputError(
      `${name}, line ${at + 1}: its rows are sparse ({index value, …}), which are not read; ` +
        "have Weka's filter SparseToNonSparse write them in full",
    );
}
