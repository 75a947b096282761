import { type FileHandle, open } from "node:fs/promises";
import { decodeStruct, encodeStruct, type Struct, varint } from "./thrift";

// Apache Parquet as https://parquet.apache.org/docs/file-format describes it, in the one form that is quickest to write
// and to read: each column of each row group has a dictionary and whole bytes as codes, uncompressed and without nulls.

/** What a column of a file holds. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "float" | "double" | "text";
}

/** A column of some rows, dictionary-encoded: `dictionary[codes[row]]`. */
export interface EncodedColumn {
  readonly dictionary: readonly (string | number)[];
  readonly codes: Uint8Array | Uint16Array;
}

/** Columns of equal length, in the order of the file's columns. */
export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly EncodedColumn[];
}

const magic = Buffer.from("PAR1");
const physicalType = { float: 4, double: 5, text: 6 } as const;
const plain = 0;
const runLength = 3;
const runLengthDictionary = 8;

/** Writes a Parquet file row group by row group, in constant memory. */
export class ParquetWriter {
  readonly #file: FileHandle;
  readonly #columns: readonly ParquetColumn[];
  readonly #rowGroups: Struct[] = [];
  #position = 0;
  #rows = 0;

  private constructor(file: FileHandle, columns: readonly ParquetColumn[]) {
    this.#file = file;
    this.#columns = columns;
  }

  static async create(path: string, columns: readonly ParquetColumn[]): Promise<ParquetWriter> {
    const writer = new ParquetWriter(await open(path, "w"), columns);
    await writer.#append([magic]);
    return writer;
  }

  /** Adds rows. At most 65,536 different values a column. */
  async write({ rows, columns }: RowGroup): Promise<void> {
    const pieces: Buffer[] = [];
    const start = this.#position;
    let end = start;
    const add = (...added: Buffer[]) => {
      pieces.push(...added);
      for (const { length } of added) end += length;
    };
    const chunks = columns.map(({ dictionary, codes }, i) => {
      const { name, type } = this.#columns[i];
      const dictionaryOffset = end;
      const values = plainValues(dictionary, type);
      add(pageHeader(2, values.length, { 7: { 1: dictionary.length, 2: plain } }), values);
      const codesOffset = end;
      const packed = packedCodes(codes, dictionary.length);
      const dataHeader = { 1: rows, 2: runLengthDictionary, 3: runLength, 4: runLength };
      add(pageHeader(0, byteLength(packed), { 5: dataHeader }), ...packed);
      const bytes = BigInt(end - dictionaryOffset);
      const metadata: Struct = {
        1: physicalType[type],
        2: [plain, runLength, runLengthDictionary],
        3: [name],
        4: 0, // uncompressed
        5: BigInt(rows),
        6: bytes,
        7: bytes,
        9: BigInt(codesOffset),
        11: BigInt(dictionaryOffset),
      };
      return { 2: BigInt(dictionaryOffset), 3: metadata };
    });
    await this.#append(pieces);
    this.#rowGroups.push({ 1: chunks, 2: BigInt(end - start), 3: BigInt(rows) });
    this.#rows += rows;
  }

  /** Ends the file, with texts of the caller's that `ParquetReader.metadata` gives back. */
  async finish(metadata: Readonly<Record<string, string>>): Promise<void> {
    const schema = this.#columns.map(({ name, type }): Struct => {
      const required = { 1: physicalType[type], 3: 0, 4: name };
      return type === "text" ? { ...required, 6: 0 } : required; // UTF-8
    });
    const footer = encodeStruct({
      1: 1, // version of the format
      2: [{ 4: "rows", 5: schema.length }, ...schema],
      3: BigInt(this.#rows),
      4: this.#rowGroups,
      5: Object.entries(metadata).map(([key, value]) => ({ 1: key, 2: value })),
    });
    const length = Buffer.alloc(4);
    length.writeUInt32LE(footer.length);
    await this.#append([footer, length, magic]);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #append(pieces: readonly Buffer[]): Promise<void> {
    const length = byteLength(pieces);
    const { bytesWritten } = await this.#file.writev(pieces);
    // What did not fit is tried once more, for the reason.
    if (bytesWritten < length) await this.#file.appendFile(Buffer.concat(pieces).subarray(bytesWritten));
    this.#position += length;
  }
}

function pageHeader(type: 0 | 2, bytes: number, header: Struct): Buffer {
  return encodeStruct({ 1: type, 2: bytes, 3: bytes, ...header });
}

function plainValues(dictionary: EncodedColumn["dictionary"], type: ParquetColumn["type"]): Buffer {
  if (type === "text") {
    const texts = (dictionary as readonly string[]).flatMap((value) => {
      const text = Buffer.from(value);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(text.length);
      return [length, text];
    });
    return Buffer.concat(texts);
  }
  const ArrayType = type === "float" ? Float32Array : Float64Array;
  return Buffer.from(ArrayType.from(dictionary as readonly number[]).buffer);
}

/** Bits of a code, then one run: of the only code, or of codes packed in groups of eight without a gap. */
function packedCodes(codes: Uint8Array | Uint16Array, values: number): Buffer[] {
  if (values === 1) return [Buffer.from([8, ...varint(2 * codes.length), 0])];
  const ArrayType = values <= 256 ? Uint8Array : Uint16Array;
  const groups = Math.ceil(codes.length / 8);
  const packed = new ArrayType(8 * groups);
  packed.set(codes);
  const head = Buffer.from([8 * ArrayType.BYTES_PER_ELEMENT, ...varint(2 * groups + 1)]);
  return [head, Buffer.from(packed.buffer)];
}

function byteLength(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** Reads files of `ParquetWriter`, row group by row group. */
export class ParquetReader {
  readonly #file: FileHandle;
  readonly #rowGroups: readonly Struct[];
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
  readonly metadata: Readonly<Record<string, string>>;

  private constructor(file: FileHandle, footer: Struct) {
    const [, ...schema] = footer[2] as Struct[];
    this.#file = file;
    this.#rowGroups = (footer[4] ?? []) as Struct[];
    this.columns = schema.map((column) => {
      const type = column[1] === 4 ? "float" : column[1] === 5 ? "double" : "text";
      return { name: column[4] as string, type };
    });
    this.rows = Number(footer[3]);
    this.metadata = Object.fromEntries((footer[5] as Struct[]).map((entry) => [entry[1], entry[2]]));
  }

  /** @throws {Error} if the file is missing or no whole Parquet file */
  static async open(path: string): Promise<ParquetReader> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const end = await read(file, size - 8, Buffer.alloc(8));
      if (!end.subarray(4).equals(magic)) throw new Error(`${path} is no whole Parquet file`);
      const length = end.readUInt32LE();
      return new ParquetReader(
        file,
        decodeStruct(await read(file, size - 8 - length, Buffer.alloc(length))).struct,
      );
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The rows of the file; codes are valid until the next group is asked for. */
  async *rowGroups(): AsyncGenerator<RowGroup> {
    let buffer = Buffer.alloc(0);
    for (const group of this.#rowGroups) {
      const chunks = group[1] as Struct[];
      const start = Number(chunks[0][2]);
      const length = Number(group[2]);
      if (buffer.length < length) buffer = Buffer.allocUnsafe(length);
      const bytes = await read(this.#file, start, buffer.subarray(0, length));
      const columns = chunks.map((chunk, i): EncodedColumn => {
        const metadata = chunk[3] as Struct;
        const { type } = this.columns[i];
        return {
          dictionary: dictionaryAt(bytes, Number(metadata[11]) - start, type),
          codes: codesAt(bytes, Number(metadata[9]) - start),
        };
      });
      yield { rows: Number(group[3]), columns };
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function read(file: FileHandle, position: number, bytes: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
  if (bytesRead < bytes.length) throw new Error("the file is too short");
  return bytes;
}

function dictionaryAt(
  bytes: Buffer,
  start: number,
  type: ParquetColumn["type"],
): EncodedColumn["dictionary"] {
  const { struct: header, end } = decodeStruct(bytes, start);
  const length = (header[7] as Struct)[1] as number;
  let at = end;
  if (type === "float") return Array.from({ length }, (_, i) => bytes.readFloatLE(at + 4 * i));
  if (type === "double") return Array.from({ length }, (_, i) => bytes.readDoubleLE(at + 8 * i));
  return Array.from({ length }, () => {
    const from = at + 4;
    at = from + bytes.readUInt32LE(at);
    return bytes.toString("utf8", from, at);
  });
}

function codesAt(bytes: Buffer, start: number): Uint8Array | Uint16Array {
  const { struct: header, end } = decodeStruct(bytes, start);
  const rows = (header[5] as Struct)[1] as number;
  const bits = bytes[end];
  const isPacked = bytes[end + 1] % 2 === 1;
  if (!isPacked) return new Uint8Array(rows);
  let at = end + 1;
  while (bytes[at++] > 127); // the length of the run follows from the number of rows
  if (bits === 8) return bytes.subarray(at, at + rows);
  return new Uint16Array(Uint8Array.from(bytes.subarray(at, at + 2 * rows)).buffer);
}
