import { areOfConnections } from "./fields";
import { parseJsonRecord } from "./json";
import { defaultHeader, withHeaderLine } from "./tsv";
import { LineProblem } from "./values";

/**
 * Which of Zeek's logs lines are the beginning of: `conn`, `dns`, …, or `unknown` for one that does not say;
 * undefined if they are of no log. What does not name itself is told by its fields.
 */
export function logKind(lines: readonly string[]): string | undefined {
  try {
    return kindOf(lines);
  } catch (error) {
    if (error instanceof LineProblem) return undefined;
    throw error;
  }
}

function kindOf(lines: readonly string[]): string | undefined {
  let header = defaultHeader;
  let another: string | undefined;
  for (const line of lines) {
    header = withHeaderLine(header, line);
    if (header.fields) return header.path ?? kindByFields(header.fields);
    const kind = line.startsWith("{") ? recordKind(line) : undefined;
    if (kind === "conn") return kind;
    another ??= kind;
  }
  return another;
}

/** A JSON record is of a log if it names one or has a time and fields that only connections have. */
function recordKind(line: string): string | undefined {
  try {
    const { log, fields } = parseJsonRecord(line);
    if (log !== undefined) return log;
    const names = Object.keys(fields);
    return names.includes("ts") || areOfConnections(names) ? kindByFields(names) : undefined;
  } catch (error) {
    if (error instanceof LineProblem) return undefined;
    throw error;
  }
}

function kindByFields(names: readonly string[]): string {
  return areOfConnections(names) ? "conn" : "unknown";
}
