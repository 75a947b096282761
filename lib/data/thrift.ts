// The part of Thrift's compact protocol that Parquet's metadata needs:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

/** A structure by the numbers of its fields, in ascending order. A number is an i32, a bigint an i64; none is negative. */
export interface Struct {
  readonly [field: number]: Value;
}

export type Value = number | bigint | string | Struct | readonly Value[];

const types = { i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

export function encodeStruct(struct: Struct): Buffer {
  const bytes: number[] = [];
  writeStruct(bytes, struct);
  return Buffer.from(bytes);
}

function writeStruct(bytes: number[], struct: Struct): void {
  let previous = 0;
  for (const [key, value] of Object.entries(struct)) {
    bytes.push(((Number(key) - previous) << 4) | typeOf(value));
    writeValue(bytes, value);
    previous = Number(key);
  }
  bytes.push(0);
}

function typeOf(value: Value): number {
  if (typeof value === "number") return types.i32;
  if (typeof value === "bigint") return types.i64;
  if (typeof value === "string") return types.binary;
  return Array.isArray(value) ? types.list : types.struct;
}

function writeValue(bytes: number[], value: Value): void {
  if (typeof value === "number" || typeof value === "bigint")
    bytes.push(...varint(2 * Number(value))); // zigzag
  else if (typeof value === "string") {
    const text = Buffer.from(value);
    bytes.push(...varint(text.length));
    for (const byte of text) bytes.push(byte);
  } else if (Array.isArray(value)) {
    bytes.push((Math.min(value.length, 15) << 4) | typeOf(value[0] ?? {}));
    if (value.length >= 15) bytes.push(...varint(value.length));
    for (const item of value) writeValue(bytes, item);
  } else writeStruct(bytes, value as Struct);
}

/** A whole number in groups of seven bits, lowest first. */
export function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

/** The structure that begins at a byte, and the byte after it. @throws {Error} if there is none that can be read */
export function decodeStruct(bytes: Buffer, start = 0): { struct: Struct; end: number } {
  const from = { bytes, at: start };
  const struct = readStruct(from);
  return { struct, end: from.at };
}

interface Position {
  readonly bytes: Buffer;
  at: number;
}

function readStruct(from: Position): Struct {
  const struct: Record<number, Value> = {};
  let field = 0;
  for (;;) {
    const head = readByte(from);
    if (head === 0) return struct;
    field += head >>> 4;
    struct[field] = readValue(from, head & 15);
  }
}

function readValue(from: Position, type: number): Value {
  switch (type) {
    case types.i32:
      return readVarint(from) / 2;
    case types.i64:
      return BigInt(readVarint(from) / 2);
    case types.binary: {
      const length = readVarint(from);
      from.at += length;
      return from.bytes.toString("utf8", from.at - length, from.at);
    }
    case types.list: {
      const head = readByte(from);
      const length = head >>> 4 === 15 ? readVarint(from) : head >>> 4;
      return Array.from({ length }, () => readValue(from, head & 15));
    }
    case types.struct:
      return readStruct(from);
    default:
      throw new Error(`a Thrift value of the unexpected type ${type}`);
  }
}

function readVarint(from: Position): number {
  let value = 0;
  for (let scale = 1; ; scale *= 128) {
    const byte = readByte(from);
    value += (byte & 127) * scale;
    if (byte < 128) return value;
  }
}

function readByte(from: Position): number {
  if (from.at >= from.bytes.length) throw new Error("a Thrift structure ends too early");
  return from.bytes[from.at++];
}
