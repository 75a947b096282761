import assert from "node:assert/strict";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Alert,
  type Connection,
  connectionTable,
  createRandom,
  loadTrafficModel,
  readConnectionLogs,
  scoreTraffic,
  trainOnTraffic,
} from "traffic-anomaly";
import { Monitor } from "traffic-anomaly/dist/detect/monitor";
import { WarmWindows } from "traffic-anomaly/dist/traffic/windows/warm-windows";
import { temporaryFolder } from "../fixtures/folder";
import { realLogTest } from "../traffic/logs/logs";
import { dayOf, small, sweep, trainOffice, writeLog } from "./network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("warm");
const office = trainOffice(folder);
const state = join(folder, "state.json");

/** A day with a sweep, in order of time. */
const day = dayOf(3_000, { seed: 5 });
const all = [...day, ...sweep(300, day[1_200].start)].sort((a, b) => a.start - b.start);

async function scored(connections: readonly Connection[], name: string, allow?: string) {
  const { model } = await office;
  const log = await writeLog(join(folder, `${name}.log`), connections);
  const out = join(folder, `${name}.json`);
  const result = await scoreTraffic([log], model, { out, state, allow });
  const lines = readFileSync(out, "utf8").split("\n").slice(0, -1);
  return { result, alerts: lines.map((line): Alert => JSON.parse(line)) };
}

async function alertsOf(connections: readonly Connection[], name: string): Promise<Alert[]> {
  return (await scored(connections, name)).alerts;
}

test("however a log is cut into files and runs, the alerts are the same", async () => {
  const expected = await alertsOf(all, "whole");
  assert.ok(expected.length > 250, `${expected.length} alerts`);
  const views = new Set(expected.map(({ traffic_anomaly }) => traffic_anomaly.view));
  assert.deepEqual([...views].sort(), ["hosts", "pairs", undefined]);
  const random = createRandom(1, "cuts");
  const places = Array.from({ length: 20 }, () => Math.floor(random.uniform() * all.length)).sort(
    (a, b) => a - b,
  );
  const cuts = [0, ...new Set(places), all.length];
  rmSync(state, { force: true });
  const found: Alert[] = [];
  for (const [i, end] of cuts.slice(1).entries())
    found.push(...(await alertsOf(all.slice(cuts[i], end), `part-${i}`)));
  assert.deepEqual(found, expected);
});

test("a log over midnight gives the same alerts in one, cut there, and in any time zone", async () => {
  const midnight = 86_400 * Math.ceil(day[1_300].start / 86_400);
  const shift = midnight - day[1_300].start; // the sweep goes on over midnight
  const night = all.map((one) => ({ ...one, start: one.start + shift }));
  const at = night.findIndex(({ start }) => start >= midnight);
  rmSync(state, { force: true });
  const whole = await alertsOf(night, "night");
  const first = whole.findIndex(({ traffic_anomaly }) => traffic_anomaly.view === "hosts");
  assert.ok(first > 0, "hours are over at midnight");
  const zone = process.env.TZ;
  try {
    process.env.TZ = "Pacific/Auckland";
    rmSync(state);
    const parts = [
      ...(await alertsOf(night.slice(0, at), "evening")),
      ...(await alertsOf(night.slice(at), "morning")),
    ];
    assert.deepEqual(parts, whole);
  } finally {
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
  }
});

test("however a log is cut, the lines of an allow list silence and count the same", async () => {
  const allow = join(folder, "allow.txt");
  writeFileSync(allow, "10.66.6.6 tcp/23\nservice dns\nfrom 10.20.3.0/28\n");
  const countsOf = async (cuts: readonly number[]) => {
    rmSync(state, { force: true });
    const sums = [0, 0, 0, 0];
    for (const [i, end] of cuts.slice(1).entries()) {
      const { result, alerts } = await scored(all.slice(cuts[i], end), `allowed-${i}`, allow);
      sums[0] += alerts.length;
      for (const { line, silenced } of result.allowed!) sums[line] += silenced;
    }
    return sums;
  };
  const expected = await countsOf([0, all.length]);
  assert.ok(expected[1] > 200 && expected[3] > 0, `${expected}`);
  assert.deepEqual(await countsOf([0, 600, 1_250, 1_260, 2_000, all.length]), expected);
});

test("the same logs scored again with the state, as after a kill, give the same alerts", async () => {
  rmSync(state, { force: true });
  await alertsOf(all.slice(0, 1_300), "morning");
  const first = await alertsOf(all.slice(1_300, 2_000), "noon");
  const { model } = await office;
  const out = join(folder, "noon.json");
  const log = join(folder, "noon.log");
  const before = readFileSync(out, "utf8");
  await scoreTraffic([log], model, { out, state });
  assert.equal(readFileSync(out, "utf8"), before);
  assert.ok(first.length > 0);
});

test("a model's windows are those at the end of training: its next connections are judged as in one run", async () => {
  const { model: path } = await office;
  const model = await loadTrafficModel(path);
  const monitor = new Monitor(model);
  const before = monitor.remembered;
  assert.deepEqual(before, model.remembered);
  const dstHostCount = monitor
    .features(day.slice(0, 50))
    .features.find(({ name }) => name === "dst_host_count")!;
  assert.ok(dstHostCount.kind === "numeric" && dstHostCount.values.some((count) => count > 50));
});

test("windows that know nothing raise hardly more alerts than those that remember, and know when they are cold no more", async () => {
  const model = await loadTrafficModel((await office).model);
  const empty = WarmWindows.cold(model.windows);
  const alerts = async (remembered = empty.state) => {
    const monitor = new Monitor(model, undefined, { remembered });
    return (await monitor.alerts(day, monitor.features(day))).length;
  };
  const [cold, warm] = [await alerts(), await alerts(model.remembered)];
  assert.ok(cold <= warm + 5, `${cold} alerts cold, ${warm} warm`);
  assert.equal(empty.coldConnections, 1_000);
  connectionTable(day.slice(0, 1_001), empty);
  assert.equal(empty.coldConnections, 0);
  assert.equal(WarmWindows.ofNextLog(model.remembered).coldConnections, 0);
});

test("a state of something else is refused and left alone", async () => {
  const { model } = await office;
  const log = await writeLog(join(folder, "log.log"), all.slice(0, 10));
  const out = join(folder, "alerts.json");
  const cases: [string, RegExp][] = [
    ["dear diary", /state\.json is damaged: it is not JSON/],
    ['{"formatVersion":1}', /is not a state file of this program's format version 4: name another file/],
    [
      '{"formatVersion":4,"log":"/var/log/conn.log"}',
      /is the state of --follow \/var\/log\/conn\.log: name another/,
    ],
    ['{"formatVersion":4,"logs":[]}', /is damaged: remembered is missing/],
  ];
  for (const [content, message] of cases) {
    writeFileSync(state, content);
    await assert.rejects(scoreTraffic([log], model, { out, state }), message);
    assert.equal(readFileSync(state, "utf8"), content);
  }
  rmSync(state);
  await assert.rejects(scoreTraffic([log], model, { out, state: out }), /can't hold alerts and the state/);
  await assert.rejects(scoreTraffic([log], model, { out, state: log }), /is read: choose another output/);
});

realLogTest(
  "a real log cut at twenty random places, some parts scored twice as after a kill, gives the alerts of the whole",
  async (zeek) => {
    const model = join(folder, "models", "real");
    const usual = ["small.conn.log", "rotated"].map((name) => join(zeek, name));
    await trainOnTraffic(usual, { out: model, outputsFolder: join(folder, "outputs"), ...small });
    const scan: Connection[] = [];
    for await (const read of readConnectionLogs([join(zeek, "port-scanning.conn.json.log")]))
      scan.push(...read);
    scan.sort((a, b) => a.start - b.start);
    const linesOf = async (start: number, end: number) => {
      const log = await writeLog(join(folder, `real-${start}.log`), scan.slice(start, end));
      const out = join(folder, "real.json");
      await scoreTraffic([log], model, { out, state });
      return { lines: readFileSync(out, "utf8"), again: () => scoreTraffic([log], model, { out, state }) };
    };
    rmSync(state, { force: true });
    const { lines: expected } = await linesOf(0, scan.length);
    assert.ok(expected.split("\n").length > 2_000);
    rmSync(state);
    const random = createRandom(2, "real cuts");
    const places = Array.from({ length: 20 }, () => random.integer(scan.length)).sort((a, b) => a - b);
    const cuts = [0, ...new Set(places), scan.length];
    let found = "";
    for (const [i, end] of cuts.slice(1).entries()) {
      const { lines, again } = await linesOf(cuts[i], end);
      if (random.uniform() < 0.5) await again();
      found += lines;
    }
    assert.equal(found, expected);
  },
);
