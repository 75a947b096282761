import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Connection,
  combined,
  fitModel,
  judge,
  readTable,
  saveModel,
  scoreTraffic,
} from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";
import { contents, type Outcome, program, runToEnd } from "../cli/command";
import { dayOf, sweep, trainOffice, writeLog } from "../detect/network";
import { temporaryFolder } from "../fixtures/folder";
import { ancestors, Cluster, missingSpark, script } from "./cluster";

const folder = temporaryFolder("spark");
const at = (...names: string[]) => join(folder, ...names);
const days = ["2026-01-05", "2026-01-06"];

/** Rows of a query of files in the folder, whose name is written as %. */
async function rowsOf(sql: string): Promise<unknown[][]> {
  return (await (await database()).runAndReadAll(sql.replaceAll("%", folder))).getRowsJson();
}

describe("on a master and two workers", { skip: missingSpark() }, () => {
  let cluster: Cluster;

  before(async () => {
    cluster = await Cluster.start(folder, 2);
    await writeTables();
    await writeLogs();
  });

  after(() => cluster?.stop());

  /** Runs the script with each list of arguments, in one Spark, which takes ten seconds to start. */
  async function inOneSpark(lists: readonly (readonly string[])[]): Promise<Outcome[]> {
    const { code, stdout, stderr } = await cluster.submit(join(__dirname, "several.py"), [
      script,
      JSON.stringify(lists),
    ]);
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  }

  test("tables: scores and verdicts are one machine's, bad rows are kept and counted, samples are those of the seed", async () => {
    const csv = ["--format", "csv"];
    const usual = [
      ...[
        "sample",
        "scored",
        "--where",
        "verdict = 'normal'",
        "--columns",
        "number,verdict",
        "--rows",
        "100",
      ],
    ];
    const [scored, first, again, other, ...refused] = await inOneSpark([
      ["tables", "table.csv", ...csv, "--model", "model.onnx", "--out", "scored"],
      [...usual, "--out", "first.parquet"],
      [...usual, "--out", "again.parquet"],
      [...usual, "--seed", "2", "--out", "other.parquet"],
      ["tables", "table.csv", ...csv, "--model", "model.onnx", "--out", "scored"],
      ["tables", "labels.csv", ...csv, "--model", "model.onnx", "--out", "never"],
      ["tables", "nowhere.csv", ...csv, "--model", "model.onnx", "--out", "never"],
      ["logs", "logs", "--model", "models/office", "--out", "refused", "--command", "no-such-command"],
      [
        "logs",
        "logs",
        "--model",
        "models/office",
        "--out",
        "refused",
        "--command",
        `node ${program}`,
        "--",
        "--wrong",
      ],
    ]);
    for (const { code, stderr } of [scored, first, again, other]) assert.equal(code, 0, stderr);
    assert.match(scored.stdout, /^402 rows: \d+ anomalous, 2 bad\n/);

    const table = await readTable(at("good.csv"), { exclude: ["number"] });
    const { scores, anomalous } = await judge(await model(), table);
    const rows = await rowsOf(
      "SELECT number::INTEGER, score, verdict FROM '%/scored/verdict=*/*.parquet' WHERE reason IS NULL ORDER BY 1",
    );
    assert.deepEqual(
      rows.map(([number, , verdict]) => [number, verdict]),
      Array.from(anomalous, (flag, i) => [i, flag ? "anomalous" : "normal"]),
    );
    for (const [i, [, score]] of rows.entries())
      assert.ok(Math.abs(Number(score) - scores[i]) <= 1e-12 * scores[i], `row ${i}: ${score}, ${scores[i]}`);
    const found = anomalous.filter(Boolean).length;
    assert.ok(found > 5 && found < 100, String(found));
    assert.deepEqual(JSON.parse(readFileSync(at("scored", "_counts.json"), "utf8")), {
      ...{ rows: 402, normal: 400 - found, anomalous: found, bad: 2 },
      reasons: { "bytes is no number: 'many'": 1, "the line can't be read": 1 },
    });
    assert.deepEqual(
      await rowsOf("SELECT bytes FROM '%/scored/verdict=bad/*.parquet' WHERE number = '400'"),
      [["many"]],
    );

    const samples = ["first", "again", "other"].map((name) => rowsOf(`SELECT * FROM '%/${name}.parquet'`));
    const [ofFirst, ofAgain, ofOther] = await Promise.all(samples);
    assert.deepEqual(ofAgain, ofFirst);
    assert.notDeepEqual(ofOther, ofFirst);
    assert.equal(new Set(ofFirst.map(([number]) => number)).size, 100);
    assert.ok(ofFirst.every(([, verdict]) => verdict === "normal"));

    const reasons = [
      /^error: scored is there already: name another folder\n$/,
      /^error: labels\.csv lacks columns that model\.onnx needs: bytes, packets, kind\n$/,
      /^error: .*nowhere\.csv.*\n$/,
      /^error: no-such-command can't be started on \S+: No such file or directory; say with --command .*\n$/,
      /^error: sensor=a\/day=2026-01-05: unknown option '--wrong'; sensor=b\/.*\n$/,
    ];
    for (const [i, { code, stderr }] of refused.entries()) {
      assert.equal(code, 2, stderr);
      assert.match(stderr, reasons[i]);
    }
    assert.ok(!existsSync(at("never")));
    assert.deepEqual(
      Object.keys(contents(at("refused", "days"))).filter((path) => /day=/.test(path)),
      [],
    );
  });

  test("logs: alerts, incidents and states are one machine's, although a worker is killed in the middle", async () => {
    // The first task to come waits until it is killed with its worker.
    writeFileSync(
      at("command.sh"),
      `#!/bin/sh
      if mkdir "${at("waiting")}" 2>/dev/null; then echo $$ > "${at("waiting", "pid")}"; exec sleep 600; fi
      exec "${process.execPath}" "${program}" "$@"\n`,
    );
    chmodSync(at("command.sh"), 0o755);
    const running = cluster.submit(script, [
      ...["logs", "logs", "--model", "models/office", "--out", "out", "--command", at("command.sh")],
      ...["--", "--all", "connections.parquet"],
    ]);
    const killed = killWorker(at("waiting", "pid"));
    const { code, stdout, stderr } = await running;
    assert.equal(code, 0, stderr);
    await killed;
    assert.match(
      stdout,
      /^4 days of sensors scored, 0 were before; \d+ incidents, \d+ across sensors\nWritten: out\n$/,
    );

    let alerted = 0;
    const told = new Map<string, Record<string, unknown>>();
    for (const sensor of ["a", "b"]) {
      const state = at(`${sensor}.state`);
      for (const day of days) {
        const [name, own] = [join(`sensor=${sensor}`, `day=${day}`), at(`${sensor}-${day}`)];
        const [alerts, all, incidents] = [`${own}.parquet`, `${own}-all.parquet`, `${own}.jsonl`];
        const { alerts: count } = await scoreTraffic([at("logs", name)], at("models", "office"), {
          ...{ out: alerts, all, incidents, state },
        });
        alerted += count;
        const files = { "alerts.parquet": alerts, "connections.parquet": all, "incidents.jsonl": incidents };
        assert.deepEqual(readdirSync(at("out", "days", name)).sort(), [
          ...Object.keys(files),
          "state.json",
          "summary.json",
        ]);
        for (const [file, alone] of Object.entries(files))
          assert.ok(
            readFileSync(at("out", "days", name, file)).equals(readFileSync(alone)),
            `${file} of ${name}`,
          );
        const lines = readFileSync(incidents, "utf8");
        for (const line of lines.split("\n").filter(Boolean))
          told.set(`${sensor} ${JSON.parse(line).incident}`, { sensor, ...JSON.parse(line) });
      }
      const states = [state, at("out", "days", `sensor=${sensor}`, `day=${days[1]}`, "state.json")];
      const [alone, onCluster] = states.map((path) => JSON.parse(readFileSync(path, "utf8")));
      assert.deepEqual(onCluster.remembered, alone.remembered);
      for (const day of readdirSync(at("out", "days", `sensor=${sensor}`))) assert.match(day, /^day=/);
    }
    assert.ok(alerted > 50, "both sensors see the sweep");
    await assertIncidents([...told.values()]);
  });
});

/** Kills the worker that a command runs on, and its executor, as soon as the command's number is in a file. */
async function killWorker(file: string): Promise<void> {
  while (!existsSync(file) || readFileSync(file, "utf8") === "") await sleep(50);
  const pid = Number(readFileSync(file, "utf8"));
  const java = ancestors(pid).filter((ancestor) =>
    /java/.test(readFileSync(`/proc/${ancestor}/comm`, "utf8")),
  );
  assert.equal(java.length, 2, "an executor and its worker");
  for (const process_ of [...java, pid]) process.kill(process_, "SIGKILL");
}

/** Compares incidents on the cluster with the last words on each of one machine, merged here by comparing all with all. */
async function assertIncidents(told: readonly Record<string, unknown>[]): Promise<void> {
  const parts = new Set(
    told.flatMap(({ sensor, merged = [] }) => (merged as string[]).map((id) => `${sensor} ${id}`)),
  );
  const last = told.filter(({ sensor, incident }) => !parts.has(`${sensor} ${incident}`));
  const key = (incident: Record<string, unknown>) => `${incident.sensor} ${incident.incident}`;
  const written = await rowsOf(
    "SELECT sensor || ' ' || incident, connections, risk FROM '%/out/incidents/*.parquet'",
  );
  assert.deepEqual(
    written.map(([id, connections, risk]) => [id, Number(connections), risk]).sort(),
    last.map((incident) => [key(incident), incident.connections, incident.risk]).sort(),
  );
  const groups: Record<string, unknown>[][] = [];
  for (const incident of last) {
    const overlaps = (other: Record<string, unknown>) =>
      other.role === incident.role &&
      other.host === incident.host &&
      String(other.first) <= String(incident.last) &&
      String(incident.first) <= String(other.last);
    const joined = groups.filter((group) => group.some(overlaps));
    for (const group of joined) groups.splice(groups.indexOf(group), 1);
    groups.push([incident, ...joined.flat()]);
  }
  const across = await rowsOf(
    "SELECT list_transform(incidents, one -> one.sensor || ' ' || one.incident), connections, sensors FROM '%/out/incidents-across-sensors/*.parquet'",
  );
  const sum = (group: Record<string, unknown>[]) =>
    group.reduce((all, { connections }) => all + Number(connections), 0);
  assert.deepEqual(
    across.map(([ids, connections]) => [(ids as string[]).join(), Number(connections)]).sort(),
    groups.map((group) => [group.map(key).sort().join(), sum(group)]).sort(),
  );
  const columns = (await rowsOf("DESCRIBE SELECT * FROM '%/out/incidents/*.parquet'")).map(([name]) => name);
  const keys = new Set(last.flatMap((incident) => Object.keys(incident)));
  assert.deepEqual(
    [...keys].filter((key) => !columns.includes(key)),
    [],
    "all that is told of incidents is a column",
  );
  assert.ok(across.some(([, , sensors]) => (sensors as string[]).length === 2));
  assert.ok(groups.length < last.length);
}

/** A model, its file, and a table to score: good rows, one whose number is none, and one that is too short. */
async function writeTables(): Promise<void> {
  const row = (i: number) =>
    [
      i,
      i % 40 === 7 ? "" : (i * i * 37) % 9973,
      i % 50 === 9 ? 5e6 : ((i * 7) % 11) / 10,
      ["a", "b", "NA"][i % 3],
    ].join();
  const rows = Array.from({ length: 400 }, (_, i) => row(i));
  writeFileSync(at("good.csv"), ["number,bytes,packets,kind", ...rows, ""].join("\n"));
  writeFileSync(
    at("table.csv"),
    ["number,bytes,packets,kind", ...rows, "400,many,1,a", "401,5", ""].join("\n"),
  );
  writeFileSync(at("labels.csv"), "number,label\n1,normal\n");
  await saveModel(at("model"), await model());
  await exportOnnx(at("model"), at("model.onnx"));
}

let fitted: ReturnType<typeof fitModel> | undefined;
function model(): ReturnType<typeof fitModel> {
  fitted ??= readTable(at("good.csv"), { exclude: ["number"] }).then((table) =>
    fitModel(table, combined, {
      settings: { "isolation-forest": { trees: 20 }, autoencoder: { layers: [8, 2, 8], epochs: 3 } },
      falseAlarmRate: 0.05,
    }),
  );
  return fitted;
}

/** A model of usual traffic, and two days of two sensors, which see a part of the traffic both. */
async function writeLogs(): Promise<void> {
  await trainOffice(folder);
  const all = dayOf(2400, { seed: 2, attacks: true });
  const [half] = [all.length / 2];
  const scan = sweep(100, all[half].start);
  const seen = [...all, ...scan].sort((a, b) => a.start - b.start);
  const write = async (sensor: string, connections: readonly Connection[]) => {
    const cut = Math.round(connections.length / 2);
    for (const [i, day] of days.entries()) {
      const path = at("logs", `sensor=${sensor}`, `day=${day}`);
      mkdirSync(path, { recursive: true });
      await writeLog(join(path, "conn.log"), connections.slice(i * cut, (i + 1) * cut));
    }
  };
  await write("a", seen.slice(0, 1800));
  await write("b", seen.slice(700));
}

test("what a user can put right is one sentence before Spark starts, and nothing is written", {
  skip: missingSpark(),
}, async () => {
  const home = temporaryFolder("spark-refused");
  const python = (parameters: readonly string[], env: NodeJS.ProcessEnv = {}) =>
    runToEnd("python3", [script, ...parameters], { cwd: home, env });
  const day = (...names: string[]) => mkdirSync(join(home, ...names), { recursive: true });
  const log = (...names: string[]) => {
    day(...names);
    writeFileSync(join(home, ...names, "conn.log"), "");
  };
  day("empty");
  log("unnamed", "day=2026-01-05");
  day("dayless", "sensor=a");
  log("gap", "sensor=a", "day=2026-01-05");
  log("gap", "sensor=a", "day=2026-01-07");
  log("wrong", "sensor=a", "day=2026-02-30");
  log("wrong", "sensor=a", "day=2026-02-31");
  day("silent", "sensor=a", "day=2026-01-05");
  log("good", "sensor=a", "day=2026-01-05");
  day("office");
  writeFileSync(join(home, "not.onnx"), "no model");
  day("without");
  writeFileSync(join(home, "without", "onnxruntime.py"), "raise ImportError");
  const logs = (folder: string) => ["logs", folder, "--model", "office", "--out", "out"];
  const table = (model: string) => ["tables", "t.csv", "--model", model, "--out", "out"];
  const before = contents(home);
  const refused: [string[], RegExp, NodeJS.ProcessEnv?][] = [
    [table("gone.onnx"), /^gone\.onnx can't be read as a model: No such file or directory$/],
    [table("not.onnx"), /^the model is no ONNX file: /],
    [
      table("not.onnx"),
      /^Python on \S+ lacks onnxruntime: pip install onnxruntime pandas pyarrow$/,
      { PYTHONPATH: "without" },
    ],
    [logs("nowhere"), /nowhere is no folder$/],
    [logs("empty"), /empty has no folder sensor=NAME$/],
    [logs("unnamed"), /unnamed\/day=2026-01-05 is no folder sensor=NAME, as all in \S+unnamed must be$/],
    [logs("dayless"), /dayless\/sensor=a has no folder day=YYYY-MM-DD$/],
    [
      logs("gap"),
      /sensor=a has no day=2026-01-06 between 2026-01-05 and 2026-01-07: wait for its logs, or make an empty folder/,
    ],
    [logs("wrong"), /sensor=a\/day=2026-02-30 is no day of the calendar$/],
    [logs("silent"), /^there are no logs in \S+silent: all days are empty$/],
    [logs("good"), /office is no folder that `traffic-anomaly train` wrote$/],
    [["sample", "t", "--rows", "0", "--out", "s.parquet"], /^--rows must be at least 1, got 0$/],
    [["sample", "t", "--rows", "5", "--out", "no/s.parquet"], /^there is no folder no for s\.parquet$/],
    [["sample", "t", "--rows", "5", "--out", "s.csv"], /^a sample is Parquet: s\.csv must end in \.parquet$/],
  ];
  for (const [parameters, sentence, env] of refused) {
    const { code, stdout, stderr } = await python(parameters, env);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, /^error: [^\n]+\n$/);
    assert.match(stderr.slice("error: ".length, -1), sentence);
  }
  rmSync(join(home, "without", "__pycache__"), { recursive: true, force: true });
  assert.deepEqual(contents(home), before);
});

test("of many attempts at a day at the same time one stays, and nothing of the others", {
  skip: missingSpark(),
}, async () => {
  const home = temporaryFolder("spark-attempts");
  const attempts = `
import os, threading
from pathlib import Path
from traffic_anomaly_spark import Scoring, SensorDay, score_day
day, scoring = SensorDay("a", "2026-01-05", ["conn.log"], None), Scoring(["sh", "-c", "sleep 0.2; echo {}"], [], Path("model"), Path("days").absolute())
refused = []
threads = [threading.Thread(target=lambda: refused.append(score_day(day, scoring))) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(refused == [None] * 8, os.listdir("days/sensor=a"), os.listdir("days/sensor=a/day=2026-01-05"))`;
  const env = { PYTHONPATH: dirname(script), PYTHONDONTWRITEBYTECODE: "1" };
  const { stdout, stderr } = await runToEnd("python3", ["-c", attempts], { cwd: home, env });
  assert.equal(stdout, "True ['day=2026-01-05'] ['summary.json']\n", stderr);
});
