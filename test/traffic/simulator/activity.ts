// What holds of the connections of any activity.
import assert from "node:assert/strict";
import { kddFeatures } from "traffic-anomaly";
import type { SimulatedConnection } from "traffic-anomaly/dist/traffic/simulator/simulated-connection";

const flag = kddFeatures.find(({ name }) => name === "flag");

export function assertSound(connections: readonly SimulatedConnection[], from: number): void {
  assert.ok(connections.length > 0);
  let last = from;
  for (const connection of connections) {
    const { start, duration, protocol, sourcePort, destinationPort, sourceBytes, destinationBytes, state } =
      connection;
    assert.ok(start >= last, "order of time");
    last = start;
    assert.ok(duration >= 0 && duration < 2 * 86_400, `${duration} s`);
    assert.ok(["tcp", "udp", "icmp"].includes(protocol));
    for (const port of [sourcePort, destinationPort])
      assert.ok(Number.isInteger(port) && port >= 0 && port <= 65_535, `port ${port}`);
    for (const bytes of [sourceBytes, destinationBytes])
      assert.ok(Number.isInteger(bytes) && bytes >= 0 && bytes < 1e12, `${bytes} bytes`);
    assert.ok(flag?.values?.includes(state), state);
    if (protocol === "tcp" && /^(REJ|S0|SH|RSTOS0)$/.test(state)) {
      assert.equal(sourceBytes + destinationBytes, 0, "nothing was exchanged");
      assert.deepEqual(connection.content, {});
    }
  }
}
