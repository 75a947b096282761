import assert from "node:assert/strict";
import { test } from "node:test";
import { kddFeatures } from "traffic-anomaly";
import { FlagError, flagError, kddFlag } from "traffic-anomaly/dist/traffic/flag";

const flags = kddFeatures.find(({ name }) => name === "flag")?.values ?? [];

test("a state that is one of KDD's eleven flags stays", () => {
  assert.equal(flags.length, 11);
  for (const state of flags) assert.equal(kddFlag({ protocol: "tcp", state }), state);
});

test("states that KDD has not become the nearest flag", () => {
  assert.equal(kddFlag({ protocol: "tcp", state: "RSTRH" }), "RSTR");
  assert.equal(kddFlag({ protocol: "tcp", state: "SHR" }), "OTH");
  for (const state of ["", "-", "sf", "constructor", "ESTAB"])
    assert.equal(kddFlag({ protocol: "tcp", state }), "OTH");
});

test("without tcp there is no handshake to go wrong: SF", () => {
  for (const protocol of ["udp", "icmp", "unknown_transport"])
    for (const state of ["S0", "SHR", "OTH", "SF"]) assert.equal(kddFlag({ protocol, state }), "SF");
});

test("five flags are SYN errors, four are rejections, OTH and SF are neither", () => {
  const of = (error: FlagError) => flags.filter((flag) => flagError(flag) === error);
  assert.deepEqual(of(FlagError.syn), ["S0", "S1", "S2", "S3", "SH"]);
  assert.deepEqual(of(FlagError.rejection), ["REJ", "RSTO", "RSTOS0", "RSTR"]);
  assert.deepEqual(of(FlagError.none), ["OTH", "SF"]);
});
