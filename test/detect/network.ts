// A small network's logs for tests: simulated traffic without and with attacks, and a model of it.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type Connection,
  type TrainOptions,
  type TrainResult,
  trainOnTraffic,
  zeekHeader,
  zeekTsvLine,
} from "traffic-anomaly";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";

/** So short that tests are quick. */
export const small: Required<Pick<TrainOptions, "settings">> = {
  settings: {
    "isolation-forest": { trees: 30, sampleSize: 128 },
    autoencoder: { epochs: 3, layers: [32, 8, 32] },
  },
};

/** Connections of a day's work, in order of time, `attacks` among them or not. */
export function dayOf(count: number, { seed = 1, attacks = false } = {}): Connection[] {
  const found: Connection[] = [];
  for (const { content: _, ...connection } of simulatedConnections({ seed, connections: 2 * count }))
    if (attacks || connection.label === "normal") found.push(connection);
  return found.slice(0, count);
}

/** A host that looks for an open port 23 on as many others, 200 a second. */
export function sweep(count: number, start: number): Connection[] {
  return Array.from({ length: count }, (_, i) => ({
    uid: `Csweep${i}`,
    start: start + i / 200,
    duration: 0,
    protocol: "tcp",
    sourceHost: "10.66.6.6",
    sourcePort: 30_000 + i,
    destinationHost: `172.30.${i >> 8}.${i & 255}`,
    destinationPort: 23,
    state: "S0",
    sourceBytes: 0,
    destinationBytes: 0,
    label: "scan",
  }));
}

export const header = zeekHeader(1_700_000_000);
export const labelledHeader = zeekHeader(1_700_000_000, { label: true });

/** A log of connections as TSV. */
export async function writeLog(
  path: string,
  connections: readonly Connection[],
  { label = false } = {},
): Promise<string> {
  const lines = connections.map((connection) => zeekTsvLine(connection, { label }));
  await writeFile(path, [label ? labelledHeader : header, ...lines, ""].join("\n"));
  return path;
}

/** A model of usual traffic in `folder/models/office`, its log in `folder/usual.log`. */
export async function trainOffice(
  folder: string,
  options: Partial<TrainOptions> = {},
): Promise<{ model: string; result: TrainResult }> {
  const log = await writeLog(join(folder, "usual.log"), dayOf(3000));
  const model = join(folder, "models", "office");
  const result = await trainOnTraffic([log], {
    out: model,
    outputsFolder: join(folder, "outputs"),
    ...small,
    ...options,
  });
  return { model, result };
}
