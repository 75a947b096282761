import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { InputError } from "traffic-anomaly";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { connectionTable } from "traffic-anomaly/dist/traffic/connection-table";
import { readConnectionLogs } from "traffic-anomaly/dist/traffic/logs/read-logs";
import { ReorderBuffer } from "traffic-anomaly/dist/traffic/reorder";
import { attacks } from "traffic-anomaly/dist/traffic/simulator/attacks/intruders";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import {
  simulatedDataset,
  writeSimulatedLog,
  writeSimulatedStudy,
} from "traffic-anomaly/dist/traffic/simulator/write-simulated";
import { TrafficWindows } from "traffic-anomaly/dist/traffic/windows/windows";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";

const folder = temporaryFolder("simulated");
const connections = 8_000;

async function read(path: string): Promise<Connection[]> {
  const all: Connection[] = [];
  for await (const some of readConnectionLogs([path])) all.push(...some);
  return all;
}

for (const format of ["zeek", "zeek-json"] as const) {
  test(`a log in the format ${format} is read back to the same features`, async () => {
    const path = join(folder, `${format}.log.gz`);
    await writeSimulatedLog(path, { seed: 4, connections, format, labels: true });
    const buffer = new ReorderBuffer();
    const ordered = [...buffer.push(await read(path)), ...buffer.flush()];
    const direct = [...simulatedConnections({ seed: 4, connections, novelFrom: 0.6 * connections })];
    assert.deepEqual(
      ordered.map(({ uid, label }) => [uid, label]),
      direct.map(({ uid, label }) => [uid, label]),
    );
    assert.deepEqual(
      connectionTable(ordered, new TrafficWindows()),
      connectionTable(direct, new TrafficWindows()),
    );
  });
}

test("a log is written in the order in which connections end, without labels unless they are asked for", async () => {
  const path = join(folder, "unlabelled.log");
  for (const format of ["zeek", "zeek-json"] as const) {
    await writeSimulatedLog(path, { connections: 3_000, format });
    const found = await read(path);
    assert.equal(found.length, 3_000);
    const ends = found.map(({ start, duration }) => start + duration);
    for (let i = 1; i < ends.length; i++) assert.ok(ends[i] >= ends[i - 1] - 1e-6);
    assert.ok(found.every(({ label }) => label === undefined));
  }
});

test("a study's files are KDD'99 data that fit together: novel types are only in the test file", async () => {
  const files = { train: join(folder, "train.csv.gz"), test: join(folder, "test.csv.gz") };
  await writeSimulatedStudy(files, { seed: 2, connections: 30_000 });
  const labelsOf = async (path: string) => {
    const { table } = await readKddFile(path);
    return { rows: table.rows, labels: table.labels?.categories ?? [] };
  };
  const [train, test] = [await labelsOf(files.train), await labelsOf(files.test)];
  assert.deepEqual([train.rows, test.rows], [18_000, 12_000]);
  for (const { label, novel } of attacks) if (novel) assert.ok(!train.labels.includes(label), label);
  assert.ok(test.labels.some((label) => attacks.some((attack) => attack.label === label && attack.novel)));
});

test("the same options give the same bytes; a name without .gz gives plain text of the same content", async () => {
  const write = async (train: string, test: string) => {
    await writeSimulatedStudy({ train: join(folder, train), test: join(folder, test) }, { connections });
    return [await readFile(join(folder, train)), await readFile(join(folder, test))];
  };
  const first = await write("a.gz", "b.gz");
  assert.deepEqual(await write("a.gz", "b.gz"), first);
  assert.deepEqual(
    await write("a", "b"),
    first.map((bytes) => gunzipSync(bytes)),
  );
});

test("the embedded data set is made once", async () => {
  const place = join(folder, "dataset");
  const files = await simulatedDataset(place);
  assert.deepEqual(readdirSync(place).sort(), [
    "simulated-traffic-v1-seed-1-test.csv.gz",
    "simulated-traffic-v1-seed-1-train.csv.gz",
  ]);
  const lines = async (path: string) =>
    gunzipSync(await readFile(path))
      .toString()
      .split("\n").length - 1;
  assert.deepEqual([await lines(files.train), await lines(files.test)], [60_000, 40_000]);
  const { mtimeMs } = await stat(files.train);
  assert.deepEqual(await simulatedDataset(place), files);
  assert.equal((await stat(files.train)).mtimeMs, mtimeMs);
  const signal = AbortSignal.abort();
  assert.deepEqual(await simulatedDataset(place, { signal }), files);
  await assert.rejects(simulatedDataset(place, { seed: 2, signal }), signal.reason); // another would be made
});

test("what is aborted leaves nothing, and what was there as it was", async () => {
  const place = join(folder, "aborted");
  const files = { train: join(place, "train.csv"), test: join(place, "test.csv") };
  const abortAfter = (updates: number) => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const onProgress = () => {
      if (--updates <= 0) controller.abort(reason);
    };
    return { onProgress, signal: controller.signal, connections: 40_000 };
  };
  await assert.rejects(writeSimulatedStudy(files, abortAfter(3)), /enough/);
  assert.ok(!existsSync(place));
  await mkdir(place);
  await writeFile(files.test, "earlier");
  await assert.rejects(writeSimulatedStudy(files, abortAfter(70)), /enough/);
  await assert.rejects(writeSimulatedLog(files.test, abortAfter(3)), /enough/);
  assert.deepEqual(readdirSync(place), ["test.csv"]);
  assert.equal(await readFile(files.test, "utf8"), "earlier");
});

test("progress ends with everything done", async () => {
  const updates: string[] = [];
  const onProgress = ({ stage, done, total }: { stage: string; done: number; total: number }) => {
    if (done === total) updates.push(`${stage}: ${done}`);
  };
  await writeSimulatedStudy(
    { train: join(folder, "t.csv"), test: join(folder, "u.csv") },
    { connections: 100, onProgress },
  );
  assert.deepEqual(updates, ["simulating t.csv: 60", "simulating u.csv: 40"]);
});

test("an option out of range and a place that can't be written are refused", async () => {
  const isInputError = (sentence: RegExp) => (error: unknown) =>
    error instanceof InputError && sentence.test(error.message);
  const files = { train: join(folder, "t.csv"), test: join(folder, "u.csv") };
  await assert.rejects(
    writeSimulatedStudy(files, { connections: 1 }),
    isInputError(/^connections must be an integer in \[2, ∞\), got 1$/),
  );
  await writeFile(join(folder, "file"), "");
  await assert.rejects(
    writeSimulatedLog(join(folder, "file", "conn.log")),
    isInputError(/^cannot write to .*: a (file|part)/),
  );
});
