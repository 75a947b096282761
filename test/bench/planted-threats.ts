// `tsx test/bench/planted-threats.ts`, and a part of `npm run reproduce`: three days of simulated traffic to learn from, and
// the incidents of the next day, in which each of today's threats is planted once. Writes the README's table.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Incident, scoreTraffic, trainOnTraffic, zeekHeader, zeekTsvLine } from "traffic-anomaly";
import type { AnyAlert } from "traffic-anomaly/dist/detect/alerts/alert";
import { byRisk } from "traffic-anomaly/dist/detect/incidents/incident";
import { beginning } from "traffic-anomaly/dist/traffic/simulator/rhythm";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import type { SimulatedConnection } from "traffic-anomaly/dist/traffic/simulator/simulated-connection";
import { inOrderOfEnd } from "traffic-anomaly/dist/traffic/simulator/write-simulated";
import { runScript } from "./data";
import { threatsTable, writeTables } from "./readme-tables";
import { type ReproductionRecord, readRecord, recordedFigure, writeRecord } from "./record";

/** Many, as false alarms come in bursts: one day has none, the next one twice its budget. */
export const seeds = Array.from({ length: 20 }, (_, i) => i + 1);
const day = 86_400;
const trainingDays = 3;

/** What an incident of each threat may rightly be called. */
const rightKinds: Readonly<Record<string, readonly string[]>> = {
  upload: ["upload"],
  ssh_guessing: ["brute force"],
  beacon: ["beacon"],
  rdp: ["new service"],
  slow_scan: ["port scan"],
  command_and_control: ["beacon", "new service"],
  dns_tunnel: ["dns tunnel"],
  smb_sweep: ["sweep"],
};

interface Days {
  readonly usual: readonly SimulatedConnection[];
  readonly planted: readonly SimulatedConnection[];
}

/** Days without anything bad, and the one after them, with the threats. */
function simulate(seed: number): Days {
  const end = beginning + trainingDays * day;
  const all = { seed, classMix: "threats", connections: 1e6 } as const;
  let usual = 0;
  for (const { start } of simulatedConnections(all)) {
    if (start >= end) break;
    usual++;
  }
  const connections: SimulatedConnection[] = [];
  for (const connection of simulatedConnections({ ...all, novelFrom: usual })) {
    if (connection.start >= end + day) break;
    connections.push(connection);
  }
  return { usual: connections.slice(0, usual), planted: connections.slice(usual) };
}

function writeLog(path: string, connections: readonly SimulatedConnection[]): string {
  const lines = Array.from(inOrderOfEnd(connections), (connection) => zeekTsvLine(connection));
  writeFileSync(path, [zeekHeader(beginning), ...lines, ""].join("\n"));
  return path;
}

function linesOf<T>(path: string): T[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Figures of one day, by what was planted, or `usual` for all that is not bad. */
type Figures = Record<string, Record<string, number>>;

async function figuresOf(seed: number, folder: string): Promise<Figures> {
  const { usual, planted } = simulate(seed);
  const model = join(folder, "model");
  const usualLog = writeLog(join(folder, "usual.log"), usual);
  await trainOnTraffic([usualLog], { out: model, outputsFolder: join(folder, "outputs") });
  const out = join(folder, "alerts.json");
  const incidents = join(folder, "incidents.jsonl");
  await scoreTraffic([writeLog(join(folder, "day.log"), planted)], model, { out, incidents });
  return compared(planted, linesOf<AnyAlert>(out), linesOf<Incident>(incidents).sort(byRisk));
}

/** @param incidents the most risky first */
function compared(
  planted: readonly SimulatedConnection[],
  alerts: readonly AnyAlert[],
  incidents: readonly Incident[],
): Figures {
  const idsOf = (incident: Incident) => [incident.incident, ...(incident.merged ?? [])];
  const byId = new Map(incidents.flatMap((own) => idsOf(own).map((id) => [id, own])));
  const labels = new Map(incidents.map((own) => [own, new Set<string>()]));
  const alerted = new Map<string, number>();
  for (const alert of alerts) {
    const { incident, view } = alert.traffic_anomaly;
    const names = labelsOf(alert, planted);
    for (const name of names) labels.get(byId.get(incident)!)!.add(name);
    if (!view) alerted.set(names[0], (alerted.get(names[0]) ?? 0) + 1);
  }
  const isFalse = (incident: Incident) => [...labels.get(incident)!].every((label) => label === "normal");
  const shareAlerted = (name: string) =>
    (alerted.get(name) ?? 0) / planted.filter(({ label }) => label === name).length;
  const ofThreat = (name: string, kinds: readonly string[]) => {
    const at = incidents.findIndex((own) => labels.get(own)!.has(name));
    const own = incidents.filter((incident) => labels.get(incident)!.has(name));
    return {
      found: Number(at >= 0),
      named: Number(own.some((incident) => incident.kinds.some((kind) => kinds.includes(kind)))),
      alerted: shareAlerted(name),
      falseBefore: incidents.slice(0, at < 0 ? undefined : at).filter(isFalse).length,
    };
  };
  return {
    ...Object.fromEntries(Object.entries(rightKinds).map(([name, kinds]) => [name, ofThreat(name, kinds)])),
    usual: { alerted: shareAlerted("normal"), falseIncidents: incidents.filter(isFalse).length },
  };
}

/** What the connection of an alert is, or those of a host's hour or a pair's day are. */
function labelsOf(
  { event, destination, traffic_anomaly: { view } }: AnyAlert,
  planted: readonly SimulatedConnection[],
): string[] {
  const uid = view ? event.id.slice(view.length + 1) : event.id; // of the first connection
  const at = planted.findIndex((connection) => connection.uid === uid);
  const { sourceHost, start, label } = planted[at];
  if (!view) return [label];
  const own = planted.slice(at).filter((connection) => {
    if (connection.sourceHost !== sourceHost || connection.start > start + event.duration / 1e9) return false;
    if (!destination) return true;
    const { address, port } = destination;
    return connection.destinationHost === address && connection.destinationPort === port;
  });
  return [...new Set(own.map(({ label }) => label))];
}

/** The record with what is found of planted threats measured anew. */
export async function withPlantedThreats(record: ReproductionRecord): Promise<ReproductionRecord> {
  const days: Figures[] = [];
  for (const seed of seeds) {
    process.stderr.write(`planted threats, seed ${seed} of ${seeds.join(", ")}\n`);
    const folder = mkdtempSync(join(tmpdir(), "planted-threats-"));
    try {
      days.push(await figuresOf(seed, folder));
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
  const parts = Object.keys(days[0]).map((part) => {
    const names = Object.keys(days[0][part]);
    const figures = names.map((name) => [name, recordedFigure(days.map((day) => day[part][name]))]);
    return [part, { incidents: Object.fromEntries(figures) }];
  });
  return { ...record, protocols: { ...record.protocols, "planted-threats": Object.fromEntries(parts) } };
}

async function main(): Promise<void> {
  const record = await withPlantedThreats(readRecord());
  writeRecord(record);
  writeTables(record);
  console.log(threatsTable(record));
}

if (require.main === module) runScript(main);
