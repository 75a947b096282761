import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom, InputError, type Random, readConnectionLogs } from "traffic-anomaly";
import { readKddFile } from "../fixtures/kdd-file";
import { trafficLines } from "../fixtures/traffic";
import {
  ecsLog,
  eveLog,
  jsonArrayLog,
  jsonLog,
  nfdumpLog,
  someConnections,
  tsvLog,
  vpcLog,
} from "../traffic/logs/logs";
import type { Kind } from "./trial";

const oldNfdumpLog = (connections: Parameters<typeof nfdumpLog>[0]) =>
  nfdumpLog(connections, { isOld: true });
/** One of each format, and a data file last. */
const formats = [tsvLog, jsonLog, jsonArrayLog, ecsLog, eveLog, nfdumpLog, oldNfdumpLog, vpcLog];
const originals = [
  ...formats.map((log) => log(someConnections(30))),
  `${trafficLines({ rows: 60 }).join("\n")}\n`,
].map((text) => Buffer.from(text));

/** Logs and data files of which bytes were changed, removed, doubled or cut off, plain or packed: read or refused. */
export const mutatedInputs: Kind = {
  fault: "logs and data files with changed bytes",
  times: { long: 10_000 * originals.length, short: 100 },
  async run(trial, folder, times) {
    for (let number = 0; number < times; number++) {
      const random = createRandom(number, "mutated inputs");
      const which = number % originals.length;
      const isTable = which === originals.length - 1;
      const file = join(folder, isTable ? "data.csv" : "conn.log");
      const isPacked = random.integer(4) === 0;
      const packed = isPacked && random.integer(2) === 0; // else the packed bytes are changed
      const content = isPacked && !packed ? gzipSync(originals[which]) : originals[which];
      const changed = mutated(content, random);
      await writeFile(file, packed ? gzipSync(changed) : changed);
      const skipBadRows = random.integer(2) === 0;
      await trial.try(String(number), () => reads(file, folder, isTable, skipBadRows));
    }
  },
};

async function reads(file: string, folder: string, isTable: boolean, skipBadRows: boolean): Promise<void> {
  const start = process.cpuUsage();
  try {
    if (isTable) {
      const rejectedFile = skipBadRows ? join(folder, "rejected.csv") : undefined;
      await readKddFile(file, { rejectedFile });
    } else for await (const _ of readConnectionLogs([file], { skipBadRows }));
  } catch (error) {
    assert.ok(error instanceof InputError, (error as Error).stack);
    assert.doesNotMatch(error.message, /\p{Cc}/u);
  }
  assert.ok(process.cpuUsage(start).user < 5e6, "more than 5 s");
}

function mutated(content: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(content);
  for (let edits = 1 + random.integer(4); edits > 0; edits--) {
    const at = random.integer(bytes.length + 1);
    const length = random.integer(random.integer(2) === 0 ? 4 : 200);
    const [before, part, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + length),
      bytes.subarray(at + length),
    ];
    const noise = Buffer.from(Array.from({ length }, () => random.integer(256)));
    const signs = Buffer.from(Array.from(part, () => '\t,\n"{}-.0e#\\'.charCodeAt(random.integer(12))));
    bytes = Buffer.concat(
      [
        [before, noise, after],
        [before, signs, after],
        [before, after],
        [before, part, part, after],
        [before],
      ][random.integer(5)],
    );
  }
  return bytes;
}
