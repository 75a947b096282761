import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import {
  appendFile,
  copyFile,
  open as openFile,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { InputError, zeekTsvLine } from "traffic-anomaly";
import type { SavedFiles } from "traffic-anomaly/dist/detect/follow/known-files";
import type { LogLine } from "traffic-anomaly/dist/detect/follow/line-splitter";
import { LogTail } from "traffic-anomaly/dist/detect/follow/log-tail";
import { share } from "../../fixtures/cases";
import { temporaryFolder } from "../../fixtures/folder";
import { header, sweep } from "../network";
import { readAtRandom } from "./read-at-random";

const folder = temporaryFolder("log-tail");
const log = join(folder, "conn.log");
const at = (name: string) => join(folder, name);
let notices: string[] = [];
beforeEach(() => {
  for (const name of readdirSync(folder)) rmSync(at(name));
  notices = [];
});

/** So short that tests need not wait. */
const patience = 250;
const open = (from?: SavedFiles) => LogTail.open(log, from, (sentence) => notices.push(sentence), patience);

/** As a state file keeps it. */
const saved = (tail: LogTail): SavedFiles => JSON.parse(JSON.stringify(tail.save()));

interface Read extends LogLine {
  readonly isUnfinished: boolean;
}

/** Reads until nothing comes any more. */
async function rest(tail: LogTail): Promise<Read[]> {
  const lines: Read[] = [];
  for (let idle = 0; idle < 3; ) {
    const found = await tail.read();
    for (const line of found?.lines ?? [])
      lines.push({ ...line, isUnfinished: found?.isUnfinished ?? false });
    idle = found ? 0 : idle + 1;
  }
  return lines;
}

/** What is read after a rotated file did not grow for a while. */
async function later(tail: LogTail): Promise<Read[]> {
  await sleep(1.2 * patience);
  return rest(tail);
}
const texts = (lines: readonly LogLine[]) => lines.map(({ text }) => text);
const numbered = (first: number, count: number) =>
  sweep(first + count, 1.9e9)
    .slice(first)
    .map((connection) => zeekTsvLine(connection));
const content = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");
const connectionsOf = (lines: readonly LogLine[]) => texts(lines).filter((text) => !text.startsWith("#"));
const isWhole = ({ isUnfinished }: Read) => !isUnfinished;
const headerLines = header.split("\n").length;

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
  assert.deepEqual([line.text, line.number, line.offset], ["three", 3, 8]);
  await tail.close();
});

test("a rotated log is read on while its writer keeps it, and so is the new one", async () => {
  await writeFile(log, content([header, ...numbered(0, 2)]));
  const tail = await open();
  assert.equal((await rest(tail)).length, headerLines + 2);
  await rename(log, at("conn.log.1"));
  const [a, b, c, d] = numbered(2, 4);
  await appendFile(at("conn.log.1"), content([a]));
  assert.deepEqual(texts(await rest(tail)), [a]);
  await writeFile(log, content([b]));
  assert.deepEqual(texts(await rest(tail)), [b]);
  await appendFile(at("conn.log.1"), content([c]));
  assert.deepEqual(texts(await rest(tail)), [c]);
  assert.deepEqual(await later(tail), []);
  await appendFile(at("conn.log.1"), content([d]));
  assert.deepEqual(texts(await rest(tail)), [d], "also after it was held to be finished");
  assert.deepEqual(notices, []);
  await tail.close();
});

test("a rotated file that is removed is read to its end", async () => {
  await writeFile(log, content(numbered(0, 2)));
  const tail = await open();
  await rest(tail);
  const writer = await openFile(log, "a");
  await rm(log);
  await writer.write(content(numbered(2, 1)));
  await writeFile(log, content(numbered(3, 1)));
  assert.deepEqual(texts(await rest(tail)), numbered(2, 2));
  await writer.close();
  await tail.close();
});

/** By a coarse clock, files that a test writes one after another would all be of one time. */
async function setWritten(path: string, hoursAgo: number): Promise<void> {
  const time = new Date(Date.now() - hoursAgo * 3_600_000);
  await utimes(path, time, time);
}

/** Names of three rotated files, oldest first. */
const schemes = {
  numbers: ["conn.log.3", "conn.log.2", "conn.log.1"],
  dates: ["conn.log-20261124", "conn.log-20261125", "conn.log-20261126"],
  "Zeek's times": [
    "conn.2026-11-26-10-00-00.log",
    "conn.2026-11-26-11-00-00.log",
    "conn-26-11-26_12.00.00.log",
  ],
  gzip: ["conn.log.3.gz", "conn.log.2.gz", "conn.log.1"],
};
for (const [scheme, names] of Object.entries(schemes)) {
  test(`a log rotated three times before anybody looked, or while nobody ran, loses no line: ${scheme}`, async () => {
    for (const isRestart of [false, true]) {
      for (const name of readdirSync(folder)) rmSync(at(name));
      await writeFile(log, content([header, ...numbered(0, 1)]));
      await setWritten(log, names.length + 1);
      const tail = await open();
      await rest(tail);
      for (const [i, name] of names.entries()) {
        await appendFile(log, content(numbered(i + 1, 1)));
        if (name.endsWith(".gz")) await writeFile(at(name), gzipSync(await readFile(log)));
        await rename(log, at(name.replace(".gz", "")));
        if (name.endsWith(".gz")) await rm(at(name.replace(".gz", "")));
        await writeFile(log, content([header]));
        await setWritten(at(name), names.length - i);
      }
      await writeFile(at("conn-summary.2026-11-26.log"), "x\n");
      await writeFile(at("dns.log.1"), "x\n");
      await appendFile(log, content(numbered(names.length + 1, 1)));
      const next = isRestart ? await open(saved(tail)) : tail;
      assert.deepEqual(connectionsOf(await rest(next)), numbered(1, names.length + 1));
      assert.deepEqual(notices, []);
      await tail.close();
      await next.close();
    }
  });
}

test("where reading ended in a file that is packed meanwhile, it goes on in the packed one", async () => {
  await writeFile(log, content([header, ...numbered(0, 50)]));
  const first = await open();
  await rest(first);
  const state = saved(first);
  await first.close();
  await appendFile(log, content(numbered(50, 50)));
  await writeFile(at("conn.log.1.gz"), gzipSync(await readFile(log)));
  await rm(log);
  await writeFile(log, content([header, ...numbered(100, 1)]));
  const second = await open(state);
  const lines = (await rest(second)).filter(({ text }) => !text.startsWith("#"));
  assert.deepEqual(texts(lines), numbered(50, 51));
  assert.equal(lines[0].number, headerLines + 51);
  assert.deepEqual(notices, []);
  const end = saved(second);
  await second.close();
  const third = await open(end);
  assert.deepEqual(await rest(third), []);
  assert.deepEqual(notices, []);
  await third.close();
});

test("a packed file that is still being written is read when it is whole", async () => {
  await writeFile(log, content([header, ...numbered(0, 5)]));
  const first = await open();
  await rest(first);
  const state = saved(first);
  await first.close();
  await appendFile(log, content(numbered(5, 3_000)));
  const packed = gzipSync(await readFile(log));
  await rm(log);
  await writeFile(log, content([header]));
  await writeFile(at("conn.log.1.gz"), packed.subarray(0, packed.length / 2));
  const second = await open(state);
  const some = await rest(second);
  await writeFile(at("conn.log.1.gz"), packed);
  const found = [...some, ...(await later(second))].filter(isWhole);
  assert.deepEqual(connectionsOf(found), numbered(5, 3_000));
  await second.close();
});

test("a packed file whose first line was not there when it was opened is read when it is whole", async () => {
  await writeFile(log, content([header, ...numbered(0, 5)]));
  const tail = await open();
  await rest(tail);
  const packed = gzipSync(content([header, ...numbered(5, 3_000)]), { level: 0 });
  await writeFile(at("conn.log.1.gz"), packed.subarray(0, 200));
  await tail.read(); // opens it
  await writeFile(at("conn.log.1.gz"), packed);
  const found = [...(await rest(tail)), ...(await later(tail))];
  assert.deepEqual(connectionsOf(found.filter(isWhole)), numbered(5, 3_000));
  await tail.close();
});

test("a log that is copied and truncated goes on, with what the copy has more, and with the header of before", async () => {
  await writeFile(log, content([header, ...numbered(0, 10)]));
  const tail = await open();
  await rest(tail);
  await appendFile(log, content(numbered(10, 2)));
  await copyFile(log, at("conn.log.1"));
  await truncate(log);
  await appendFile(log, content(numbered(12, 1)));
  const lines = await rest(tail);
  assert.deepEqual(texts(lines), numbered(10, 3));
  assert.ok(lines[2].header.some((line) => line.startsWith("#fields\tts\tuid")));
  assert.deepEqual(notices, []);
  const state = saved(tail);
  await tail.close();
  await appendFile(log, content(numbered(13, 1)));
  const again = await open(state);
  const [line] = await rest(again);
  assert.deepEqual([line.text, line.number], [numbered(13, 1)[0], 2]);
  assert.ok(line.header.some((text) => text.startsWith("#fields\tts\tuid")));
  await again.close();
});

test("a log that was truncated and grew past its old length is read from its beginning", async () => {
  for (const restart of [false, true]) {
    await writeFile(log, content([header, ...numbered(0, 3)]));
    let tail = await open();
    await rest(tail);
    if (restart) {
      const state = saved(tail);
      await tail.close();
      await writeFile(log, content([header, ...numbered(100, 20)]));
      tail = await open(state);
    } else await writeFile(log, content([header, ...numbered(100, 20)]));
    const found = connectionsOf(await rest(tail));
    assert.deepEqual(found, numbered(100, 20));
    assert.match(notices.at(-1)!, /is read from its start/);
    await tail.close();
  }
});

test("a hole that truncation leaves where the writer goes on at its old place is left out", async () => {
  await writeFile(log, content(["one", "two"]));
  const tail = await open();
  await rest(tail);
  const writer = await openFile(log, "r+");
  await truncate(log);
  await writer.write("three\n", 4_000_000);
  assert.deepEqual(texts(await rest(tail)), ["three"]);
  await writer.close();
  await tail.close();
});

test("copies of a log, whole or a part, and files that were there before, are not read", async () => {
  await writeFile(at("conn.log.2"), content([header, ...numbered(500, 100)]));
  await writeFile(at("conn.log.3.gz"), gzipSync(content([header, ...numbered(700, 100)])));
  await writeFile(log, content([header, ...numbered(0, 100)]));
  await copyFile(log, at("conn.log.0"));
  const tail = await open();
  assert.equal((await rest(tail)).length, headerLines + 100);
  await copyFile(log, at("conn-20261126.log"));
  await copyFile(at("conn.log.2"), at("conn.log.4"));
  await writeFile(at("conn-2.log"), (await readFile(log)).subarray(0, 2_000));
  await rename(at("conn.log.3.gz"), at("conn.log.9.gz"));
  await writeFile(at("conn.log.2.gz"), gzipSync(await readFile(at("conn.log.2"))));
  await rm(at("conn.log.2"));
  assert.deepEqual(await rest(tail), []);
  const again = await open(saved(tail));
  assert.deepEqual(await rest(again), []);
  await appendFile(log, content(numbered(100, 2)));
  assert.deepEqual(texts(await rest(again)), numbered(100, 2));
  assert.deepEqual(notices, []);
  await tail.close();
  await again.close();
});

test("copies of any length, made at any time, are not read after a restart either", async () => {
  const bytes = Buffer.from(content([header, ...numbered(0, 100)]));
  await writeFile(log, bytes);
  const tail = await open();
  await rest(tail);
  await rename(log, at("conn.log.1"));
  await writeFile(log, content([header, ...numbered(100, 1)]));
  await rest(tail);
  await later(tail);
  const lengths = [0, 5, header.length, header.length + 30, header.length + 200, 3_000, 6_000, bytes.length];
  const copy = async (name: (i: number) => string) => {
    for (const [i, length] of lengths.entries()) {
      await writeFile(at(name(i)), bytes.subarray(0, length));
      await writeFile(at(`${name(i)}.gz`), gzipSync(bytes.subarray(0, length)));
    }
  };
  await copy((i) => `conn.log-2026112${i}`);
  const state = saved(tail);
  await tail.close();
  const again = await open(state);
  await copy((i) => `conn.log-2026111${i}`);
  assert.deepEqual(connectionsOf([...(await rest(again)), ...(await later(again))].filter(isWhole)), []);
  assert.deepEqual(notices, []);
  await again.close();
});

test("no line is read of a copy that is just being made, whatever is written of it", async () => {
  const bytes = Buffer.from(content([header, ...numbered(0, 4)]));
  await writeFile(log, bytes);
  const tail = await open();
  await rest(tail);
  await tail.close();
  const again = await open(saved(tail));
  for (let length = 0; length <= bytes.length; length += 20) {
    await writeFile(at("conn.log-20261125"), bytes.subarray(0, length));
    assert.deepEqual(connectionsOf((await rest(again)).filter(isWhole)), [], `of ${length} bytes`);
  }
  await again.close();
});

test("a young log that is replaced by another before its first line is whole is read from its beginning", async () => {
  await writeFile(log, content([header]));
  const tail = await open();
  await rest(tail);
  await truncate(log);
  await appendFile(log, content(numbered(0, 3)));
  assert.deepEqual(texts(await rest(tail)), numbered(0, 3));
  await rename(log, at("conn.log.1"));
  await writeFile(log, content([header, ...numbered(3, 1)]));
  assert.deepEqual(connectionsOf(await rest(tail)), numbered(3, 1));
  await tail.close();
});

test("a file of another kind with the name of a rotated one is left alone, and this is said", async () => {
  await writeFile(log, content([header, ...numbered(0, 1)]));
  const tail = await open();
  await rest(tail);
  await writeFile(at("conn.log.1"), "#separator \\x09\n#path\tdns\n#fields\tts\tuid\n1\tC1\n");
  await writeFile(at("conn.log.2"), "total 5\nby host 7\n");
  assert.deepEqual(await rest(tail), []);
  assert.deepEqual(notices.length, 2);
  assert.match(notices[0], /conn\.log\.\d is not a connection log and is left alone$/);
  await tail.close();
});

test("a last line without an end is given when its file was rotated and does not grow", async () => {
  await writeFile(log, "a1\na2");
  const tail = await open();
  await rest(tail);
  await rename(log, at("conn.log.1"));
  await writeFile(log, "b1\n");
  const lines = [...(await rest(tail)), ...(await later(tail))];
  assert.deepEqual(
    lines.map(({ text, isUnfinished }) => [text, isUnfinished]),
    [
      ["b1", false],
      ["a2", true],
    ],
  );
  await appendFile(at("conn.log.1"), "3\na4\n");
  assert.deepEqual(texts(await rest(tail)), ["a23", "a4"], "whole, since nobody took it");
  await tail.close();
});

test("a line that is too long is told by its number, and the next is read", async () => {
  await writeFile(log, `one\n${"x".repeat(9_000_000)}\nthree\n`);
  const tail = await open();
  const lines = await rest(tail);
  assert.deepEqual(
    lines.map(({ text, number, isTooLong }) => [text, number, isTooLong]),
    [
      ["one", 1, undefined],
      ["", 2, true],
      ["three", 3, undefined],
    ],
  );
  await tail.close();
});

test("a file that is gone, or whose inode has another content, is noticed", async () => {
  await writeFile(log, "a1\na2\n");
  const first = await open();
  await rest(first);
  const state = saved(first);
  await first.close();
  await writeFile(log, "b1\nb2\n");
  const second = await open(state);
  assert.deepEqual(texts(await rest(second)), ["b1", "b2"]);
  assert.match(notices[0], /is gone or was written anew: it is read from its start/);
  const end = saved(second);
  await second.close();
  notices = [];
  const third = await open(end);
  assert.deepEqual(await rest(third), []);
  assert.deepEqual(notices, [], "it is said once");
  await third.close();
  await rm(log);
  await assert.rejects(open(), (error: Error) => {
    assert.ok(error instanceof InputError);
    assert.match(error.message, /conn\.log does not exist$/);
    return true;
  });
});

test("whatever is done to a log between any two steps of reading, and of stops in between, each line is read once", async () => {
  for (let seed = 1; seed <= share(3, 3); seed++)
    assert.deepEqual(
      await readAtRandom(folder, seed, { restarts: 0.02 }),
      { lost: [], doubled: [] },
      `seed ${seed}`,
    );
});

test("whatever is done to a log, and however often reading is killed, no line is lost", async () => {
  for (let seed = 1; seed <= share(2, 2); seed++)
    assert.deepEqual((await readAtRandom(folder, seed, { kills: 0.03 })).lost, [], `seed ${seed}`);
});
