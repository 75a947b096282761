import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeStruct, encodeStruct, type Struct, varint } from "traffic-anomaly/dist/data/thrift";

test("a structure is encoded as the specification of the compact protocol says", () => {
  // A field's first byte is its step from the field before and its type; whole numbers are doubled (zigzag).
  const bytes = encodeStruct({ 1: 1, 3: "ab", 4: [1, 2], 11: 300n });
  assert.deepEqual([...bytes], [0x15, 2, 0x28, 2, 97, 98, 0x19, 0x25, 2, 4, 0x76, 0xd8, 4, 0]);
});

test("what was encoded is decoded, and the position after it is given", () => {
  const struct: Struct = {
    1: 2 ** 31 - 1,
    2: [{ 1: "é", 3: [] }, { 4: 2 ** 24 }],
    3: 2n ** 40n,
    4: Array.from({ length: 300 }, (_, i) => i),
  };
  const bytes = Buffer.concat([Buffer.from("before"), encodeStruct(struct), Buffer.from("after")]);
  const { struct: found, end } = decodeStruct(bytes, 6);
  assert.deepEqual(found, struct);
  assert.equal(bytes.toString("utf8", end), "after");
});

test("numbers take seven bits a byte", () => {
  assert.deepEqual(varint(127), [127]);
  assert.deepEqual(varint(128), [0x80, 1]);
  assert.deepEqual(varint(2 ** 35), [0x80, 0x80, 0x80, 0x80, 0x80, 1]);
});

test("a structure that is cut off is refused", () => {
  const bytes = encodeStruct({ 1: [1, 2, 3], 2: "text" });
  for (let length = 0; length < bytes.length; length++)
    assert.throws(() => decodeStruct(bytes.subarray(0, length)), /ends too early/);
});
