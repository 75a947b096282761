import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gapsNotice, noCounts, orderedConnections } from "traffic-anomaly/dist/detect/ordered-connections";
import { resolveWindows } from "traffic-anomaly/dist/traffic/windows/options";
import { temporaryFolder } from "../fixtures/folder";

const folder = temporaryFolder("ordered-connections");

/** What is counted in a log of 100 connections, some of which have gaps. */
async function countsOf(gaps: number) {
  const path = join(folder, `${gaps}.json`);
  const records = Array.from({ length: 100 }, (_, i) => ({
    ...{ ts: i, uid: `C${i}`, "id.orig_h": "10.0.0.1", "id.orig_p": 1025 + i, "id.resp_h": "10.0.0.2" },
    ...{ "id.resp_p": 80, proto: "tcp", conn_state: "SF", missed_bytes: i < gaps ? 1448 : 0 },
  }));
  await writeFile(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const counts = noCounts();
  for await (const _ of orderedConnections([path], resolveWindows({}), counts));
  return counts;
}

test("connections with gaps are counted, and more than one in twenty are told", async () => {
  const few = await countsOf(5);
  assert.deepEqual([few.connections, few.gaps, gapsNotice(few)], [100, 5, undefined]);
  const many = await countsOf(6);
  assert.equal(many.gaps, 6);
  assert.match(
    gapsNotice(many) ?? "",
    /^parts of 6(\.0)? % of the connections were not seen .*the sensor loses packets/,
  );
  assert.equal(gapsNotice(noCounts()), undefined);
});
