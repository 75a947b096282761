import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";
import { hasGapIn, stateOfHistory } from "traffic-anomaly/dist/traffic/zeek/history";
import { realLogTest } from "../logs/logs";

test("the letters of a history tell how a connection ended, in Zeek's names", () => {
  for (const [history, state] of [
    ["S", "S0"],
    ["Sr", "REJ"],
    ["SR", "RSTOS0"],
    ["ShADad", "S1"],
    ["ShADadF", "S2"],
    ["ShADadf", "S3"],
    ["ShADadFf", "SF"],
    ["ShADadFfR", "SF"],
    ["ShADadR", "RSTO"],
    ["ShADadr", "RSTR"],
    ["SF", "SH"],
    ["^hf", "SHR"],
    ["hr", "RSTRH"],
    ["Da", "OTH"],
    ["", undefined],
    ["S 1", undefined],
  ] as const)
    assert.equal(stateOfHistory(history), state, history);
});

test("a gap is missed bytes, or where they are not counted a g in the history", () => {
  for (const [missed, history, expected] of [
    [1, undefined, true],
    [0, "ShADagd", false],
    [undefined, "ShADaGd", true],
    [0, "ShADad", false],
    [undefined, undefined, false],
  ] as const)
    assert.equal(hasGapIn(missed, history), expected);
});

const fields = {
  ...{ ts: "1.5", uid: "C1", "id.orig_h": "10.0.0.1", "id.orig_p": "1025", "id.resp_h": "10.0.0.2" },
  ...{ "id.resp_p": "80", proto: "tcp", conn_state: "-", orig_bytes: "10", missed_bytes: "7" },
  ...{ history: "ShADadFf", orig_pkts: "9", resp_pkts: "8" },
};

/** What both forms of a record tell. */
function readings(changes: Partial<typeof fields> = {}) {
  const record = { ...fields, ...changes };
  const tsv = new ConnectionLogParser("conn.log");
  tsv.parse(`#fields\t${Object.keys(record).join("\t")}`, 1);
  const row = Object.values(record).join("\t");
  return [tsv.parse(row, 2), new ConnectionLogParser("conn.log").parse(JSON.stringify(record), 1)].map(
    (connection) => {
      assert.ok(connection);
      const { state, hasGap, sourcePackets, destinationPackets } = connection;
      return [state, hasGap, sourcePackets, destinationPackets];
    },
  );
}

test("TSV and JSON give packets and gaps, and the history's state where none is set", () => {
  for (const [changes, expected] of [
    [{}, ["SF", true, 9, 8]],
    [{ conn_state: "S1" }, ["S1", true, 9, 8]],
    [{ proto: "udp", history: "Dd" }, [undefined, true, 9, 8]],
    [{ history: "-", missed_bytes: "0" }, [undefined, undefined, 9, 8]],
  ] as const)
    assert.deepEqual(readings(changes), [expected, expected]);
});

test("what is no count says nothing, and refuses no connection", () => {
  const bad = { orig_pkts: "-", resp_pkts: "many", missed_bytes: "-1", history: "?" };
  const expected = [undefined, undefined, undefined, undefined];
  assert.deepEqual(readings(bad), [expected, expected]);
});

realLogTest("the history tells Zeek's own state of 99 % of real logs' tcp connections", async (folder) => {
  const rotated = join(folder, "rotated");
  let [same, all] = [0, 0];
  for (const name of await readdir(rotated)) {
    const rows = gunzipSync(await readFile(join(rotated, name)))
      .toString()
      .split("\n");
    for (const row of rows.filter((line) => line.includes("\ttcp\t"))) {
      const columns = row.split("\t"); // the node's name comes first
      if (columns[16] === "-") continue;
      all++;
      if (stateOfHistory(columns[16]) === columns[12]) same++;
    }
  }
  assert.ok(all > 8_000 && same > 0.99 * all, `${same} of ${all}`);
});
