import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flow, FlowPairs } from "traffic-anomaly/dist/traffic/flow-pairs";

const flow = (values: Partial<Flow> = {}): Flow => ({
  ...{ start: 10, duration: 1, protocol: "tcp", sourceBytes: 5, destinationBytes: 0 },
  ...{ sourceHost: "10.0.0.1", sourcePort: 40_000, destinationHost: "10.0.0.2", destinationPort: 443 },
  ...values,
});
const back = (values: Partial<Flow> = {}): Flow =>
  flow({
    ...{ sourceHost: "10.0.0.2", sourcePort: 443, destinationHost: "10.0.0.1", destinationPort: 40_000 },
    ...{ sourceBytes: 7, ...values },
  });

function connectionsOf(...flows: readonly Flow[]) {
  const pairs = new FlowPairs();
  return [...flows.flatMap((one) => pairs.push(one)), ...pairs.flush()];
}

test("flows with reversed ends are one connection while they overlap in time, or nearly", () => {
  assert.equal(connectionsOf(flow(), back()).length, 1);
  assert.equal(connectionsOf(flow(), back({ start: 71 })).length, 1);
  assert.equal(connectionsOf(flow(), back({ start: 72 })).length, 2);
  assert.equal(connectionsOf(flow(), flow()).length, 2);
});

test("each interval of a long connection is paired with that of its other side", () => {
  const later = { start: 600 };
  const found = connectionsOf(flow(), flow(later), back(later), back());
  assert.deepEqual(
    found.map(({ start, sourceBytes, destinationBytes }) => [start, sourceBytes, destinationBytes]),
    [
      [600, 5, 7],
      [10, 5, 7],
    ],
  );
});

test("between two ports of users the source is who began", () => {
  const ports = { sourcePort: 50_000, destinationPort: 6_000 };
  const reversed = { sourcePort: 6_000, destinationPort: 50_000 };
  const source = (...flows: readonly Flow[]) => connectionsOf(...flows)[0].sourcePort;
  assert.equal(source(flow(ports), back({ ...reversed, start: 9 })), 6_000);
  assert.equal(source(back(reversed), flow(ports)), 50_000);
});

test("icmp is not paired, and no flow waits for more than 16,384 others", () => {
  const icmp = flow({ protocol: "icmp", sourcePort: 8, destinationPort: 0 });
  const pairs = new FlowPairs();
  assert.equal(pairs.push(icmp).length, 1);
  assert.equal(pairs.push(flow()).length, 0);
  let released = 0;
  for (let i = 0; i < 16_384; i++)
    released += pairs.push(flow({ sourcePort: 1_024 + i, destinationPort: 80 })).length;
  assert.equal(released, 1);
});
