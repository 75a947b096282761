import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionOf, lastFeatures, windowFeaturesOf } from "../connections";

const to = (last: number, port = 80) => ({ destinationHost: `10.0.0.${last}`, destinationPort: port });

test("a connection alone counts itself", () => {
  const features = lastFeatures([{}]);
  assert.equal(features.count, 1);
  assert.equal(features.srv_count, 1);
  assert.equal(features.same_srv_rate, 1);
  assert.equal(features.diff_srv_rate, 0);
  assert.equal(features.srv_diff_host_rate, 0);
});

test("count is of the same host, srv_count of the same service, in two seconds", () => {
  const features = lastFeatures([
    { start: 0, ...to(2) }, // 2.5 s before
    { start: 0.5, ...to(2) }, // 2 s before counts
    { start: 1, ...to(2, 22) },
    { start: 2, ...to(3) },
    { start: 2.5, ...to(2) },
  ]);
  assert.equal(features.count, 3);
  assert.equal(features.srv_count, 3);
});

test("same_srv_rate is of connections of the service among those to the host", () => {
  const features = lastFeatures([to(2), to(2, 22), to(2, 25), to(3), to(2)]);
  assert.equal(features.same_srv_rate, 2 / 4);
});

test("diff_srv_rate is different services per connection to the host, not 1 − same_srv_rate", () => {
  const features = lastFeatures([to(2, 22), to(2, 22), to(2, 25), to(2)]);
  assert.equal(features.diff_srv_rate, 3 / 4);
  assert.equal(features.same_srv_rate, 1 / 4);
  assert.equal(lastFeatures([to(2), to(2)]).diff_srv_rate, 0);
});

test("srv_diff_host_rate is different hosts per connection of the service", () => {
  assert.equal(lastFeatures([to(2), to(3), to(3), to(4)]).srv_diff_host_rate, 3 / 4);
  assert.equal(lastFeatures([to(3), to(3)]).srv_diff_host_rate, 0);
});

test("services of one name are told apart by port", () => {
  const features = lastFeatures([to(2, 3_000), to(2, 4_000)]);
  assert.equal(features.srv_count, 1);
  assert.equal(features.diff_srv_rate, 1);
});

test("serror is S0 to S3 and SH, rerror is REJ and RST", () => {
  const states = ["S0", "S1", "S2", "S3", "SH", "REJ", "RSTO", "RSTR", "RSTOS0", "SF", "OTH"];
  const features = lastFeatures(states.map((state) => ({ state })));
  assert.equal(features.serror_rate, 0.45); // 5 / 11
  assert.equal(features.rerror_rate, 0.36); // 4 / 11
});

test("errors are counted apart for host and service", () => {
  const features = lastFeatures([
    { ...to(2, 22), state: "S0" },
    { ...to(3), state: "REJ" },
    { ...to(2), state: "SF" },
  ]);
  assert.equal(features.serror_rate, 1 / 2);
  assert.equal(features.srv_serror_rate, 0);
  assert.equal(features.rerror_rate, 0);
  assert.equal(features.srv_rerror_rate, 1 / 2);
});

test("udp without an answer is no SYN error", () => {
  assert.equal(lastFeatures([{ protocol: "udp", state: "S0" }]).serror_rate, 0);
});

test("the window holds the last 511 connections, all hosts together", () => {
  const burst = Array.from({ length: 600 }, () => connectionOf(to(2)));
  const features = windowFeaturesOf([...burst, connectionOf(to(3))]);
  assert.equal(features[599].count, 511);
  assert.equal(features[599].srv_count, 511);
  assert.equal(features[600].count, 1);
  assert.equal(features[600].srv_count, 511);
});

test("rates of a full window are of the last 511 connections", () => {
  const failed = Array.from({ length: 300 }, () => ({ state: "S0" }));
  const good = Array.from({ length: 500 }, () => ({ state: "SF" }));
  assert.equal(lastFeatures([...failed, ...good]).serror_rate, 0.02); // 11 / 511
});
