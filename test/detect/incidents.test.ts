import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  type Alert,
  type Connection,
  createRandom,
  type Incident,
  loadTrafficModel,
  scoreTraffic,
  trainOnTraffic,
} from "traffic-anomaly";
import { checked } from "traffic-anomaly/dist/common/json-file";
import type { AnyAlert } from "traffic-anomaly/dist/detect/alerts/alert";
import {
  byRisk,
  type IncidentCounts,
  incidentRisk,
  kindsOf,
} from "traffic-anomaly/dist/detect/incidents/incident";
import { IncidentTracker, mostOpen } from "traffic-anomaly/dist/detect/incidents/incident-tracker";
import { incidentsStateSchema } from "traffic-anomaly/dist/detect/incidents/incidents-schema";
import { Monitor } from "traffic-anomaly/dist/detect/monitor";
import { rowKinds } from "traffic-anomaly/dist/detect/views/row-kinds";
import type { Direction } from "traffic-anomaly/dist/traffic/local-networks";
import { View, type ViewName } from "traffic-anomaly/dist/traffic/views/view";
import { temporaryFolder } from "../fixtures/folder";
import { connectionOf } from "../traffic/connections";
import { realLogTest } from "../traffic/logs/logs";
import { dayOf, small, sweep, trainOffice, writeLog } from "./network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("incidents");
const office = trainOffice(folder);
const day = dayOf(3_000, { seed: 5 });

/** Connections a tenth of a second apart. */
function many(
  count: number,
  from: number,
  of: (i: number) => Parameters<typeof connectionOf>[0],
): Connection[] {
  return Array.from({ length: count }, (_, i) => {
    const unanswered = { state: "S0", duration: 0, sourceBytes: 0, destinationBytes: 0 };
    return connectionOf({ ...unanswered, uid: `C${from}-${i}`, start: from + i / 10, ...of(i) });
  });
}

const at = (row: number) => day[row].start;
const planted: Readonly<Record<string, readonly Connection[]>> = {
  sweep: sweep(200, at(700)),
  "port scan": many(200, at(1_000), (i) => ({ sourceHost: "10.66.1.1", destinationPort: 2_000 + i })),
  flood: many(300, at(1_400), (i) => ({
    sourceHost: `198.51.100.${i % 100}`,
    destinationHost: "10.66.2.2",
    destinationPort: 80,
  })),
  "brute force": many(100, at(1_800), () => ({
    sourceHost: "10.66.3.3",
    destinationPort: 22,
    application: "ssh",
    state: "SF",
    duration: 1,
    sourceBytes: 1_200,
    destinationBytes: 1_900,
  })),
  upload: many(1, at(2_200), () => ({
    sourceHost: "10.66.4.4",
    destinationHost: "198.51.100.1",
    destinationPort: 443,
    application: "ssl",
    state: "SF",
    duration: 900,
    sourceBytes: 3e9,
    destinationBytes: 40_000,
  })),
};
const all = [...day, ...Object.values(planted).flat()].sort((a, b) => a.start - b.start);

function linesOf<T>(path: string): T[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Alerts and incidents of connections that are judged in blocks that end at these places. */
async function judged(ends: readonly number[]) {
  const changes: Incident[] = [];
  const model = await loadTrafficModel((await office).model);
  const monitor = new Monitor(model, undefined, { onIncident: (incident) => changes.push(incident) });
  const alerts: AnyAlert[] = [];
  let start = 0;
  for (const end of ends) {
    const block = all.slice(start, end);
    alerts.push(...(await monitor.alerts(block, monitor.features(block))).map(({ alert }) => alert));
    start = end;
  }
  alerts.push(...(await monitor.lastAlerts()).map(({ alert }) => alert));
  return { alerts, changes, top: monitor.incidents.top, state: monitor.incidents.state };
}

test("a sweep, a port scan, a flood, a brute force and an upload are found, one incident each, and named", async () => {
  const out = join(folder, "alerts.json");
  const path = join(folder, "incidents.jsonl");
  const log = await writeLog(join(folder, "planted.log"), all);
  const result = await scoreTraffic([log], (await office).model, { out, incidents: path });
  const incidents = linesOf<Incident>(path);
  const alerts = linesOf<Alert>(out);
  assert.equal(incidents.length, result.incidentCount);
  assert.deepEqual(incidents.sort(byRisk).slice(0, 100), result.incidents);
  const isOfView = ({ traffic_anomaly }: Alert) => traffic_anomaly.view !== undefined;
  const viewAlerts = incidents.reduce((sum, own) => sum + own.viewAlerts, 0);
  assert.equal(viewAlerts, alerts.filter(isOfView).length);
  for (const { incident, merged = [], viewAlerts, connections } of incidents) {
    const own = alerts.filter((alert) => [incident, ...merged].includes(alert.traffic_anomaly.incident));
    const raised = own.filter((alert) => !isOfView(alert)).length;
    assert.ok(viewAlerts === 0 ? connections === raised : connections >= raised);
  }
  const byId = new Map(
    incidents.flatMap((own) => [own.incident, ...(own.merged ?? [])].map((id) => [id, own])),
  );
  for (const alert of alerts) assert.ok(byId.has(alert.traffic_anomaly.incident), alert.message);
  for (const [kind, connections] of Object.entries(planted)) {
    const uids = new Set(connections.map(({ uid }) => uid));
    const ids = alerts
      .filter(({ event }) => uids.has(event.id))
      .map((alert) => alert.traffic_anomaly.incident);
    const [own, ...more] = new Set(ids.map((id) => byId.get(id)!));
    assert.deepEqual(more, [], kind);
    assert.ok(ids.length > 0.3 * connections.length, `${kind}: ${ids.length} of ${connections.length}`);
    assert.equal(own.kinds[0], kind);
    assert.equal(own.role, kind === "flood" ? "victim" : "source");
    assert.equal(own.host, kind === "flood" ? "10.66.2.2" : connections[0].sourceHost);
    assert.ok(own.uids.length >= 1 && own.uids.length <= 5 && own.uids.every((uid) => uids.has(uid)));
    assert.ok(own.reasons.length >= 1 && own.reasons.length <= 3);
    assert.ok(own.risk > 50 && own.risk <= 100, `${kind}: ${own.risk}`);
  }
});

test("what is allowed belongs to no incident, and is counted", async () => {
  const allow = join(folder, "allow.txt");
  await writeFile(allow, `from ${planted["port scan"][0].sourceHost}\n`);
  const log = await writeLog(join(folder, "scan.log"), planted["port scan"]);
  const out = join(folder, "allowed.json");
  const result = await scoreTraffic([log], (await office).model, { out, allow });
  assert.deepEqual([result.incidentCount, result.alerts], [0, 0]);
  assert.ok(result.silenced > 100, `${result.silenced} silenced`);
});

test("however connections are cut into blocks, alerts, incidents and their changes are the same", async () => {
  const expected = await judged([all.length]);
  const random = createRandom(1, "blocks");
  for (let i = 0; i < 3; i++) {
    const cuts = Array.from({ length: 40 }, () => random.integer(all.length)).sort((a, b) => a - b);
    assert.deepEqual(await judged([...cuts, all.length]), expected);
  }
});

/** Random alerts of few sources and destinations over some hours. */
function randomAlerts(count: number) {
  const random = createRandom(2, "alerts");
  let start = 1.7e9;
  return Array.from({ length: count }, (_, i) => {
    start += random.uniform() < 0.02 ? 4_000 * random.uniform() : 10 * random.uniform();
    const connection = connectionOf({
      uid: `C${i}`,
      start,
      sourceHost: `10.0.0.${random.integer(30)}`,
      destinationHost: `10.0.1.${random.integer(4)}`,
      destinationPort: random.integer(20),
    });
    const text = `reason ${random.integer(100)}; usual: 1`;
    const reasons = [
      { feature: `f${random.integer(5)}`, value: "2", usual: "1", share: random.uniform(), text },
    ];
    const isNewService = random.integer(2) === 1;
    const direction: Direction = random.integer(2) === 1 ? "outbound" : "internal";
    return { connection, riskScore: random.integer(100), reasons, isNewService, direction };
  });
}

test("a tracker that goes on from another's state, as JSON, finds the same incidents", () => {
  const alerts = randomAlerts(2_000);
  const whole: Incident[] = [];
  const cut: Incident[] = [];
  const random = createRandom(3, "restarts");
  const tracker = new IncidentTracker(undefined, (incident) => whole.push(incident));
  let resumed = new IncidentTracker(undefined, (incident) => cut.push(incident));
  for (const alert of alerts) {
    const { start } = alert.connection;
    assert.equal(addAt(resumed, alert, start), addAt(tracker, alert, start));
    if (random.uniform() > 0.02) continue;
    const state = checked(incidentsStateSchema, JSON.parse(JSON.stringify(resumed.state)), "state");
    resumed = new IncidentTracker(state, (incident) => cut.push(incident));
  }
  assert.deepEqual(cut, whole);
  assert.deepEqual(resumed.open, tracker.open);
  assert.ok(whole.some(({ role }) => role === "victim"));
  assert.ok(whole.some(({ status }) => status === "closed"));
});

const alertOn = (values: Parameters<typeof connectionOf>[0]) => {
  const connection = connectionOf(values);
  return { connection, riskScore: 10, reasons: [], isNewService: false, direction: "internal" } as const;
};

/** The incident of an alert at a time. */
function addAt(
  tracker: IncidentTracker,
  noticed: Parameters<IncidentTracker["add"]>[0],
  time: number,
): string {
  tracker.passTime(time);
  return tracker.add(noticed);
}

test("an incident starts, is told again when it has grown tenfold, ends after an hour's silence, and is closed when its day is over", () => {
  const told: (readonly [string, number])[] = [];
  const tracker = new IncidentTracker(undefined, ({ status, connections }) =>
    told.push([status, connections]),
  );
  const ids = new Set<string>();
  for (let i = 0; i < 120; i++) ids.add(addAt(tracker, alertOn({ uid: `C${i}` }), 1_000 + i));
  ids.add(addAt(tracker, alertOn({ uid: "in time" }), 1_119 + 3_600));
  assert.equal(ids.size, 1);
  ids.add(addAt(tracker, alertOn({ uid: "later" }), 1_119 + 7_201));
  tracker.passTime(86_400);
  assert.equal(told.length, 4, "the rows of its day come now");
  tracker.passTime(86_401);
  assert.deepEqual(told, [
    ["open", 1],
    ["open", 10],
    ["open", 100],
    ["open", 1],
    ["closed", 121],
    ["closed", 1],
  ]);
  assert.equal(ids.size, 2);
  assert.equal(tracker.count, 2);
});

test("the day of a pair belongs to the incident of its connections, however long they were silent", () => {
  const view = new View("pairs", 86_400);
  const tracker = new IncidentTracker();
  const upload = connectionOf({
    start: 36_000,
    duration: 900,
    sourceBytes: 3e9,
    destinationHost: "198.18.0.1",
  });
  const noticed = { ...alertOn(upload), direction: "outbound" } as const;
  const id = addAt(tracker, noticed, upload.start);
  view.add(upload, upload.start);
  const state = JSON.parse(JSON.stringify(tracker.state));
  const other = addAt(tracker, alertOn({ uid: "other" }), 50_000);
  const [row] = view.end();
  const day = { id: "a", row, kinds: rowKinds(row), riskScore: 50, reasons: [] };
  assert.equal(tracker.addRow(day), id);
  assert.deepEqual([tracker.count, tracker.top[0].viewAlerts, tracker.top[0].connections], [2, 1, 1]);
  assert.notEqual(other, id);
  const resumed = new IncidentTracker(checked(incidentsStateSchema, state, "state"));
  resumed.passTime(50_000);
  const again = new IncidentTracker(
    checked(incidentsStateSchema, JSON.parse(JSON.stringify(resumed.state)), "state"),
  );
  assert.equal(again.addRow(day), id);
  again.passTime(86_400);
  assert.equal(again.addRow(day), id);
  again.passTime(86_401);
  assert.notEqual(again.addRow(day), id, "its day is over");
});

test("a beacon over days is one incident, after a day without it another", () => {
  const view = new View("pairs", 86_400);
  const tracker = new IncidentTracker();
  const ids: string[] = [];
  for (const at of [1, 2, 4].flatMap((days) =>
    Array.from({ length: 144 }, (_, i) => 86_400 * days + 600 * i),
  )) {
    tracker.passTime(at);
    for (const row of view.add(connectionOf({ start: at, sourceBytes: 520 }), at))
      ids.push(tracker.addRow({ id: `a${at}`, row, kinds: rowKinds(row), riskScore: 50, reasons: [] }));
  }
  const [row] = view.end();
  ids.push(tracker.addRow({ id: "last", row, kinds: rowKinds(row), riskScore: 50, reasons: [] }));
  assert.equal(ids.length, 3);
  assert.equal(ids[0], ids[1]);
  assert.notEqual(ids[1], ids[2]);
  assert.deepEqual(
    tracker.top.map(({ kinds, viewAlerts }) => [kinds[0], viewAlerts]),
    [
      ["beacon", 2],
      ["beacon", 1],
    ],
  );
});

test("rows that come late, by hours, split no incident", async () => {
  const tracker = new IncidentTracker();
  const ids = new Set<string>();
  for (let i = 0; i < 100; i++) {
    const lateness = i % 10 === 9 ? 7_200 : 0;
    ids.add(addAt(tracker, alertOn({ uid: `C${i}`, start: 60 * i - lateness }), 60 * i - lateness));
  }
  assert.equal(ids.size, 1);
  assert.equal(tracker.top[0].connections, 100);

  const model = await loadTrafficModel((await office).model);
  const slow = many(360, at(200), (i) => ({
    ...{ start: at(200) + 30 * i, sourceHost: "10.66.7.7", destinationPort: 3_000 + i },
  }));
  const late = slow.filter((_, i) => i % 40 === 39);
  const inOrder = [...day, ...slow.filter((one) => !late.includes(one))].sort((a, b) => a.start - b.start);
  const read = [...inOrder];
  for (const one of late)
    read.splice(read.findIndex(({ start }) => start > one.start + 5_400) + 1 || read.length, 0, one);
  const monitor = new Monitor(model);
  await monitor.alerts(read, monitor.features(read));
  await monitor.lastAlerts();
  const own = monitor.incidents.top.filter(({ host }) => host === "10.66.7.7");
  assert.deepEqual([own.length, own[0].kinds[0]], [1, "port scan"]);
  assert.ok(own[0].connections > 100, `${own[0].connections} connections`);
});

test("when the clock goes back for good, as in a log of another day, incidents are closed and start anew", () => {
  const told: string[] = [];
  const tracker = new IncidentTracker(undefined, ({ status, connections }) =>
    told.push(`${status} ${connections}`),
  );
  for (let i = 0; i < 5; i++) addAt(tracker, alertOn({ uid: `C${i}` }), 90_000 + i);
  for (let i = 0; i < 20; i++) addAt(tracker, alertOn({ uid: `D${i}` }), 1_000 + i);
  assert.deepEqual(told, ["open 1", "open 10", "open 1", "closed 20"]);
});

test("ten sources on one destination within a minute are one incident of the victim, within an hour if all of it fails", () => {
  const run = (seconds: number, values: Parameters<typeof connectionOf>[0]) => {
    const tracker = new IncidentTracker();
    for (let i = 0; i < 30; i++)
      addAt(tracker, alertOn({ ...values, uid: `C${i}`, sourceHost: `10.1.1.${i}` }), 1_000 + seconds * i);
    return tracker.top;
  };
  const answered = { state: "SF", destinationBytes: 10 };
  for (const [seconds, values] of [
    [1, answered],
    [300, { state: "REJ" }],
  ] as const) {
    const [victim, ...more] = run(seconds, values);
    assert.deepEqual(more, []);
    assert.deepEqual([victim.role, victim.connections, victim.sources], ["victim", 30, 30]);
    assert.equal(victim.merged?.length, 9);
  }
  assert.equal(run(60, answered).length, 30);
  assert.equal(run(500, { state: "REJ" }).length, 30);
});

test("a day of an infected camera, in 14,423 alerts, is fewer than 20 incidents", () => {
  const random = createRandom(4, "camera");
  const address = () => Array.from({ length: 4 }, () => random.integer(256)).join(".");
  const camera = "192.168.1.195";
  const failed = { state: "S0", duration: 0, sourceBytes: 0, destinationBytes: 0 };
  const tracker = new IncidentTracker();
  for (let i = 0; i < 14_423; i++) {
    const start = 1_000 + 6 * i;
    const does = random.uniform();
    const looksForOthers = { ...failed, sourceHost: camera, destinationHost: address(), destinationPort: 23 };
    const hearsItsMaster = { sourceHost: camera, destinationHost: "185.244.25.1", destinationPort: 6_667 };
    const takesPartInFlood = { ...failed, sourceHost: camera, destinationHost: "123.59.209.1" };
    const isLookedFor = { ...failed, sourceHost: address(), destinationHost: camera, destinationPort: 2_323 };
    const values =
      does < 0.7 ? looksForOthers : does < 0.8 ? hearsItsMaster : does < 0.9 ? takesPartInFlood : isLookedFor;
    addAt(tracker, alertOn({ uid: `C${i}`, start, ...values }), start);
  }
  tracker.closeAll();
  assert.ok(tracker.count < 20, `${tracker.count} incidents`);
  const [own, others] = tracker.top;
  assert.deepEqual([own.host, own.role, own.kinds[0]], [camera, "source", "sweep"]);
  assert.deepEqual([others.host, others.role], [camera, "victim"]);
});

test("no more incidents are open than there is room for, and the one silent for longest is closed first", () => {
  const closed: string[] = [];
  const tracker = new IncidentTracker(undefined, ({ status, host }) => {
    if (status === "closed") closed.push(host);
  });
  for (let i = 0; i < mostOpen + 3; i++) {
    const host = `h${i}`;
    addAt(tracker, alertOn({ uid: host, sourceHost: host, destinationHost: `to ${host}` }), 1_000 + i / 10);
    if (i === 5) addAt(tracker, alertOn({ sourceHost: "h0", destinationHost: "to h0" }), 1_001);
  }
  assert.deepEqual(closed, ["h1", "h2", "h3"]);
  assert.equal(tracker.open.length, mostOpen);
  for (let i = 0; i < 2_000; i++)
    addAt(tracker, alertOn({ sourceHost: "h9", destinationHost: `d${i}` }), 1_200);
  assert.equal(tracker.open.find(({ host }) => host === "h9")?.hosts, 1_000);
});

test("what an incident looks like follows its counts", () => {
  const counts: IncidentCounts = {
    ...{ role: "source", connections: 100, seconds: 90, hosts: 1, ports: 1, probes: 0, mostSent: 0 },
    ...{ logins: 0, newServices: 0 },
  };
  assert.deepEqual(kindsOf(counts), ["other"]);
  assert.deepEqual(kindsOf({ ...counts, mostSent: 1e7 }), ["upload"]);
  assert.deepEqual(kindsOf({ ...counts, mostSent: 9_999_999 }), ["other"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 10 }), ["port scan"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 49, ports: 10 }), ["other"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 2, hosts: 10 }), ["sweep"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 9, hosts: 2 }), ["flood"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 9, hosts: 2, seconds: 101 }), ["other"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 10, role: "victim" }), ["flood"]);
  assert.deepEqual(kindsOf({ ...counts, probes: 50, ports: 10, role: "victim", seconds: 101 }), [
    "port scan",
  ]);
  assert.deepEqual(kindsOf({ ...counts, logins: 50, newServices: 50, hosts: 9 }), [
    "brute force",
    "new service",
  ]);
  assert.deepEqual(kindsOf({ ...counts, logins: 50, hosts: 10 }), ["other"]);
});

test("an incident's risk grows with its alerts', their number, what it looks like and where it leads, and stays within 100", () => {
  assert.equal(incidentRisk(50, 1, ["other"], true), 50);
  assert.equal(incidentRisk(50, 64, ["other"], true), 75);
  assert.equal(incidentRisk(50, 64, ["sweep"], true), 87.5);
  for (const kind of ["upload", "beacon", "dns tunnel", "new service"] as const) {
    assert.equal(incidentRisk(50, 1, [kind], false), 75);
    assert.equal(incidentRisk(50, 1, [kind], true), 87.5);
  }
  assert.ok(incidentRisk(99.99, 4_000_000_000, ["flood", "upload"], true) <= 100);
});

/** The incident of one row: an hour of a host, or a day of a pair. */
function incidentOfRow(name: ViewName, connections: readonly Connection[]): Incident {
  const view = new View(name, 86_400);
  for (const connection of connections) view.add(connection, connection.start);
  const [row] = view.end();
  const tracker = new IncidentTracker();
  tracker.addRow({ id: "a", row, kinds: rowKinds(row), riskScore: 50, reasons: [] });
  return tracker.open[0];
}

test("the usual connections of an hour with one unusual sum add no risk, those that look like something do", () => {
  const to = (destinationHost: string) =>
    many(64, 0, (i) => ({ start: 60 * i, destinationHost, destinationBytes: 9, sourceBytes: 9 }));
  const hour = incidentOfRow("hosts", to("198.18.0.1"));
  assert.deepEqual([hour.kinds, hour.risk, hour.connections, hour.outbound], [["other"], 50, 64, 64]);
  const beacon = incidentOfRow("pairs", to("198.18.0.1"));
  assert.deepEqual([beacon.kinds, beacon.risk], [["beacon"], 93.75]);
  const within = incidentOfRow("pairs", to("10.0.0.2"));
  assert.deepEqual([within.kinds, within.risk, within.outbound], [["beacon"], 87.5, 0]);
});

test("what goes to a host of ours is no upload, and large files are no passwords", () => {
  const send = (destinationHost: string, direction: "internal" | "outbound") => {
    const tracker = new IncidentTracker();
    for (let i = 0; i < 20; i++) {
      const connection = connectionOf({
        ...{ uid: `C${i}`, protocol: "tcp", destinationHost, destinationPort: 22 },
        ...{ sourceBytes: 1e8, destinationBytes: 100, state: "SF" },
      });
      addAt(tracker, { connection, riskScore: 10, reasons: [], isNewService: false, direction }, i);
    }
    return tracker.open[0].kinds;
  };
  assert.deepEqual(send("10.0.0.9", "internal"), ["other"]);
  assert.deepEqual(send("198.18.0.1", "outbound"), ["upload"]);
});

test("the most risky incident comes first, of equals the larger, then the earlier, then by the id", () => {
  const tracker = new IncidentTracker();
  addAt(tracker, alertOn({ sourceHost: "10.0.0.1" }), 1_000);
  const [one] = tracker.top;
  const inOrder: Incident[] = [
    { ...one, risk: 90 },
    { ...one, risk: 50, connections: 9 },
    { ...one, risk: 50, first: "1969-12-31T23:59:59.000000Z" },
    { ...one, risk: 50, incident: "0" },
    { ...one, risk: 50, incident: "1" },
  ];
  assert.deepEqual([...inOrder].reverse().sort(byRisk), inOrder);
});

test("a name for incidents that is that of something else is refused", async () => {
  const { model } = await office;
  const log = await writeLog(join(folder, "refused.log"), all.slice(0, 10));
  const out = join(folder, "refused.json");
  const cases: [string, RegExp][] = [
    [
      join(folder, "incidents.csv"),
      /incidents are lines of JSON: .*incidents\.csv must end in \.jsonl or \.json/,
    ],
    [out, /can't hold alerts and incidents: name another file for one of them/],
  ];
  for (const [incidents, message] of cases)
    await assert.rejects(scoreTraffic([log], model, { out, incidents }), message);
  const named = await writeLog(join(folder, "log.json"), all.slice(0, 10));
  await assert.rejects(scoreTraffic([named], model, { incidents: named }), /is read: choose another output/);
});

realLogTest(
  "real logs: one or two incidents of thousands of alerts of a scanner, and one of all strangers to a host",
  async (zeek) => {
    const model = join(folder, "models", "real");
    const usual = ["small.conn.log", "rotated"].map((name) => join(zeek, name));
    await trainOnTraffic(usual, { out: model, outputsFolder: join(folder, "outputs"), ...small });
    const incidentsOf = async (name: string) => {
      const result = await scoreTraffic([join(zeek, name)], model, { out: join(folder, "real.json") });
      assert.ok(result.alerts > 2_000, `${result.alerts} alerts`);
      return result;
    };
    const scan = await incidentsOf("port-scanning.conn.json.log");
    assert.ok(scan.incidentCount <= 2, `${scan.incidentCount} incidents`);
    for (const { host, kinds } of scan.incidents)
      assert.deepEqual([host, kinds[0]], ["172.16.1.11", "port scan"]);
    const viewAlerts = Object.values(scan.views).reduce((sum, { alerts }) => sum + alerts, 0);
    assert.ok(scan.incidents[0].connections >= scan.alerts - viewAlerts);
    const exposed = await incidentsOf("windows-host-mixed.conn.log.labeled");
    assert.ok(exposed.incidentCount < 40, `${exposed.incidentCount} incidents`);
    const strangers = exposed.incidents.find(({ role }) => role === "victim");
    assert.deepEqual([strangers?.host, strangers?.kinds[0]], ["147.32.83.234", "port scan"]);
    assert.ok(
      strangers!.sources > 100,
      `${strangers!.sources} sources, ${strangers!.connections} connections`,
    );
  },
);
