import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "traffic-anomaly";
import { rowKinds } from "traffic-anomaly/dist/detect/views/row-kinds";
import type { PairRow } from "traffic-anomaly/dist/traffic/views/pair-row";
import { day, View } from "traffic-anomaly/dist/traffic/views/view";
import { connectionOf } from "../../traffic/connections";

/** The days of pairs, from a view that goes on from its state, as JSON, before each connection. */
function pairsOf(connections: readonly Connection[]): PairRow[] {
  let view = new View("pairs", day);
  const rows = connections.flatMap((connection) => {
    view = View.resume("pairs", JSON.parse(JSON.stringify(view.state)));
    return view.add(connection, connection.start);
  });
  return [...rows, ...view.end()];
}

/** What connections of a pair look like, one a second. */
function kindsOf(count: number, values: Parameters<typeof connectionOf>[0]) {
  const connections = Array.from({ length: count }, (_, i) => connectionOf({ ...values, start: i }));
  return pairsOf(connections).map(rowKinds);
}

test("many long questions to one name server are a DNS tunnel; few, short ones, or others are none", () => {
  const question = { protocol: "udp", destinationPort: 53, sourceBytes: 200, destinationBytes: 300 };
  assert.deepEqual(kindsOf(100, question), [["dns tunnel"]]);
  assert.deepEqual(kindsOf(99, question), [[]]);
  assert.deepEqual(kindsOf(100, { ...question, sourceBytes: 99 }), [[]]);
  assert.deepEqual(kindsOf(100, { ...question, destinationPort: 123 }), [[]]);
});

test("answered logins again and again are a brute force; what nobody answers is none", () => {
  const login = { protocol: "tcp", destinationPort: 22, sourceBytes: 1_200, destinationBytes: 1_900 };
  assert.deepEqual(kindsOf(20, login), [["brute force"]]);
  assert.deepEqual(kindsOf(20, { ...login, state: "REJ", destinationBytes: 0 }), [[]]);
});

test("a service that its source was never seen to use is new all day, at any host, and the next day no more", () => {
  const of = (hours: number, destinationPort: number, destinationHost: string) =>
    connectionOf({
      ...{ protocol: "tcp", start: 3_600 * hours, sourceHost: "10.0.0.1", destinationHost, destinationPort },
      destinationBytes: 1,
    });
  const pairs = pairsOf([
    of(0, 80, "first"),
    of(1, 22, "on the first day, nothing is known to be new"),
    of(25, 3389, "new"),
    of(26, 3389, "new, too"),
    of(27, 80, "known"),
    of(28, 22, "known, too"),
    of(49, 3389, "known by then"),
  ]);
  assert.deepEqual(
    pairs
      .filter(({ isOfNewService }) => isOfNewService)
      .map(({ destination }) => destination.destinationHost),
    ["new", "new, too"],
  );
  assert.deepEqual(rowKinds(pairs[2]), ["new service"]);
});
