// How fast Spark is on one worker and on two, of one core each, and what a task costs that does nothing: prints the rows of
// the table in lib/spark/README.md. npx tsx test/spark/measure.ts, on a machine that does nothing else; it takes minutes.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { combined, fitModel, readTable, saveModel, scoreTraffic, trainOnTraffic } from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { scoreFields } from "traffic-anomaly/dist/detect/score/connection-scores";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";
import { connectionFeatures } from "traffic-anomaly/dist/traffic/connection-table";
import { program } from "../cli/command";
import { dayOf, writeLog } from "../detect/network";
import { Cluster, script } from "./cluster";

const connections = 20_000;
const sensors = 8;
const copies = 100;
const idleTasks = 64;

/** A model of each kind, a log for each sensor, a folder of empty tasks, and a table of the connections many times. */
async function prepare(folder: string): Promise<void> {
  const log = await writeLog(join(folder, "usual.log"), dayOf(connections));
  const office = join(folder, "office");
  await trainOnTraffic([log], { out: office, outputsFolder: join(folder, "outputs") });
  const all = join(folder, "all.parquet");
  await scoreTraffic([log], office, { all, out: join(folder, "alerts.jsonl") });
  const features = connectionFeatures.map(({ name }) => name);
  const exclude = scoreFields.map(({ name }) => name).filter((name) => !features.includes(name));
  await saveModel(join(folder, "model"), await fitModel(await readTable(all, { exclude }), combined));
  await exportOnnx(join(folder, "model"), join(folder, "model.onnx"));
  mkdirSync(join(folder, "table"));
  for (let part = 0; part < 4; part++)
    await (await database()).run(
      `COPY (SELECT t.* FROM '${all}' t, range(${copies / 4})) TO '${join(folder, "table", `${part}.parquet`)}'`,
    );
  for (let sensor = 0; sensor < sensors; sensor++) await writeDay(folder, "logs", sensor, connections);
  for (let sensor = 0; sensor < idleTasks; sensor++) await writeDay(folder, "idle", sensor, 1);
}

async function writeDay(folder: string, name: string, sensor: number, count: number): Promise<void> {
  const day = join(folder, name, `sensor=${sensor}`, "day=2026-01-05");
  mkdirSync(day, { recursive: true });
  await writeLog(join(day, "conn.log"), dayOf(count, { seed: sensor + 1 }));
}

/** Seconds of a table, logs, tasks that do nothing, and no tasks, the second time that one Spark does them. */
async function measure(folder: string, workers: number): Promise<number[]> {
  const cluster = await Cluster.start(join(folder, `${workers}-workers`), workers);
  try {
    const paths = (...names: string[]) => names.map((name) => join(folder, name));
    const [table, onnx, logs, idle, office] = paths("table", "model.onnx", "logs", "idle", "office");
    const works = (nth: number) => {
      const out = (name: string) => ["--out", join(folder, `${workers}-workers`, `${name}-${nth}`)];
      return [
        ["tables", table, "--model", onnx, ...out("scored")],
        ["logs", logs, "--model", office, ...out("found"), "--command", `${process.execPath} ${program}`],
        ["logs", idle, "--model", office, ...out("idle"), "--command", "true"],
        ["logs", idle, "--model", office, ...out("idle"), "--command", "true"], // nothing is left to do
      ];
    };
    const lists = JSON.stringify([...works(1), ...works(2)]);
    const { code, stdout, stderr } = await cluster.submit(join(__dirname, "several.py"), [script, lists]);
    const outcomes = code === 0 ? JSON.parse(stdout) : [];
    const failed = outcomes.find((outcome: { code: number }) => outcome.code !== 0);
    if (code !== 0 || failed) throw new Error(failed?.stderr ?? stderr);
    return outcomes.slice(4).map(({ seconds }: { seconds: number }) => seconds);
  } finally {
    await cluster.stop();
  }
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "spark-measure-"));
  try {
    await prepare(folder);
    for (const workers of [1, 2]) {
      const [tables, logs, idle, none] = await measure(folder, workers);
      const rate = (rows: number, seconds: number) => Math.round(rows / seconds).toLocaleString("en-US");
      console.log(
        `| ${workers} | ${rate(connections * copies, tables)} | ${rate(connections * sensors, logs - none)} | ${((idle - none) / idleTasks).toFixed(2)} s |`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

void main();
