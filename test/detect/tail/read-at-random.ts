import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "traffic-anomaly";
import type { SavedFiles } from "traffic-anomaly/dist/detect/tail/known-files";
import type { LogLine } from "traffic-anomaly/dist/detect/tail/line-splitter";
import { LogTail } from "traffic-anomaly/dist/detect/tail/log-tail";
import { RandomWriter } from "./random-writer";

/** So short that nobody needs to wait. */
const patience = 30;

/**
 * What became of the lines of a log that is rotated in every way while it is read, in a folder that is emptied.
 *
 * @param kills chance that reading is killed after a step, and goes on from what it last saved
 */
export async function readAtRandom(
  folder: string,
  seed: number,
  kills: number,
): Promise<{ lost: string[]; doubled: string[] }> {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  const log = join(folder, "conn.log");
  const open = (from?: SavedFiles) => LogTail.open(log, from, () => {}, patience);
  const saved = (tail: LogTail): SavedFiles => JSON.parse(JSON.stringify(tail.save()));
  const writer = new RandomWriter(log, createRandom(seed, "log-tail"));
  await writer.begin();
  let tail = await open();
  let state = saved(tail);
  const read = new Map<string, number>();
  const take = (lines: readonly LogLine[] = []) => {
    for (const { text } of lines) {
      const uid = text.split("\t")[1];
      if (!text.startsWith("#")) read.set(uid, (read.get(uid) ?? 0) + 1);
    }
  };
  const takeRest = async () => {
    await sleep(2 * patience); // what was rotated does not grow any more
    for (let idle = 0; idle < 3; ) {
      const found = await tail.read();
      take(found?.lines);
      idle = found ? 0 : idle + 1;
    }
  };
  for (let i = 0; i < 150; i++) {
    await writer.step();
    for (let steps = writer.random.integer(4); steps > 0; steps--) take((await tail.read())?.lines);
    if (writer.random.uniform() < 0.2) state = saved(tail);
    if (writer.random.uniform() >= kills) continue;
    await tail.close();
    await writer.step();
    tail = await open(state);
  }
  await writer.end();
  await takeRest();
  await takeRest();
  await tail.close();
  assert.ok(writer.written.length > 100);
  return {
    lost: writer.written.filter((uid) => !read.has(uid)),
    doubled: [...read].filter(([, times]) => times > 1).map(([uid]) => uid),
  };
}
