import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Alert,
  type Connection,
  connectionTable,
  falseDiscoveryVerdicts,
  judge,
  loadModel,
  loadTrafficModel,
  readConnectionLogs,
  readTable,
  type ScoreTrafficOptions,
  scoreTraffic,
  settleFeatures,
  trainOnTraffic,
  zeekTsvLine,
} from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { ecsVersion, timestamp } from "traffic-anomaly/dist/detect/alerts/alert";
import { allowAlerts } from "traffic-anomaly/dist/detect/alerts/allow-alerts";
import { scoreFields } from "traffic-anomaly/dist/detect/score/connection-scores";
import { combinedPValues } from "traffic-anomaly/dist/models/p-values";
import { connectionFeatures } from "traffic-anomaly/dist/traffic/connection-table";
import { WarmWindows } from "traffic-anomaly/dist/traffic/windows/warm-windows";
import { zeekJsonLine } from "traffic-anomaly/dist/traffic/zeek/write-log";
import { temporaryFolder } from "../../fixtures/folder";
import { realLogTest } from "../../traffic/logs/logs";
import { dayOf, header, small, sweep, trainOffice, writeLog } from "../network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("score-traffic");
const office = trainOffice(folder);
const later = dayOf(1500, { seed: 5 });
const scan = sweep(400, later[700].start);
const mixed = [...later, ...scan].sort((a, b) => a.start - b.start);
const log = writeLog(join(folder, "mixed.log"), mixed);

async function alertsOf(options: ScoreTrafficOptions = {}, paths?: readonly string[]) {
  const { model } = await office;
  const out = join(folder, "alerts.json");
  const result = await scoreTraffic(paths ?? [await log], model, { out, ...options });
  return { result, alerts: linesOf(out) };
}

function linesOf(path: string): Alert[] {
  const lines = readFileSync(path, "utf8").split("\n");
  assert.equal(lines.pop(), "");
  return lines.map((line) => JSON.parse(line));
}

/** Whether an alert is on a connection, not on an hour of a host or of a pair. */
const isOnConnection = ({ traffic_anomaly }: Alert) => traffic_anomaly.view === undefined;

test("the sweep is flagged, in alerts in order of time, and its host is the most unusual", async () => {
  const { result, alerts } = await alertsOf();
  assert.equal(result.connections, mixed.length);
  assert.equal(result.alerts, alerts.length);
  const found = alerts.filter(({ source }) => source.ip === "10.66.6.6");
  assert.ok(found.length > 320, `${found.length} of 400`);
  assert.equal(result.unusualHosts[0].host, "10.66.6.6");
  const times = alerts.filter(isOnConnection).map(({ event }) => event.start);
  assert.deepEqual(times, times.slice().sort());
});

test("an alert has ECS's required fields, uid, 5-tuple, both scores, thresholds, p-values, verdicts and worded reasons", async () => {
  const { model } = await office;
  const alerts = (await alertsOf()).alerts.filter(isOnConnection);
  const { detectors } = await loadTrafficModel(model);
  const byUid = new Map(mixed.map((connection) => [connection.uid, connection]));
  for (const alert of alerts) {
    const connection = byUid.get(alert.event.id)!;
    assert.equal(alert.event.start, timestamp(Number(connection.start.toFixed(6))));
    assert.equal(alert["@timestamp"], alert.event.end);
    assert.deepEqual(alert.ecs, { version: ecsVersion });
    assert.deepEqual(
      [alert.event.kind, alert.event.category, alert.event.type],
      ["alert", ["network"], ["info"]],
    );
    assert.deepEqual(
      [alert.source.ip, alert.destination.ip, alert.network.transport],
      [connection.sourceHost, connection.destinationHost, connection.protocol],
    );
    if (connection.protocol !== "icmp")
      assert.deepEqual(
        [alert.source.port, alert.destination.port],
        [connection.sourcePort, connection.destinationPort],
      );
    const own = alert.traffic_anomaly;
    const verdicts = [own.isolation_forest!, own.autoencoder!].map(
      ({ score, threshold, p_value, verdict }) => {
        assert.equal(verdict, score > threshold ? "anomalous" : "normal");
        assert.equal(verdict, p_value <= 0.01 / 2 ? "anomalous" : "normal");
        return verdict;
      },
    );
    assert.ok(verdicts.includes("anomalous"));
    assert.equal(
      own.p_value,
      Math.min(1, 2 * Math.min(own.isolation_forest!.p_value, own.autoencoder!.p_value)),
    );
    assert.equal(own.isolation_forest!.threshold, detectors["isolation-forest"]!.threshold.value);
    assert.ok(own.reasons.length <= 3);
    const shares = own.reasons.map(({ share }) => share);
    assert.deepEqual(
      shares,
      shares.slice().sort((a, b) => b - a),
    );
    for (const { text } of own.reasons) assert.match(text, /^.+; usual: .+$/);
    assert.ok(own.reasons.length === 0 || alert.message.includes(own.reasons[0].text));
    assert.ok(alert.event.risk_score >= 0 && alert.event.risk_score < 100);
  }
  const messages = alerts.map(({ message }) => message).join("\n");
  assert.match(
    messages,
    /10\.66\.6\.6 → 172\.30\.\d+\.\d+, tcp port 23: .*\d+ (?:hosts contacted on|connections to) port 23 within 2 s.*; usual: /,
  );
});

test("a false discovery rate alerts on the connections that its procedure reports of the whole log", async () => {
  const { model } = await office;
  const { detectors, remembered, usual } = await loadTrafficModel(model);
  const read: Connection[] = [];
  for await (const batch of readConnectionLogs([await log])) read.push(...batch);
  read.sort((a, b) => a.start - b.start);
  const table = settleFeatures(connectionTable(read, WarmWindows.ofNextLog(remembered)), usual);
  const found: Float64Array[] = [];
  for (const detector of Object.values(detectors)) found.push((await judge(detector, table)).pValues);
  for (const rate of [0.02, 0.2]) {
    const { result, alerts } = await alertsOf({ falseDiscoveryRate: rate });
    const pValues = combinedPValues(found);
    const flags = falseDiscoveryVerdicts(pValues, rate);
    assert.deepEqual(
      alerts.map(({ event, traffic_anomaly }) => [event.id, traffic_anomaly.p_value]),
      read.flatMap(({ uid }, row) => (flags[row] === 1 ? [[uid, pValues[row]]] : [])),
    );
    const { reported, rows, lowestPValue } = result.discoveries!;
    assert.deepEqual([reported, rows, lowestPValue], [alerts.length, read.length, 2 / 601]);
    assert.equal(result.budgetWarning, undefined);
    for (const { traffic_anomaly } of alerts)
      for (const own of [traffic_anomaly.isolation_forest!, traffic_anomaly.autoencoder!])
        assert.equal(own.verdict, own.score > own.threshold ? "anomalous" : "normal");
  }
  assert.equal((await alertsOf({ falseDiscoveryRate: 0.001 })).alerts.length, 0);
});

test("what a false discovery rate can't be kept for is refused: a pipe, and a log that changes", async () => {
  const options = { falseDiscoveryRate: 0.1 };
  const once = (name: string) => ({
    name: "InputError",
    message: `a false discovery rate reads the logs twice, and ${name} can be read only once: save it as a file`,
  });
  await assert.rejects(alertsOf(options, ["-"]), once("the standard input"));
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  await assert.rejects(alertsOf(options, [pipe]), once(pipe));
  const growing = join(folder, "growing");
  mkdirSync(growing);
  await writeLog(join(growing, "1.log"), later.slice(0, 300));
  // The first reading has found its logs when it tells of progress.
  const onProgress = () => writeFileSync(join(growing, "2.log"), `${header}\n${zeekTsvLine(later[300])}\n`);
  await assert.rejects(alertsOf({ ...options, onProgress }, [growing]), {
    name: "InputError",
    message: "the logs changed between their two readings, which a false discovery rate needs",
  });
  await assert.rejects(
    alertsOf({ falseDiscoveryRate: 0 }),
    /^InputError: falseDiscoveryRate must be a number in \(0, 1\), got 0$/,
  );
});

test("two runs, one thread or two, give the same bytes", async () => {
  await alertsOf({ workers: 1 });
  const first = readFileSync(join(folder, "alerts.json"));
  await alertsOf({ workers: 2 });
  assert.ok(first.equals(readFileSync(join(folder, "alerts.json"))));
});

test("one detector alone raises the alerts of its own verdict", async () => {
  const both = await alertsOf();
  for (const [detector, field] of [
    ["isolation-forest", "isolation_forest"],
    ["autoencoder", "autoencoder"],
  ] as const) {
    const { alerts, result } = await alertsOf({ detector });
    assert.deepEqual(Object.keys(result.flagged), [detector]);
    const expected = both.alerts.filter(
      ({ traffic_anomaly }) => traffic_anomaly[field]?.verdict === "anomalous",
    );
    assert.deepEqual(
      alerts.map(({ event }) => event.id),
      expected.map(({ event }) => event.id),
    );
    assert.ok(alerts.every(({ traffic_anomaly }) => Object.keys(traffic_anomaly).includes(field)));
  }
});

test("--top keeps the most anomalous, the highest risk first", async () => {
  const all = (await alertsOf()).alerts.map(({ event }) => event.risk_score).sort((a, b) => b - a);
  const { alerts, result } = await alertsOf({ top: 10 });
  assert.equal(result.alerts, all.length, "the summary counts all");
  assert.deepEqual(
    alerts.map(({ event }) => event.risk_score),
    all.slice(0, 10),
  );
});

test("an allow list silences without training again, and what it silenced is counted", async () => {
  const allow = join(folder, "allow.txt");
  writeFileSync(allow, "10.66.6.6 port 23\n");
  const all = await alertsOf();
  const { alerts, result } = await alertsOf({ allow });
  const scanning = ({ source }: Alert) => source.ip === "10.66.6.6";
  assert.equal(result.silenced, all.alerts.filter(scanning).length, "its connections, hour and pairs");
  assert.equal(result.allowed![0].silenced, result.silenced);
  assert.equal(result.views.hosts!.silenced, 1);
  assert.deepEqual(
    alerts,
    all.alerts.filter((alert) => !scanning(alert)),
  );
  assert.ok(result.unusualHosts.every(({ host }) => host !== "10.66.6.6"));
});

test("alerts and incidents make lines of an allow list that expire, and each line is counted", async () => {
  const { alerts } = await alertsOf();
  const scanned = alerts.find(({ source }) => source.ip === "10.66.6.6")!;
  const other = alerts.find(
    ({ source, source: { port } }) => source.ip !== "10.66.6.6" && port !== undefined,
  )!;
  const path = join(folder, "alerts.json");
  const list = join(folder, "made.txt");
  const options = { alerts: path, out: list, days: 2 };
  const { lines } = await allowAlerts([other.event.id], options);
  const day = new Date(Date.parse(other.event.start) + 2 * 86_400_000).toISOString().slice(0, 10);
  const { transport } = other.network;
  assert.deepEqual(lines, [
    `from ${other.source.ip} to ${other.destination.ip} ${transport}/${other.destination.port} until ${day}`,
  ]);
  assert.equal((await allowAlerts([other.event.id], options)).lines.length, 0, "it is there");
  await assert.rejects(
    allowAlerts([scanned.traffic_anomaly.incident], options),
    /would make \d+ lines: write one that covers them, such as 'from 10\.66\.6\.6'$/,
  );
  await assert.rejects(allowAlerts(["Cnone"], options), /has no alert of a connection or an incident Cnone$/);
  writeFileSync(list, `${readFileSync(list, "utf8")}from 10.66.6.6 until 2026-01-04\n`);
  const { result } = await alertsOf({ allow: list });
  assert.equal(result.alerts, alerts.length - result.silenced);
  const [made, expired] = result.allowed!;
  assert.deepEqual([made.line, made.text, made.silenced], [2, lines[0], result.silenced]);
  assert.ok(made.silenced > 0 && expired.silenced === 0 && expired.expired > 300);
});

test("an alert on a pair makes a line that silences it; one on an hour of a host is refused with a line that would", async () => {
  const { alerts } = await alertsOf();
  const of = (view: string) => alerts.find(({ traffic_anomaly }) => traffic_anomaly.view === view)!;
  const [pair, host] = [of("pairs"), of("hosts")];
  const [path, allow] = [join(folder, "alerts.json"), join(folder, "pair.txt")];
  const { lines } = await allowAlerts([pair.event.id], { alerts: path, out: allow });
  const ends = `from ${pair.source.ip} to ${pair.destination.ip} ${pair.network.transport}`;
  assert.ok(lines[0].startsWith(`${ends}/${pair.destination.port} until `), lines[0]);
  await assert.rejects(allowAlerts([host.event.id], { alerts: path }), {
    message: new RegExp(`^${host.event.id} is unusual for an hour of .*, such as 'from ${host.source.ip}'$`),
  });
  const silent = await alertsOf({ allow });
  assert.ok(!silent.alerts.some(({ event }) => event.id === pair.event.id));
  assert.equal(silent.alerts.length + silent.result.silenced, alerts.length);
  assert.equal(silent.result.views.pairs!.silenced, 1);
  const [{ line, silenced, expired }, ...others] = silent.result.allowed!;
  assert.deepEqual([line, silenced, expired, others.length], [2, silent.result.silenced, 0, 0]);
  writeFileSync(allow, lines[0].replace(/until .*/, "until 2020-01-01"));
  const late = await alertsOf({ allow });
  assert.deepEqual(late.alerts, alerts);
  assert.deepEqual([late.result.silenced, late.result.allowed![0].expired], [0, silenced]);
});

test("csv and parquet hold the alerts of json", async () => {
  const { alerts } = await alertsOf();
  const expected = alerts.map((alert) => [
    alert.event.id,
    alert.source.port ?? null,
    alert.traffic_anomaly.isolation_forest!.score,
    alert.traffic_anomaly.autoencoder!.verdict === "anomalous",
    alert.traffic_anomaly.reasons[0]?.text ?? null,
    alert.event.start.slice(0, 19).replace("T", " "),
  ]);
  const { model } = await office;
  const query = async (source: string) => {
    const sql = `SELECT uid, source_port::INTEGER, isolation_forest_score::DOUBLE, autoencoder_anomalous::BOOLEAN, reason_1,
      strftime("timestamp"::TIMESTAMP, '%Y-%m-%d %H:%M:%S') FROM ${source}`;
    return (await (await database()).runAndReadAll(sql)).getRows();
  };
  mkdirSync(join(folder, "uid=1"));
  for (const format of ["csv", "parquet"] as const) {
    const out = join(folder, "uid=1", `alerts.${format}`); // the folder is a column to Spark and DuckDB
    await scoreTraffic([await log], model, { out }); // the name says the format
    const options = format === "csv" ? ", header = true, all_varchar = true" : "";
    assert.deepEqual(await query(`read_${format}('${out}', hive_partitioning = false${options})`), expected);
  }
});

test("all connections are written with scores, p-values, verdicts and features, as the name of the file says", async () => {
  const tables: unknown[][][] = [];
  for (const ending of ["jsonl", "csv", "parquet"]) {
    const all = join(folder, `all.${ending}`);
    const { alerts, result } = await alertsOf({ all });
    const source = { jsonl: "read_json", csv: "read_csv", parquet: "read_parquet" }[ending];
    const sql = `SELECT uid, destination_port::INTEGER, anomalous::BOOLEAN, p_value::DOUBLE,
      isolation_forest_score::DOUBLE, autoencoder_score::DOUBLE FROM ${source}('${all}')`;
    const rows = (await (await database()).runAndReadAll(sql)).getRows();
    assert.equal(rows.length, result.connections);
    const raised = rows.filter(([, , isAnomalous]) => isAnomalous);
    assert.deepEqual(
      raised.map(([uid, , , p, forest, network]) => [uid, p, forest, network]),
      alerts
        .filter(isOnConnection)
        .map(({ event, traffic_anomaly: { p_value, isolation_forest, autoencoder } }) => [
          event.id,
          p_value,
          isolation_forest!.score,
          autoencoder!.score,
        ]),
    );
    tables.push(rows);
  }
  assert.deepEqual(tables[1], tables[0]);
  assert.deepEqual(tables[2], tables[0]);
  const features = connectionFeatures.map(({ name }) => name);
  const exclude = scoreFields.map(({ name }) => name).filter((name) => !features.includes(name));
  const table = await readTable(join(folder, "all.parquet"), { exclude });
  const forest = await loadModel(join((await office).model, "isolation-forest"));
  const scores = tables[0].map(([, , , , score]) => score);
  assert.deepEqual([...(await judge(forest, table)).scores], scores, "features give the scores again");
  await assert.rejects(
    alertsOf({ all: join(folder, "all.txt") }),
    /must end in \.parquet, \.csv or \.jsonl$/,
  );
});

test("a stranger's names and numbers arrive whole in JSON and Parquet, and harmless in CSV", async () => {
  const { model } = await office;
  const service = "=cmd|' /C calc'!A0";
  const label = "@<script>alert(1)</script>\u202e";
  const odd: Connection = { ...sweep(1, 1.7e9)[0], uid: "=HYPERLINK(1)", application: service, label };
  const connections = [
    { ...odd, sourceBytes: 2 ** 64, destinationBytes: 1e300 },
    { ...odd, uid: "-1.5", sourceBytes: 2 ** 63, destinationBytes: 1.5 },
  ];
  const strange = join(folder, "strange.json.log");
  const times = ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"];
  const lines = connections.map((connection, i) => ({
    ...JSON.parse(zeekJsonLine(connection)),
    ts: times[i],
  }));
  writeFileSync(strange, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const json = join(folder, "strange.json");
  await scoreTraffic([strange], model, { out: json });
  const text = readFileSync(json, "utf8");
  assert.doesNotMatch(text, /\u202e/);
  const alerts = text
    .trim()
    .split("\n")
    .map((line): Alert => JSON.parse(line))
    .filter(isOnConnection);
  assert.deepEqual(
    alerts.map((alert) => [alert.event.start.slice(0, 4), alert.traffic_anomaly.label, alert.source.bytes]),
    [
      ["0001", label, 2 ** 63],
      ["9999", label, 2 ** 64],
    ],
  );

  const parquet = join(folder, "strange.parquet");
  await scoreTraffic([strange], model, { out: parquet, format: "parquet" });
  const sql = `SELECT uid, protocol, label, source_bytes, destination_bytes, year("timestamp")::INTEGER FROM '${parquet}' WHERE "view" IS NULL`;
  assert.deepEqual((await (await database()).runAndReadAll(sql)).getRows(), [
    ["-1.5", service.toLowerCase(), label, 2 ** 63, 1.5, 1],
    ["=HYPERLINK(1)", service.toLowerCase(), label, 2 ** 64, 1e300, 9999],
  ]);

  const csv = join(folder, "strange.csv");
  await scoreTraffic([strange], model, { out: csv, format: "csv" });
  const [first, second] = readFileSync(csv, "utf8")
    .split("\n")
    .filter((line) => /^[09]\d{3}-.*,(-1\.5|'=HYPER)/.test(line));
  assert.match(first, /^0001-01-01T00:00:00\.000000Z,-1\.5,10\.66\.6\.6,/);
  assert.match(
    second,
    /^9999-12-31T23:59:59\.000000Z,'=HYPERLINK\(1\),10\.66\.6\.6,.*,tcp,1:[^,]+,'=cmd\|' \/c calc'!a0,/,
  );
  for (const line of [first, second]) assert.doesNotMatch(line, /(?:^|,)"?[=+@]/);
});

test("a log of usual traffic drifts little and stays near the budget; other traffic is said to be other", async () => {
  const calm = await writeLog(join(folder, "calm.log"), dayOf(6000).slice(3000));
  const { result: usual } = await alertsOf({}, [calm]);
  assert.equal(usual.connections, 3000);
  assert.ok(usual.drift.unseenShare < 0.05);
  assert.equal(usual.drift.warning, undefined);
  const { result } = await alertsOf({}, [await writeLog(join(folder, "other.log"), sweep(1000, 1.7e9))]);
  assert.match(
    result.drift.warning ?? "",
    /^the traffic no longer looks like what the model learned: the scores have shifted \(population stability index: isolation forest \d.*; 1 is much\), outside of its usual range is \w+ in \d+ % of the connections/,
  );
});

realLogTest("the scanning host owns the top of the ranking, by a model of other traffic", async (zeek) => {
  const model = join(folder, "models", "rotated");
  await trainOnTraffic([join(zeek, "rotated")], {
    out: model,
    outputsFolder: join(folder, "outputs"),
    ...small,
  });
  const logs = ["rotated", "small.conn.log", "port-scanning.conn.json.log"].map((name) => join(zeek, name));
  const { unusualHosts } = await scoreTraffic(logs, model, { out: join(folder, "scan.json") });
  const [first, second] = unusualHosts;
  assert.equal(first.host, "172.16.1.11");
  assert.ok(first.flagged > 4000 && first.excess > 10 * second.excess, JSON.stringify([first, second]));
});
