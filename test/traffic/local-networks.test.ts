import assert from "node:assert/strict";
import { test } from "node:test";
import { LocalNetworks, parseNetworks } from "traffic-anomaly/dist/traffic/local-networks";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";
import { connectionOf } from "./connections";

test("private addresses are ours unless the log or the user says otherwise", () => {
  const way = (source: string, destination: string, more = {}, networks?: readonly string[]) =>
    new LocalNetworks(networks).directionOf(
      connectionOf({ sourceHost: source, destinationHost: destination, ...more }),
    );
  assert.equal(way("10.1.2.3", "192.168.0.1"), "internal");
  assert.equal(way("172.31.0.1", "198.18.0.1"), "outbound");
  assert.equal(way("198.18.0.1", "fd00::1"), "inbound");
  assert.equal(way("198.18.0.1", "2001:db8::1"), "external");
  assert.equal(way("10.1.2.3", "198.18.0.1", { isDestinationLocal: true }), "internal");
  assert.equal(way("10.1.2.3", "198.18.0.1", { isSourceLocal: false }), "external");
  const said = { isSourceLocal: false, isDestinationLocal: true };
  assert.equal(way("10.1.2.3", "198.18.0.1", said, ["10.1.0.0/16"]), "outbound");
  assert.equal(way("10.2.0.1", "10.1.2.3", {}, ["10.1.0.0/16"]), "inbound");
});

test("what goes to a link, a group or everybody does not leave the network", () => {
  const networks = new LocalNetworks(["10.0.0.0/8"]);
  for (const destinationHost of ["224.0.0.251", "255.255.255.255", "fe80::1%eth0", "ff02::fb", "169.254.1.1"])
    assert.equal(
      networks.directionOf(connectionOf({ destinationHost, isDestinationLocal: false })),
      "internal",
      destinationHost,
    );
});

test("networks are read with commas between, and what is none is refused with a sentence", () => {
  assert.deepEqual(parseNetworks("10.0.0.0/8, fd00::/8"), ["10.0.0.0/8", "fd00::/8"]);
  for (const bad of [
    "",
    "10.0.0.0",
    "10.0.0.0/33",
    "10.0.0/8",
    "10.0.0.0/8/8",
    "10.0.0.0/8,",
    "fd00::/129",
    "office",
  ])
    assert.throws(() => parseNetworks(bad), {
      name: "InputError",
      message: /^local networks are like 10\.0\.0\.0\/8 or fd00::\/8, with commas between, got /,
    });
});

test("what a log says of its ends is read, and what is neither true nor false says nothing", () => {
  const names = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state"];
  const parser = new ConnectionLogParser("conn.log");
  parser.parse(["#fields", ...names, "local_orig", "local_resp"].join("\t"), 1);
  const read = (...ends: string[]) =>
    parser.parse(["1.5", "C1", "10.0.0.1", "1", "10.0.0.2", "80", "tcp", "SF", ...ends].join("\t"), 2);
  const said = (ends: ReturnType<typeof read>) => [ends?.isSourceLocal, ends?.isDestinationLocal];
  assert.deepEqual(said(read("T", "F")), [true, false]);
  assert.deepEqual(said(read("-", "?")), [undefined, undefined]);
  const record = {
    ts: 1.5,
    uid: "C1",
    id_orig_h: "10.0.0.1",
    id_orig_p: 1,
    id_resp_h: "10.0.0.2",
    id_resp_p: 80,
  };
  const json = { ...record, proto: "tcp", conn_state: "SF", local_orig: true, local_resp: "maybe" };
  assert.deepEqual(said(new ConnectionLogParser("conn.log").parse(JSON.stringify(json), 1)), [
    true,
    undefined,
  ]);
});
