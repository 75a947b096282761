import { readFile } from "node:fs/promises";
import { BlockList, isIP } from "node:net";
import { InputError } from "../../common/errors";
import { unreadable } from "../../data/content";
import type { Connection } from "../../traffic/connection";
import { ownService } from "../../traffic/own-service";

/** Connections that raise no alert. */
export interface AllowList {
  /** Whether some line allows an anomalous connection; the first that does counts it, or else those that have expired. */
  readonly allows: (connection: Connection) => boolean;
  /** The first line that allows a connection, which is not counted. */
  readonly lineOf: (connection: Connection) => AllowLine | undefined;
  /** Counts the lines that would allow it, had they not expired. */
  readonly countExpired: (connection: Connection) => void;
  /** What its lines did so far, in their order. */
  readonly lines: readonly AllowLine[];
}

/** A line of the list, and what it did. */
export interface AllowLine {
  /** In the file, from 1. */
  readonly line: number;
  readonly text: string;
  /** Anomalous connections, hours of hosts and days of pairs that it was the first to allow. */
  silenced: number;
  /** Those that it would allow, but that came after its last day. */
  expired: number;
}

type Term = (connection: Connection) => boolean;

/**
 * Reads a list of what not to alert on. A line holds one or more terms, with blanks between, that must all hold;
 * a connection that any line fits is allowed; `#` starts a comment. A term is
 *
 * - a host, `10.0.0.5`, `fe80::1`, or a network, `10.0.0.0/8`: source or destination; `from 10.0.0.5` only the source,
 *   `to 10.0.0.5` only the destination;
 * - `port 53`, or with the protocol `tcp/443`, `udp/53`: the destination's port;
 * - `until 2027-02-24`: connections that started on that day (in UTC) or before;
 * - `service dns`: the service as the features name it (`https`, `quic`) or as the log does (`ssl`).
 *
 * @throws {InputError} with file and line, if a line is none of these; or if the file can't be read
 */
export async function readAllowList(path: string): Promise<AllowList> {
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(path, error);
  });
  return parseAllowList(text, path);
}

/** The list in a text; see {@link readAllowList}. */
export function parseAllowList(text: string, path = "the list"): AllowList {
  const lines: Line[] = [];
  const written = text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/);
  for (const [i, line] of written.entries()) {
    const words = line.replace(/#.*$/, "").match(/\S+/g);
    if (!words) continue;
    try {
      lines.push({ ...terms(words), found: { line: i + 1, text: words.join(" "), silenced: 0, expired: 0 } });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new InputError(`${path}, line ${i + 1}: ${error.message}`);
    }
  }
  const lineOf = (connection: Connection) =>
    lines.find((line) => line.fits(connection) && !line.hasExpired(connection))?.found;
  const countExpired = (connection: Connection) => {
    for (const line of lines) if (line.fits(connection) && line.hasExpired(connection)) line.found.expired++;
  };
  const allows = (connection: Connection) => {
    const found = lineOf(connection);
    if (found) found.silenced++;
    else countExpired(connection);
    return found !== undefined;
  };
  return { allows, lineOf, countExpired, lines: lines.map(({ found }) => found) };
}

interface Line {
  readonly fits: Term;
  /** Whether the line no longer held when a connection started. */
  readonly hasExpired: Term;
  readonly found: AllowLine;
}

function terms(words: readonly string[]): Omit<Line, "found"> {
  const found: Term[] = [];
  let end = Infinity;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === "port") found.push(portTerm(words[++i]));
    else if (word === "until") end = endOfDay(words[++i]);
    else if (word === "service") found.push(serviceTerm(words[++i]));
    else if (/^(tcp|udp)\//.test(word)) {
      const [protocol, port] = word.split("/", 2);
      const hasPort = portTerm(port);
      found.push((connection) => connection.protocol === protocol && hasPort(connection));
    } else if (word === "from" || word === "to") {
      const holds = network(words[++i] ?? "");
      found.push((connection) => holds(word === "from" ? connection.sourceHost : connection.destinationHost));
    } else {
      const holds = network(word);
      found.push(({ sourceHost, destinationHost }) => holds(sourceHost) || holds(destinationHost));
    }
  }
  if (found.length === 0)
    throw new InputError("a line needs more than 'until', or it would allow everything");
  return {
    fits: (connection) => found.every((term) => term(connection)),
    hasExpired: ({ start }) => start >= end,
  };
}

/** The end of a day in UTC, in seconds. */
function endOfDay(text = ""): number {
  const start = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(start))
    throw new InputError(`'until' needs a day such as 2027-02-24, got '${text.slice(0, 60)}'`);
  return start / 1000 + 86_400;
}

function portTerm(text: string | undefined): Term {
  const port = /^\d+$/.test(text ?? "") ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InputError(`a port must be an integer in [0, 65535], got '${text ?? ""}'`);
  return ({ protocol, destinationPort }) => protocol !== "icmp" && destinationPort === port;
}

function serviceTerm(name: string | undefined): Term {
  if (!name) throw new InputError("'service' must be followed by its name");
  return (connection) =>
    ownService(connection) === name || Boolean(connection.application?.split(",").includes(name));
}

/** Whether a host is that one, or in that network. */
function network(word: string): (host: string) => boolean {
  const [address, bits, ...rest] = word.split("/");
  const version = isIP(address);
  const most = version === 6 ? 128 : 32;
  const length = bits === undefined ? most : /^\d+$/.test(bits) ? Number(bits) : Number.NaN;
  if (version === 0 || rest.length > 0)
    throw new InputError(
      `expected a host, a network, 'port N', 'tcp/N', 'udp/N' or 'service NAME', got '${word.slice(0, 60)}'`,
    );
  if (!(length <= most))
    throw new InputError(`the length of a network must be an integer in [0, ${most}], got '${word}'`);
  const list = new BlockList();
  list.addSubnet(address, length, version === 6 ? "ipv6" : "ipv4");
  return (host) => {
    const found = isIP(host);
    return found !== 0 && list.check(host, found === 6 ? "ipv6" : "ipv4");
  };
}
