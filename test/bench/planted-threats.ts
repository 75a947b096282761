// `tsx test/bench/planted-threats.ts`, and a part of `npm run reproduce`: three days of simulated traffic to learn from, and
// the incidents of the next day, in which each of today's threats is planted once. Writes the README's table.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Alert,
  type Incident,
  scoreTraffic,
  trainOnTraffic,
  zeekHeader,
  zeekTsvLine,
} from "traffic-anomaly";
import { byRisk } from "traffic-anomaly/dist/detect/incidents/incident";
import { beginning } from "traffic-anomaly/dist/traffic/simulator/rhythm";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import type { SimulatedConnection } from "traffic-anomaly/dist/traffic/simulator/simulated-connection";
import { inOrderOfEnd } from "traffic-anomaly/dist/traffic/simulator/write-simulated";
import { runScript } from "./data";
import { threatsTable, writeTables } from "./readme-tables";
import { type ReproductionRecord, readRecord, recordedFigure, writeRecord } from "./record";

const seeds = [1, 2, 3, 4, 5];
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
  dns_tunnel: ["tunnel"],
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
  return compared(planted, linesOf<Alert>(out), linesOf<Incident>(incidents).sort(byRisk));
}

/** @param incidents the most risky first */
function compared(
  planted: readonly SimulatedConnection[],
  alerts: readonly Alert[],
  incidents: readonly Incident[],
): Figures {
  const labelOf = new Map(planted.map(({ uid, label }) => [uid, label]));
  const idsOf = (incident: Incident) => [incident.incident, ...(incident.merged ?? [])];
  const byId = new Map(incidents.flatMap((own) => idsOf(own).map((id) => [id, own])));
  const labels = new Map(incidents.map((own) => [own, new Set<string>()]));
  const alerted = new Map<string, number>();
  for (const { event, traffic_anomaly } of alerts) {
    const label = labelOf.get(event.id)!;
    labels.get(byId.get(traffic_anomaly.incident)!)!.add(label);
    alerted.set(label, (alerted.get(label) ?? 0) + 1);
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
