import assert from "node:assert/strict";
import { test } from "node:test";
import type { Connection } from "traffic-anomaly/dist/traffic/connection";
import { ConnectionLogParser } from "traffic-anomaly/dist/traffic/logs/log-parser";
import { zeekHeader, zeekJsonLine, zeekTsvLine } from "traffic-anomaly/dist/traffic/zeek/write-log";
import fc from "../../fixtures/fast-check";

const micro = (largest: number) => fc.nat(largest).map((millionths) => millionths / 1e6);
const host = fc.oneof(fc.ipV4(), fc.ipV6());
const port = fc.nat(65_535);
const bytes = fc.oneof(fc.nat(), fc.maxSafeNat());
const name = fc.oneof(
  fc.constantFrom("tcp", "SF", "-", "(empty)", "gssapi,smb,krb", "\\x09", "\\", "#", "{", "ä 𝕏", " "),
  fc.stringMatching(/^[!-~]{1,30}$/),
);
const connections = fc.record<Connection>(
  {
    uid: fc.stringMatching(/^C[A-Za-z0-9]{1,18}$/),
    start: fc.tuple(fc.nat(2_000_000_000), fc.nat(999_999)).map(([s, us]) => (s * 1e6 + us) / 1e6),
    duration: micro(1e9),
    protocol: name,
    sourceHost: host,
    sourcePort: port,
    destinationHost: host,
    destinationPort: port,
    state: name,
    sourceBytes: bytes,
    destinationBytes: bytes,
    application: name,
    label: name,
  },
  {
    requiredKeys: [
      ...(["uid", "start", "duration", "protocol", "sourceHost", "sourcePort"] as const),
      ...(["destinationHost", "destinationPort", "sourceBytes", "destinationBytes"] as const),
    ],
    noNullPrototype: true,
  },
);

test("what is written as TSV is read as it was", () => {
  const parser = new ConnectionLogParser("x");
  for (const [i, line] of zeekHeader(0, { label: true }).split("\n").entries()) parser.parse(line, i + 1);
  fc.assert(
    fc.property(connections, (connection) => {
      assert.deepEqual(parser.parse(zeekTsvLine(connection, { label: true }), 9), connection);
    }),
    { numRuns: 2000 },
  );
});

test("what is written as JSON is read as it was", () => {
  const parser = new ConnectionLogParser("x");
  fc.assert(
    fc.property(connections, (connection) => {
      fc.pre(connection.state !== "-"); // which means none
      assert.deepEqual(parser.parse(zeekJsonLine(connection), 1), connection);
    }),
    { numRuns: 2000 },
  );
});

test("the header is Zeek's, and has a label column only if asked for", () => {
  const [separator, , , , path, open, fields, types] = zeekHeader(1_396_519_707).split("\n");
  assert.equal(separator, "#separator \\x09");
  assert.equal(path, "#path\tconn");
  assert.equal(open, "#open\t2014-04-03-10-08-27");
  assert.match(fields, /^#fields\tts\tuid\tid\.orig_h\t.*\tconn_state$/);
  assert.equal(fields.split("\t").length, types.split("\t").length);
  assert.match(zeekHeader(0, { label: true }), /conn_state\tlabel\n/);
});
