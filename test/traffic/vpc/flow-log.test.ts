import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { temporaryFolder } from "../../fixtures/folder";
import { readAll } from "../logs/logs";

const folder = temporaryFolder("vpc");

async function read(...lines: readonly string[]) {
  const path = join(folder, "flow.log.gz");
  await writeFile(path, gzipSync(`${lines.join("\n")}\n`));
  return readAll([path]);
}

const there =
  "2 123456789010 eni-1235b8ca 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
const back =
  "2 123456789010 eni-1235b8ca 172.31.16.21 172.31.16.139 22 20641 6 18 5000 1418530010 1418530071 ACCEPT OK";
const header =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status";
const connection = {
  uid: "tcp-172.31.16.139:20641-172.31.16.21:22-1418530010",
  start: 1_418_530_010,
  duration: 61,
  protocol: "tcp",
  sourceHost: "172.31.16.139",
  sourcePort: 20_641,
  destinationHost: "172.31.16.21",
  destinationPort: 22,
  sourceBytes: 4249,
  destinationBytes: 5000,
  sourcePackets: 20,
  destinationPackets: 18,
};

test("the default format is read with and without a header, whichever side comes first", async () => {
  for (const lines of [
    [there, back],
    [back, there],
    [header, there, back],
  ])
    assert.deepEqual((await read(...lines)).connections, [connection]);
});

test("a format of one's own is read by its header", async () => {
  const { connections } = await read(
    "vpc-id end start bytes protocol dstport srcport dstaddr srcaddr tcp-flags",
    "vpc-1 1418530070 1418530010 4249 6 22 20641 172.31.16.21 172.31.16.139 2",
  );
  const { sourcePackets: _, destinationPackets: __, ...counted } = connection;
  assert.deepEqual(connections, [{ ...counted, duration: 60, destinationBytes: 0 }]);
});

test("an answer alone is turned around", async () => {
  const { connections } = await read(back);
  assert.deepEqual(connections, [{ ...connection, sourceBytes: 0, sourcePackets: 0 }]);
});

test("intervals without data are left out with a notice, also where a log has no others", async () => {
  const empty = "2 123456789010 eni-1235b8ca - - - - - - - 1431280876 1431280934 - NODATA";
  const { connections, notices } = await read(empty, there, back, empty.replace("NODATA", "SKIPDATA"));
  assert.deepEqual(connections, [connection]);
  assert.equal(notices.length, 1);
  assert.match(
    notices[0],
    /^2 intervals were left out of .*flow\.log\.gz that are without data \(NODATA or SKIPDATA\)$/,
  );
  assert.deepEqual((await read(empty)).connections, []);
});

test("a missing field and a bad value are refused by name", async () => {
  await assert.rejects(
    read("srcaddr dstaddr srcport dstport protocol start end", "x"),
    /has no field bytes$/,
  );
  await assert.rejects(
    read(there, back.replace(" 6 ", " six ").replace("172.31.16.21 ", "172.31.16 ")),
    /line 2: column 4 \(srcaddr\) must be an IP address, got '172\.31\.16'$/,
  );
  await assert.rejects(
    read(there.replace("1418530070", "1418530009")),
    /\(end\) must be no earlier than the start/,
  );
});
