import { readFile, writeFile } from "node:fs/promises";
import { isIP } from "node:net";
import { InputError, requireNumber, systemErrorCode } from "../../common/errors";
import { formatCount } from "../../common/format";
import { shown } from "../../common/shown";
import { inTransaction } from "../../common/transaction";
import { unreadable } from "../../data/content";
import { ownService } from "../../traffic/own-service";
import type { Alert } from "./alert";
import { parseAllowList } from "./allow-list";

export interface AllowOptions {
  /** A file of alerts as lines of JSON, as `score` writes them. */
  readonly alerts: string;
  /** The list that gets the lines. Default: none, and the result has them. */
  readonly out?: string;
  /** Days from the last of the alerts on after which a line no longer holds. An integer in [1, 3650]. Default 90. */
  readonly days?: number;
  /** Called with a sentence about what an interrupted command had left and was put right. */
  readonly onNotice?: (sentence: string) => void;
}

/** What was allowed. */
export interface AllowResult {
  readonly alerts: number;
  /** The lines, without those that the list had. */
  readonly lines: readonly string[];
  readonly path?: string;
}

/** More lines than this are no list that anybody has read. */
const mostLines = 100;

/**
 * Makes lines of an allow list from alerts that turned out to be harmless: each allows what one source asks of one port of one
 * destination, and no longer than some days. They are added to the end of the list.
 *
 * @param ids uids of connections (`event.id`), or ids of incidents
 * @throws {InputError} on an id without an alert, alerts too different to be allowed one by one, or anything wrong with a file
 */
export async function allowAlerts(ids: readonly string[], options: AllowOptions): Promise<AllowResult> {
  const { alerts: path, out, days = 90, onNotice } = options;
  requireNumber("days", days, { min: 1, max: 3650, integer: true });
  const alerts = await alertsWith(ids, path);
  const last = Math.max(...alerts.map(({ event }) => Date.parse(event.start)));
  const until = new Date(last + days * 86_400_000).toISOString().slice(0, 10);
  const terms = [...new Set(alerts.map(termsOf))];
  if (terms.length > mostLines)
    throw new InputError(
      `these alerts would make ${formatCount(terms.length)} lines: write one that covers them, such as 'from ${alerts[0].source.address}'`,
    );
  const made = terms.map((term) => `${term} until ${until}`);
  if (out === undefined) return { alerts: alerts.length, lines: made };
  const before = await readList(out);
  const known = new Set(before.split(/\r\n|\n|\r/).map((line) => line.replace(/#.*$/, "").trim()));
  const lines = made.filter((line) => !known.has(line));
  const comment = `# ${ids
    .map((id) => shown(id))
    .join(", ")
    .slice(0, 200)}`;
  const start = before === "" || before.endsWith("\n") ? before : `${before}\n`;
  if (lines.length > 0)
    await inTransaction({ read: [path], onNotice }, async (transaction) =>
      writeFile(await transaction.stageFile(out), `${start}${comment}\n${lines.join("\n")}\n`),
    );
  return { alerts: alerts.length, lines, path: out };
}

/** The alerts of connections, pairs or incidents. @throws {InputError} if one of the ids has none */
async function alertsWith(ids: readonly string[], path: string): Promise<Alert[]> {
  const text = await readFile(path, "utf8").catch((error) => {
    throw unreadable(path, error);
  });
  const missing = new Set(ids);
  const found: Alert[] = [];
  const ofHosts = new Map<string, string>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const alert = parseAlert(line, `${path}, line ${i + 1}`);
    const own = [alert.event.id, alert.traffic_anomaly.incident].filter((id) => ids.includes(id));
    if (alert.traffic_anomaly.view === "hosts") {
      for (const id of own) ofHosts.set(id, alert.source.address);
      continue;
    }
    for (const id of own) missing.delete(id);
    if (own.length > 0) found.push(alert);
  }
  const [id] = missing;
  const host = ofHosts.get(id);
  if (host !== undefined)
    throw new InputError(
      `${shown(id)} is unusual for an hour of ${shown(host)}, not for what it asks of one destination: write a line that allows all of it, such as 'from ${shown(host)}'`,
    );
  if (id !== undefined)
    throw new InputError(`${path} has no alert of a connection or an incident ${shown(id)}`);
  return found;
}

/** An alert; one on an hour of a host has no destination that a line could name. */
function parseAlert(line: string, place: string): Alert {
  try {
    const alert = JSON.parse(line) as Alert;
    const isOfHost = alert.traffic_anomaly.view === "hosts";
    const texts = [
      ...[alert.event.id, alert.traffic_anomaly.incident, alert.event.start, alert.source.address],
      ...(isOfHost ? [] : [alert.network.transport, alert.destination.address]),
    ];
    const isWhole =
      texts.every((text) => typeof text === "string") && !Number.isNaN(Date.parse(alert.event.start));
    if (isWhole) return alert;
  } catch {}
  throw new InputError(`${place}: it is no alert of score as a line of JSON`);
}

/** What one source asks of one port of one destination; of what has no ports, of one service. */
function termsOf({ source, destination, network: { transport }, traffic_anomaly: { icmp } }: Alert): string {
  const hasPorts = (transport === "tcp" || transport === "udp") && Number.isInteger(destination.port);
  const ends = `from ${hostTerm(source)} to ${hostTerm(destination)}`;
  if (hasPorts) return `${ends} ${transport}/${destination.port}`;
  const connection = {
    ...{ protocol: icmp ? "icmp" : transport, sourceHost: source.address },
    ...{ sourcePort: icmp?.type ?? 0, destinationPort: icmp?.code ?? 0 },
  };
  return `${ends} service ${ownService(connection)}`;
}

/** @throws {InputError} if an end has no address */
function hostTerm({ address, ip }: Alert["source"]): string {
  if (typeof ip === "string" && isIP(ip) !== 0) return ip;
  throw new InputError(`${shown(address)} is no address, which a line of an allow list needs`);
}

/** The list as it is, empty if there is none. @throws {InputError} if it is something else */
async function readList(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch((error) => {
    if (systemErrorCode(error) === "ENOENT") return "";
    throw unreadable(path, error);
  });
  parseAllowList(text, path);
  return text;
}
