import assert from "node:assert/strict";
import { type ChildProcess, spawnSync } from "node:child_process";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { before, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type Alert, type Connection, type Incident, zeekTsvLine } from "traffic-anomaly";
import { zeekJsonLine } from "traffic-anomaly/dist/traffic/zeek/write-log";
import { dayOf, header, small, sweep, trainOffice } from "../detect/network";
import { temporaryFolder } from "../fixtures/folder";
import { eveLog, jsonArrayLog } from "../traffic/logs/logs";
import { type Outcome, refuse, traffic, unable } from "./command";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("follow");
const here = { cwd: folder };
const log = join(folder, "conn.log");
const out = join(folder, "alerts.json");
/** Every one of them is anomalous. */
const scan = sweep(600, 1.9e9);
const usual = dayOf(200, { seed: 8 });

before(async () => {
  await trainOffice(folder, { ...small, falseAlarmRate: 0.5 });
});
beforeEach(async () => {
  for (const name of ["conn.log", "conn.log.1", "conn.log.2", "alerts.json", "incidents.jsonl", "state.json"])
    await rm(join(folder, name), { force: true });
});

const text = (connections: readonly Connection[]) =>
  connections.map((connection) => `${zeekTsvLine(connection)}\n`).join("");

const parameters = [
  ...["score", "conn.log", "--model", "models/office", "--follow", "--out", "alerts.json"],
  ...["--detector", "isolation-forest"],
];

/** Follows the log while `work` is done, then stops it as told. */
async function following(
  work: (child: ChildProcess) => Promise<void>,
  signal: NodeJS.Signals,
  ...options: string[]
): Promise<Outcome> {
  let done: Promise<void> | undefined;
  const outcome = await traffic([...parameters, ...options], {
    ...here,
    started: (child) => {
      done = work(child).finally(() => child.kill(signal));
    },
  });
  await done;
  return outcome;
}

function alertsOf(): Alert[] {
  if (!existsSync(out)) return [];
  const lines = readFileSync(out, "utf8").split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line));
}

const incidentsOf = (): Incident[] =>
  readFileSync(join(folder, "incidents.jsonl"), "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line));

const uids = () => alertsOf().map(({ event }) => event.id);

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let waited = 0; !condition(); waited += 50) {
    assert.ok(waited < 30_000, `waited for ${what}`);
    await sleep(50);
  }
}

/** The connections that scoring the whole log at once flags: what following must not miss. */
async function flaggedAtOnce(connections: readonly Connection[]): Promise<string[]> {
  await writeFile(join(folder, "whole.log"), `${header}\n${text(connections)}`);
  const { stdout } = await traffic(
    ["score", "whole.log", "--model", "models/office", "--detector", "isolation-forest", "--quiet"],
    here,
  );
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => (JSON.parse(line) as Alert).event.id);
}

test("lines are judged as they come, in the order of time, and Ctrl+C ends it with all of them judged", async () => {
  const all = [...usual, ...scan];
  const expected = await flaggedAtOnce(all);
  const lastOfLog = expected.filter((id) => !id.includes(":")).at(-1)!; // the rest is on hours, which end with the log
  await writeFile(log, `${header}\n${text(all.slice(0, 300))}`);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    await rm(out, { force: true });
    await writeFile(log, `${header}\n${text(all.slice(0, 300))}`);
    const outcome = await following(
      async () => {
        await until(() => uids().length > 0, "the first alert");
        const rest = text(all.slice(300));
        for (let start = 0; start < rest.length; start += 9_999) {
          await appendFile(log, rest.slice(start, start + 9_999));
          await sleep(60);
        }
        await until(() => uids().includes(lastOfLog), "the last alert");
      },
      signal,
      ...["--lateness", "0.5", "--incidents", "incidents.jsonl"],
    );
    assert.equal(outcome.code, 0, outcome.stderr);
    assert.match(outcome.stdout, /^800 connections scored/);
    assert.deepEqual(uids(), expected);
    const last = new Map(incidentsOf().map((incident) => [incident.incident, incident]));
    assert.ok([...last.values()].every(({ status }) => status === "closed"));
    assert.ok(alertsOf().every((alert) => last.has(alert.traffic_anomaly.incident)));
  }
});

test("rotation and truncation lose no complete line", async () => {
  const parts = [scan.slice(0, 200), scan.slice(200, 400), scan.slice(400)];
  const last = sweep(30, 1.9e9 + 100).map((one) => ({ ...one, uid: `${one.uid}d` }));
  const expected = await flaggedAtOnce([...scan, ...last]);
  await writeFile(log, `${header}\n${text(parts[0])}`);
  const { code, stderr } = await following(
    async () => {
      await until(() => uids().length >= 100, "the first file");
      for (const part of parts.slice(1)) {
        await appendFile(log, text(part.slice(0, 50)));
        await rename(log, join(folder, part === parts[1] ? "conn.log.2" : "conn.log.1"));
        await writeFile(log, `${header}\n${text(part.slice(50))}`);
        await until(() => uids().includes(part[150].uid), "the next file");
      }
      await writeFile(log, "");
      await sleep(600);
      await writeFile(log, last.map((one) => `${zeekJsonLine(one)}\n`).join(""));
      await sleep(600);
    },
    "SIGINT",
    ...["--lateness", "0"],
  );
  assert.equal(code, 0, stderr);
  assert.match(stderr, /conn\.log was cut: it is read from its start\n/);
  const found = new Set(uids());
  assert.deepEqual(
    expected.filter((uid) => !found.has(uid)),
    [],
  );
});

test("after a stop, each line is judged once; the log may be rotated meanwhile", async () => {
  const options = ["--state", "state.json"];
  await writeFile(log, `${header}\n${text(scan.slice(0, 300))}${zeekTsvLine(scan[300]).slice(0, 40)}`);
  const state = join(folder, "state.json");
  const read = () =>
    until(() => existsSync(state) && /"at":[1-9]/.test(readFileSync(state, "utf8")), "the state");
  const first = await following(read, "SIGTERM", ...options);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /^300 connections scored/);
  await appendFile(log, `${zeekTsvLine(scan[300]).slice(40)}\n${text(scan.slice(301, 450))}`);
  await rename(log, join(folder, "conn.log.1"));
  await writeFile(log, `${header}\n${text(scan.slice(450))}`);
  const judged = () => until(() => uids().includes(scan[599].uid), "the last alert");
  const second = await following(judged, "SIGINT", ...options, "--lateness", "0.2");
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /^300 connections scored/);
  assert.equal(new Set(uids()).size, uids().length, "none twice");
  assert.ok(uids().includes(scan[300].uid), "the line that was half written at the stop");
  assert.ok(uids().length > 580, `${uids().length} of 600`);
});

test("however often it is killed, each alert and each change of an incident is written once", async () => {
  // A day later the sweep's hours are over, which are judged then, and its incident is closed after that.
  const later = { ...scan[599], uid: "Clater", start: scan[599].start + 86_400 };
  const last = { ...later, uid: `Clast-${later.uid}`, start: later.start + 1 };
  const isBefore = (uid: string) => !uid.endsWith(later.uid);
  const expected = (await flaggedAtOnce([...scan, later, last])).filter(isBefore);
  assert.ok(expected.includes(`hosts:${scan[0].uid}`));
  const options = ["--state", "state.json", "--lateness", "0.2", "--incidents", "incidents.jsonl"];
  await writeFile(log, `${header}\n`);
  let written = 0;
  for (const milliseconds of [900, 1300, 1700, 2300]) {
    const upTo = Math.min(600, written + 150);
    const { code } = await following(
      async () => {
        for (; written < upTo; written += 10) {
          await appendFile(log, text(scan.slice(written, written + 10)));
          await sleep(milliseconds / 20);
        }
        await sleep(300);
      },
      "SIGKILL",
      ...options,
    );
    assert.equal(code, null);
  }
  assert.equal(written, 600);
  await appendFile(log, text([later, last]));
  const judged = () => until(() => uids().includes(expected.at(-1)!), "the last alert before it");
  await following(judged, "SIGINT", ...options);
  assert.deepEqual(uids().filter(isBefore), expected);
  const before = alertsOf().filter(({ event }) => isBefore(event.id));
  const [id, ...more] = new Set(before.map((alert) => alert.traffic_anomaly.incident));
  assert.deepEqual(more, []);
  const own = incidentsOf().filter(({ incident }) => incident === id);
  assert.deepEqual(
    own.map(({ status, connections }) => [status, connections]),
    [
      ["open", 1],
      ["open", 10],
      ["open", 100],
      ["closed", 600],
    ],
  );
});

test("a bad line ends it after what came before was judged; the state stands before the line", async () => {
  await writeFile(log, `${header}\n${text(scan.slice(0, 50))}nonsense\n${text(scan.slice(50, 100))}`);
  const strict = await following(async () => sleep(3000), "SIGINT", "--state", "state.json");
  assert.equal(strict.code, 2);
  assert.match(strict.stderr, /^error: conn\.log, line 59: /m);
  assert.ok(uids().includes(scan[49].uid));
  const judged = () => until(() => uids().includes(scan[99].uid), "the last alert");
  const again = ["--state", "state.json", "--skip-bad-rows", "--lateness", "0"];
  const lenient = await following(judged, "SIGINT", ...again);
  assert.equal(lenient.code, 0, lenient.stderr);
  assert.match(lenient.stdout, /^50 connections scored, .*; 1 bad line skipped\n/);
});

test("a state file that is damaged or of another log is said once and moved aside, and the work goes on", async () => {
  const place = join(realpathSync(folder), "conn.log");
  const files = [{ path: log, place: 7 }];
  const damaged = JSON.stringify({ formatVersion: 4, log: place, headers: [], files, waiting: [] });
  for (const [content, sentence] of [
    ["{", /state\.json is not a state file, or damaged: it is not JSON/],
    ['{"formatVersion":0}', /state\.json is not a state file of this program's format version 4/],
    ['{"formatVersion":4,"log":"/var/log/conn.log"}', /is the state of another log, "\/var\/log\/conn\.log"/],
    [damaged, /state\.json is damaged: files\.0\.place must be a text, got 7/],
  ] as const) {
    await rm(join(folder, "state.json.set-aside"), { force: true });
    await writeFile(out, '{"@timestamp":"2030-03'); // as after a crash
    await writeFile(join(folder, "state.json"), content);
    await writeFile(log, `${header}\n${text(scan.slice(0, 50))}`);
    const judged = () => until(() => uids().includes(scan[49].uid), "the last alert");
    const { code, stderr } = await following(judged, "SIGTERM", "--state", "state.json", "--lateness", "0");
    assert.equal(code, 0, stderr);
    assert.match(stderr, sentence);
    assert.equal(stderr.match(/state\.json/g)?.length, 2, stderr);
    assert.equal(readFileSync(join(folder, "state.json.set-aside"), "utf8"), content);
    assert.equal(JSON.parse(readFileSync(join(folder, "state.json"), "utf8")).formatVersion, 4);
  }
  await rm(join(folder, "state.json.set-aside"));
});

test("a state file that can't be written is said once, and written when it can be", async () => {
  await writeFile(log, `${header}\n${text(scan.slice(0, 50))}`);
  const state = join(folder, "later", "state.json");
  const { code, stderr } = await following(
    async () => {
      await until(() => uids().length > 0, "the first alert");
      await sleep(2_500);
      await mkdir(join(folder, "later"));
      await until(() => existsSync(state), "the state file");
    },
    "SIGINT",
    ...["--state", "later/state.json", "--lateness", "0"],
  );
  await rm(join(folder, "later"), { recursive: true });
  assert.equal(code, 0, stderr);
  assert.equal(stderr.match(/cannot write to later\/state\.json: no such folder/g)?.length, 1, stderr);
});

test("alerts go on in a new file when theirs is renamed, and at the start when it is truncated", async () => {
  await writeFile(log, `${header}\n${text(scan.slice(0, 200))}`);
  const rotated = join(folder, "alerts.json.1");
  const { code, stderr } = await following(
    async () => {
      await until(() => uids().includes(scan[199].uid), "the first alerts");
      await rename(out, rotated);
      await appendFile(log, text(scan.slice(200, 400)));
      await until(() => uids().includes(scan[399].uid), "the alerts in a new file");
      assert.ok(!uids().includes(scan[199].uid));
      await truncate(out);
      await appendFile(log, text(scan.slice(400)));
      await until(() => uids().includes(scan[599].uid), "the alerts after the truncation");
      assert.ok(!uids().includes(scan[399].uid));
    },
    "SIGINT",
    ...["--lateness", "0"],
  );
  await rm(rotated);
  assert.equal(code, 0, stderr);
});

test("after a kill, a line dated 2100 does not have all the others judged again", async () => {
  const future = { ...scan[0], uid: "Cfuture", start: 4.1e9 };
  const later = sweep(5_000, 1.9e9);
  await writeFile(log, `${header}\n${text([future, ...later])}`);
  const state = join(folder, "state.json");
  const options = ["--state", "state.json", "--lateness", "1"];
  await following(
    async () => {
      await until(() => uids().length > 4_500, "the alerts");
      await until(() => readFileSync(state, "utf8").includes("Cfuture"), "the state");
    },
    "SIGKILL",
    ...options,
  );
  const { code, stderr, stdout } = await following(async () => sleep(2_000), "SIGTERM", ...options);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^\d{1,3} connections scored/);
  assert.ok(uids().includes("Cfuture"));
  assert.equal(new Set(uids()).size, uids().length, "none twice");
});

test("a log whose writer keeps the old file, and one that is copied and truncated, lose no line", async () => {
  const expected = await flaggedAtOnce(scan);
  const late = (part: number) => text(scan.slice(100 * part, 100 * (part + 1)));
  await writeFile(log, `${header}\n${late(0)}`);
  const { code, stderr } = await following(
    async () => {
      await until(() => uids().length > 50, "the first file");
      await rename(log, join(folder, "conn.log.1"));
      await writeFile(log, `${header}\n${late(1)}`);
      await until(() => uids().includes(scan[150].uid), "the new file");
      await appendFile(join(folder, "conn.log.1"), late(2));
      await until(() => uids().includes(scan[250].uid), "the old file");
      await appendFile(log, late(3));
      await copyFile(log, join(folder, "conn.log.2"));
      await truncate(log);
      await appendFile(log, late(4));
      await writeFile(join(folder, "conn-summary.2026-11-26.log"), "Top hosts\n10.0.0.1 5\n");
      await copyFile(log, join(folder, "conn-20261126.log"));
      await sleep(600);
      await appendFile(log, `${"x".repeat(9_000_000)}\n${late(5)}`);
      await until(() => uids().includes(scan[590].uid), "the last line");
    },
    "SIGINT",
    ...["--lateness", "0", "--skip-bad-rows"],
  );
  for (const name of ["conn-summary.2026-11-26.log", "conn-20261126.log"]) await rm(join(folder, name));
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^conn\.log, line 101: it is longer than 1048576 bytes, and is left out/m);
  const found = uids();
  assert.deepEqual(
    expected.filter((uid) => !found.includes(uid)),
    [],
  );
  assert.equal(new Set(found).size, found.length, "none twice");
});

test("a new log that can't be read for a while is said once, and read when it can be", async (t) => {
  const isRoot = process.getuid?.() === 0;
  const noSetpriv = isRoot && spawnSync("setpriv", ["--version"]).error;
  if (unable(t, noSetpriv ? "root needs setpriv to try this as another user" : undefined)) return;
  await chmod(folder, 0o777);
  await writeFile(log, `${header}\n${text(scan.slice(0, 100))}`);
  const work = async () => {
    await until(() => uids().includes(scan[99].uid), "the first file");
    await rename(log, join(folder, "conn.log.1"));
    await writeFile(log, `${header}\n${text(scan.slice(100, 200))}`, { mode: 0o000 });
    await sleep(1_000);
    await chmod(log, 0o644);
    await until(() => uids().includes(scan[199].uid), "the second file");
  };
  let done: Promise<void> | undefined;
  const { code, stderr } = await traffic([...parameters, "--lateness", "0"], {
    cwd: folder,
    asNobody: isRoot,
    started: (child) => {
      done = work().finally(() => child.kill("SIGINT"));
    },
  });
  await done;
  assert.equal(code, 0, stderr);
  assert.equal(stderr, "conn.log cannot be read: permission denied: it is tried again\n");
});

test("what can't be followed is refused", async () => {
  await writeFile(log, `${header}\n`);
  await writeFile(join(folder, "letter"), "dear");
  await symlink("letter", join(folder, "link"));
  await writeFile(join(folder, "array.json"), jsonArrayLog(usual));
  await writeFile(join(folder, "eve.json"), eveLog(usual));
  const follow = (file: string, ...options: string[]) =>
    ["score", file, "--model", "models/office", "--follow", ...options] as const;
  await refuse(
    [
      [follow("none.log"), /^none\.log does not exist$/],
      [
        follow("array.json"),
        /^array\.json is a JSON array, and --follow reads lines: score it without --follow$/,
      ],
      [
        follow("eve.json"),
        /^eve\.json is Suricata's EVE log, but office was trained on Zeek's conn\.log, which records other things of a connection: train a model on such logs$/,
      ],
      [follow("conn.log", "--state", "models"), /^models is not a plain file: name another state file$/],
      [follow("conn.log", "--state", "link"), /letter is not a state file, or damaged: it is not JSON$/],
    ],
    here,
  );
});
