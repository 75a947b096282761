import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { createReadStream, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom, type Random } from "traffic-anomaly";
import { traffic } from "../cli/command";
import { RandomWriter } from "../detect/follow/random-writer";
import { small, trainOffice } from "../detect/network";
import type { Kind, Trial } from "./trial";

/** A log that is rotated in every way, again and again, while following it is killed: each line is judged, and written once. */
export const killsWhileFollowing: Kind = {
  fault: "lines of a log that is followed through rotations and kills -9, each written once",
  times: { long: 25, short: 1 },
  run: (trial, folder, kills) =>
    follow(trial, folder, { kills, rotations: 2 * kills + 1, pause: 200, most: 1_000 }),
};

/** 20 rotations 50 ms apart, over and over, without a kill: each line is judged once. */
export const quickRotations: Kind = {
  fault: "lines of a log that is followed through rotations 50 ms apart",
  times: { long: 200, short: 10 },
  run: (trial, folder, rotations) => follow(trial, folder, { rotations, kills: 0, pause: 50, most: 300 }),
};

interface Course {
  readonly kills: number;
  readonly rotations: number;
  /** Milliseconds between the writer's steps. */
  readonly pause: number;
  /** Lines that are written in a step at most. */
  readonly most: number;
}

async function follow(trial: Trial, folder: string, course: Course): Promise<void> {
  // With so high a rate of false alarms, each line of the writer is an alert.
  await trainOffice(folder, { ...small, falseAlarmRate: 0.98 });
  const logs = join(folder, "logs");
  mkdirSync(logs);
  const writer = new RandomWriter(
    join(logs, "conn.log"),
    createRandom(course.kills, "following"),
    course.most,
  );
  await writer.begin();
  const writing = new AbortController();
  const written = write(writer, folder, course).finally(() => writing.abort());
  await killAgainAndAgain(folder, course.kills, writing.signal, writer.random);
  await written;
  const { code, stderr } = await run(folder, (child) =>
    judged(folder, writer).then(() => child.kill("SIGTERM")),
  );
  assert.equal(code, 0, stderr);
  await report(trial, writer, folder, course);
}

/** Writes and rotates from when the log is followed first: what was rotated before is not read. */
async function write(writer: RandomWriter, folder: string, { rotations, pause }: Course): Promise<void> {
  while (!existsSync(join(folder, "state.json"))) await sleep(50);
  while (writer.rotations < rotations) {
    await writer.step();
    await sleep(pause);
  }
  await writer.end();
}

/** Follows until the writer has ended, and is killed at moments of all kinds, such as while it starts. */
async function killAgainAndAgain(
  folder: string,
  kills: number,
  end: AbortSignal,
  random: Random,
): Promise<void> {
  for (let killed = 0; killed < kills || !end.aborted; killed++) {
    const isLast = killed >= kills;
    const { code, signal, stderr } = await run(folder, async (child) => {
      const milliseconds = isLast ? 3_600_000 : 300 + 3_000 * random.uniform();
      await sleep(milliseconds, undefined, isLast ? { signal: end } : {}).catch(() => {});
      child.kill(isLast ? "SIGTERM" : "SIGKILL");
    });
    // The writer may have ended while it was starting: before it listens to the signal, or after.
    const isEnded = code === 0 || code === 143 || signal === "SIGTERM";
    assert.ok(isLast ? isEnded : signal === "SIGKILL", `exit code ${code}, ${signal}: ${stderr}`);
  }
}

async function run(folder: string, work: (child: ChildProcess) => Promise<unknown>) {
  let done: Promise<unknown> | undefined;
  const parameters = [
    "score",
    "logs/conn.log",
    "--model",
    "models/office",
    "--follow",
    "--out",
    "alerts.json",
  ];
  const options = ["--state", "state.json", "--lateness", "1", "--detector", "isolation-forest"];
  const outcome = await traffic([...parameters, ...options], {
    cwd: folder,
    started: (child) => {
      done = work(child);
    },
  });
  await done;
  return outcome;
}

/** How often each line was judged. */
async function timesJudged(folder: string): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  if (!existsSync(join(folder, "alerts.json"))) return times;
  for await (const line of createInterface(createReadStream(join(folder, "alerts.json")))) {
    // The last may be half written.
    const id = /"event":\{[^}]*"id":"(\w+)"/.exec(line)?.[1];
    if (id) times.set(id, (times.get(id) ?? 0) + 1);
  }
  return times;
}

/** Waits until each line was judged and none is judged again for a while, or half a minute without any change. */
async function judged(folder: string, { written }: RandomWriter): Promise<void> {
  let before = -1;
  for (let same = 0; same < 30; ) {
    await sleep(1_000);
    const times = await timesJudged(folder);
    const sum = [...times.values()].reduce((sum, count) => sum + count, 0);
    same = sum === before ? same + 1 : 0;
    before = sum;
    if (same >= 3 && written.every((uid) => times.has(uid))) return;
  }
}

async function report(trial: Trial, writer: RandomWriter, folder: string, { kills }: Course): Promise<void> {
  const times = await timesJudged(folder);
  const doubled = [...times.values()].filter((count) => count > 1).length;
  const { written, rotations } = writer;
  for (const uid of written) {
    const count = times.get(uid) ?? 0;
    trial.count(uid, count === 0 ? "lost" : count > 1 ? "twice" : undefined);
  }
  const lost = written.filter((uid) => !times.has(uid)).length;
  console.error(
    `${rotations} rotations, ${kills} kills: ${written.length} lines written, ${lost} lost, ${doubled} judged twice`,
  );
}
