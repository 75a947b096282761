import { defaultHeader, logOfHeader, withHeaderLine } from "../zeek/tsv";
import { flowReader, recordIn } from "./formats";
import { parseJsonObject } from "./json-fields";
import { goodOr, Texts } from "./values";

/**
 * Which log lines are the beginning of: `conn` for one of connections, `dns`, …, or `unknown` for one that does not
 * say; undefined if they are of no log that is known. What does not name itself is told by its fields.
 */
export function logKind(lines: readonly string[]): string | undefined {
  return goodOr(undefined, () => kindOf(lines));
}

function kindOf(lines: readonly string[]): string | undefined {
  let header = defaultHeader;
  let another: string | undefined;
  for (const line of lines) {
    header = withHeaderLine(header, line);
    if (header.fields) return logOfHeader(header);
    const kind = line.startsWith("{")
      ? goodOr(undefined, () => recordIn(parseJsonObject(line))?.log)
      : goodOr("conn", () => flowReader(line, new Texts()) && "conn"); // what a header of flows lacks is said where it is read
    if (kind === "conn") return kind;
    another ??= kind;
  }
  return another;
}
