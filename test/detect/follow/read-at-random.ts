import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "traffic-anomaly";
import { LogTail, type TailedLines } from "traffic-anomaly/dist/detect/follow/log-tail";
import { StateFile } from "traffic-anomaly/dist/detect/follow/state";
import { RandomWriter } from "./random-writer";
import { takeTurns } from "./turns";

/** So short that nobody needs to wait. */
const patience = 100;
const columns = 12;

/**
 * What became of the lines of a log that is rotated in every way while it is read, in a folder that is emptied. Between
 * any two operations on files of the reader, the writer may do any number of its own.
 *
 * @param restarts chance that reading is ended after a step, and goes on later
 * @param kills chance that reading is killed after a step, and goes on from what it last saved
 */
export async function readAtRandom(
  folder: string,
  seed: number,
  { restarts = 0, kills = 0 },
): Promise<{ lost: string[]; doubled: string[] }> {
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  const log = join(folder, "conn.log");
  const open = (from?: Parameters<typeof LogTail.open>[1]) => LogTail.open(log, from, () => {}, patience);
  const stateFile = await StateFile.open(join(folder, "state"), log, () => {});
  const save = () => stateFile.write({ ...tail.save(), waiting: [] });
  const writer = new RandomWriter(log, createRandom(seed, "log-tail"));
  const random = createRandom(seed, "reader");
  const read = new Map<string, number>();
  const take = ({ file, lines, isUnfinished }: TailedLines) => {
    for (const { text } of lines) {
      const values = text.split("\t");
      if (text.startsWith("#") || values.length < columns) continue;
      if (isUnfinished) file.takeUnfinished();
      read.set(values[1], (read.get(values[1]) ?? 0) + 1);
    }
  };
  const takeNext = async (): Promise<boolean> => {
    const found = await tail.read();
    if (found) take(found);
    return found !== undefined;
  };

  await writer.begin();
  let tail = await open();
  await save();
  let isWriting = true;
  const write = async () => {
    for (let i = 0; i < 150; i++) await writer.step();
    await writer.end();
    isWriting = false;
  };
  const readOn = async () => {
    while (isWriting) {
      await takeNext();
      if (random.uniform() < 0.1) await save();
      const chance = random.uniform();
      if (chance >= restarts + kills) continue;
      if (chance < restarts) await save();
      await tail.close();
      tail = await open(await stateFile.read());
    }
  };
  await takeTurns(createRandom(seed, "turns"), [write, readOn]);
  for (let time = 0; time < 2; time++) {
    await sleep(1.5 * patience); // what was rotated does not grow any more
    await writeFile(join(folder, `change${time}`), ""); // so that the folder is looked through at once
    for (let idle = 0; idle < 3; ) idle = (await takeNext()) ? 0 : idle + 1;
  }
  await tail.close();
  assert.ok(writer.written.length > 100);
  return {
    lost: writer.written.filter((uid) => !read.has(uid)),
    doubled: [...read].filter(([, times]) => times > 1).map(([uid]) => uid),
  };
}
