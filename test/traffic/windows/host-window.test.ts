import assert from "node:assert/strict";
import { test } from "node:test";
import { lastFeatures } from "../connections";

const hour = 3_600;
const to = (last: number, port = 80) => ({ destinationHost: `10.0.0.${last}`, destinationPort: port });
const times = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value);

test("connections to the host count however long ago", () => {
  const features = lastFeatures([
    { start: 0, ...to(2) },
    { start: 9 * hour, ...to(3, 22) },
    { start: 20 * hour, ...to(2) },
  ]);
  assert.equal(features.dst_host_count, 2);
  assert.equal(features.count, 1);
});

test("dst_host_count reaches 255, or the window asked for", () => {
  assert.equal(lastFeatures(times(254, {})).dst_host_count, 254);
  assert.equal(lastFeatures(times(300, {})).dst_host_count, 255);
  assert.equal(lastFeatures(times(300, {}), { hostWindow: 100 }).dst_host_count, 100);
});

test("rates are of the last 255 connections to the host", () => {
  const features = lastFeatures([...times(200, { state: "S0" }), ...times(204, { state: "REJ" })]);
  assert.equal(features.dst_host_serror_rate, 0.2); // 51 / 255
  assert.equal(features.dst_host_rerror_rate, 0.8);
});

test("places that the host leaves free are the service's at other hosts", () => {
  const features = lastFeatures([...times(300, to(3)), to(2)]);
  assert.equal(features.dst_host_count, 1);
  assert.equal(features.dst_host_srv_count, 255); // 1 + 254
  assert.equal(features.dst_host_srv_diff_host_rate, 0.01); // 2 / 255
});

test("where the host fills the window, no connection to another counts", () => {
  const features = lastFeatures([...times(9, to(3)), ...times(5, to(2, 22)), ...times(5, to(2))], {
    hostWindow: 10,
  });
  assert.equal(features.dst_host_srv_count, 5);
  assert.equal(features.dst_host_same_srv_rate, 5 / 10);
  assert.equal(features.dst_host_srv_diff_host_rate, 0);
});

test("of the service's connections to other hosts, the latest count", () => {
  const features = lastFeatures(
    [{ ...to(3), state: "S0" }, { ...to(4), state: "REJ" }, to(5), to(2, 22), to(2, 22), to(2)],
    { hostWindow: 5 },
  );
  assert.equal(features.dst_host_srv_count, 3); // the host's last, those to .5 and .4
  assert.equal(features.dst_host_srv_diff_host_rate, 1);
  assert.equal(features.dst_host_srv_serror_rate, 0);
  assert.equal(features.dst_host_srv_rerror_rate, 0.33);
});

test("dst_host_diff_srv_rate is different services per connection to the host", () => {
  assert.equal(lastFeatures([to(2, 22), to(2, 25), to(2, 25), to(2)]).dst_host_diff_srv_rate, 3 / 4);
  assert.equal(lastFeatures([to(2), to(2)]).dst_host_diff_srv_rate, 0);
});

test("dst_host_same_src_port_rate is of connections from the same port", () => {
  const ports = [1_000, 2_000, 3_000, 1_000];
  assert.equal(lastFeatures(ports.map((sourcePort) => ({ sourcePort }))).dst_host_same_src_port_rate, 2 / 4);
});
