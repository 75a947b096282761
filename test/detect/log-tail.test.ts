import assert from "node:assert/strict";
import { appendFile, copyFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { InputError } from "traffic-anomaly";
import { type LogPosition, LogTail, type TailedLine } from "traffic-anomaly/dist/detect/log-tail";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("log-tail");
const log = join(folder, "conn.log");
let notices: string[] = [];
beforeEach(async () => {
  for (const name of ["conn.log", "conn.log.1", "conn.log.2", "conn-summary.1.log", "copy"])
    await rm(join(folder, name), { force: true });
  notices = [];
});

const open = (from?: LogPosition) => LogTail.open(log, from, (sentence) => notices.push(sentence));

/** Reads until nothing comes any more. */
async function rest(tail: LogTail): Promise<TailedLine[]> {
  const lines: TailedLine[] = [];
  for (let idle = 0; idle < 4; ) {
    const found = await tail.read();
    lines.push(...found);
    idle = found.length > 0 ? 0 : idle + 1;
  }
  return lines;
}
const texts = (lines: readonly TailedLine[]) => lines.map(({ text }) => text);

test("a line is read when its end is written, and not before", async () => {
  await writeFile(log, "one\ntw");
  const tail = await open();
  assert.deepEqual(texts(await rest(tail)), ["one"]);
  await appendFile(log, "o\nthr");
  assert.deepEqual(texts(await rest(tail)), ["two"]);
  await appendFile(log, "ee");
  assert.deepEqual(await rest(tail), []);
  await appendFile(log, "\n");
  const [line] = await rest(tail);
  assert.deepEqual([line.text, line.number, line.position().offset], ["three", 3, 8]);
  await tail.close();
});

test("a rotated log is read to its end, then the new one", async () => {
  await writeFile(log, "a1\na2\n");
  const tail = await open();
  assert.deepEqual(texts(await rest(tail)), ["a1", "a2"]);
  await appendFile(log, "a3\n");
  await rename(log, join(folder, "conn.log.1"));
  assert.deepEqual(texts(await tail.read()), ["a3"]);
  await appendFile(join(folder, "conn.log.1"), "a4\n");
  await writeFile(log, "b1\n");
  const lines = await rest(tail);
  assert.deepEqual(texts(lines), ["a4", "b1"]);
  assert.deepEqual(
    lines.map(({ newFile }) => Boolean(newFile)),
    [false, true],
  );
  assert.equal(lines[1].number, 1);
  await tail.close();
});

test("a log rotated twice before anybody looked loses no line, and other logs beside it are left alone", async () => {
  await writeFile(log, "a1\n");
  const tail = await open();
  assert.deepEqual(texts(await rest(tail)), ["a1"]);
  await appendFile(log, "a2\n");
  await rename(log, join(folder, "conn.log.2"));
  await sleep(20);
  await writeFile(log, "b1\n");
  await rename(log, join(folder, "conn.log.1"));
  await writeFile(join(folder, "copy"), "x\n");
  await sleep(20);
  await writeFile(log, "c1\n");
  assert.deepEqual(texts(await rest(tail)), ["a2", "b1", "c1"]);
  await tail.close();
});

test("a last line without an end is given when its file was rotated", async () => {
  await writeFile(log, "a1\na2");
  const tail = await open();
  await rest(tail);
  await rename(log, join(folder, "conn.log.1"));
  await writeFile(log, "b1\n");
  const lines = await rest(tail);
  assert.deepEqual(texts(lines), ["a2", "b1"]);
  assert.equal(lines[0].unfinished, true);
  await tail.close();
});

test("a log that is cut, as by copytruncate, is read from its begin, and this is said", async () => {
  await writeFile(log, "a1\na2\n");
  const tail = await open();
  await rest(tail);
  await copyFile(log, join(folder, "copy"));
  await truncate(log);
  await rest(tail);
  await appendFile(log, "b1\n");
  assert.deepEqual(texts(await rest(tail)), ["b1"]);
  assert.match(notices[0], /conn\.log was cut: it is read from its begin$/);
  await tail.close();
});

test("reading goes on where it ended, with the headers again, also in a file that was rotated meanwhile", async () => {
  await writeFile(log, "#fields\nä1\na2\na3\n");
  const first = await open();
  const position = (await rest(first))[2].position();
  await first.close();

  const second = await open(position);
  const lines = await rest(second);
  assert.deepEqual(texts(lines), ["#fields", "a2", "a3"]);
  assert.deepEqual(
    lines.map(({ repeated, number, newFile }) => [Boolean(repeated), number, Boolean(newFile)]),
    [
      [true, 1, false],
      [false, 3, false],
      [false, 4, false],
    ],
  );
  await second.close();

  await appendFile(log, "a4\n");
  await rename(log, join(folder, "conn.log.1"));
  await writeFile(log, "#fields\nb1\n");
  const third = await open(position);
  assert.deepEqual(texts(await rest(third)), ["#fields", "a2", "a3", "a4", "#fields", "b1"]);
  assert.deepEqual(notices, []);
  await third.close();
});

test("a file that is gone, or whose inode has another content, is noticed", async () => {
  await writeFile(log, "a1\na2\n");
  const first = await open();
  const position = (await rest(first))[1].position();
  await first.close();
  for (const change of [() => writeFile(log, "b1\nb2\n"), () => writeFile(log, "")]) {
    await change();
    notices = [];
    const tail = await open(position);
    await rest(tail);
    assert.match(notices[0], /is gone or was written anew: it is read from its begin/);
    await tail.close();
  }
  await rm(log);
  await assert.rejects(open(position), (error: Error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /conn\.log does not exist$/);
    return true;
  });
});
