import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../../fixtures/folder";
import { readAll } from "../logs/logs";

const folder = temporaryFolder("nfdump");

async function read(...lines: readonly string[]) {
  const path = join(folder, "flows.csv");
  await writeFile(path, `${lines.join("\n")}\n`);
  return (await readAll([path])).connections;
}

async function refuses(reason: RegExp, ...lines: readonly string[]): Promise<void> {
  await assert.rejects(read(...lines), { name: "InputError", message: reason });
}

const old = "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt";
const now = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows";

test("the two sides' flows of version 1.6 are one connection, with the state of their flags", async () => {
  const times = "2026-01-05 08:00:00,2026-01-05 08:00:02,2.000";
  const found = await read(
    old,
    `${times},10.0.0.1,10.0.1.8,40000,443,TCP,.AP.SF,0,0,9,1200,0,0`,
    `${times},10.0.1.8,10.0.0.1,443,40000,TCP,.AP.SF,0,0,8,64000,0,0`,
    "Summary",
    "flows,bytes,packets,avg_bps,avg_pps,avg_bpp",
    "2,65200,17,0,0,0",
  );
  assert.deepEqual(found, [
    {
      uid: "tcp-10.0.0.1:40000-10.0.1.8:443-1767600000",
      start: 1_767_600_000,
      duration: 2,
      protocol: "tcp",
      sourceHost: "10.0.0.1",
      sourcePort: 40_000,
      destinationHost: "10.0.1.8",
      destinationPort: 443,
      state: "SF",
      sourceBytes: 1200,
      destinationBytes: 64_000,
      sourcePackets: 9,
      destinationPackets: 8,
    },
  ]);
});

test("version 1.7 has other names, other durations and no flags", async () => {
  const [first, second, third] = await read(
    now,
    "2026-01-05 08:00:00.250,    00:01:02.500,UDP,10.0.0.1,40000,10.0.1.8,53,1,60,1",
    "2026-01-05 08:00:00.300,1d 00:00:00.000,TCP,fe80::1,40001,fe80::2,8080,9,600,1",
    "2026-01-05 08:00:01.000,0.000,ICMP,10.0.0.1,0,10.0.1.8,8.0,1,84,1",
  );
  const byProtocol = Object.fromEntries([first, second, third].map((one) => [one.protocol, one]));
  const { udp, tcp, icmp } = byProtocol;
  assert.deepEqual(
    [udp.start, udp.duration, udp.sourceBytes, udp.state],
    [1_767_600_000.25, 62.5, 60, undefined],
  );
  assert.deepEqual([tcp.duration, tcp.sourceHost, tcp.destinationPort], [86_400, "fe80::1", 8_080]);
  assert.deepEqual([icmp.sourcePort, icmp.destinationPort, icmp.duration], [8, 0, 0]);
});

test("a header that lacks a column, and a bad value, are refused by name", async () => {
  await refuses(/has no column ibyt or inBytes or bytes$/, "ts,td,sa,da,sp,dp,pr", "x");
  const row = (change: Record<number, string>) =>
    "2026-01-05 08:00:00.250,0.5,UDP,10.0.0.1,40000,10.0.1.8,53,1,60,1"
      .split(",")
      .map((text, i) => change[i] ?? text)
      .join(",");
  await refuses(
    /line 2: column 1 \(firstSeen\) must be a time of .*|must be a time/,
    now,
    row({ 0: "soon" }),
  );
  await refuses(
    /line 2: column 4 \(srcAddr\) must be an IP address, got '10\.0\.0'$/,
    now,
    row({ 3: "10.0.0" }),
  );
  await refuses(
    /line 2: column 9 \(bytes\) must be a finite number of at least 0, got '1.2 M'$/,
    now,
    row({ 8: "1.2 M" }),
  );
  await refuses(/line 2: expected 10 columns, found 3$/, now, "a,b,c");
});
