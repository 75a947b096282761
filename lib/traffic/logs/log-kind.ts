import { defaultHeader, logOfHeader, withHeaderLine } from "../zeek/tsv";
import { flowReader, recordIn } from "./formats";
import { parseJsonObject } from "./json-fields";
import { LineProblem, Texts } from "./values";

/**
 * Which log lines are the beginning of: `conn` for one of connections, `dns`, …, or `unknown` for one that does not
 * say; undefined if they are of no log that is known. What does not name itself is told by its fields.
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
    if (header.fields) return logOfHeader(header);
    const kind = line.startsWith("{") ? recordKind(line) : flowKind(line);
    if (kind === "conn") return kind;
    another ??= kind;
  }
  return another;
}

/** A header of flows that lacks a column is one, too: what it lacks is said where it is read. */
function flowKind(line: string): string | undefined {
  try {
    return flowReader(line, new Texts()) && "conn";
  } catch (error) {
    if (error instanceof LineProblem) return "conn";
    throw error;
  }
}

function recordKind(line: string): string | undefined {
  try {
    return recordIn(parseJsonObject(line))?.log;
  } catch (error) {
    if (error instanceof LineProblem) return undefined;
    throw error;
  }
}
