import { type FileHandle, open } from "node:fs/promises";

// A file of numbers in columns. Each group of rows holds, column by column, the values of its dictionary as 64-bit
// floats and then the codes of its rows, as bytes or pairs of bytes; of a single value there are no codes. Everything
// begins at a multiple of eight bytes, so that what was read is used as it is, in the machine's order of bytes. A
// footer of JSON says where everything is; its length and a magic word end the file.

/** A column of some rows, dictionary-encoded: `dictionary[codes[row]]`. */
export interface EncodedColumn {
  readonly dictionary: Float64Array;
  readonly codes: Uint8Array | Uint16Array;
}

/** Columns of equal length. */
export interface RowGroup {
  readonly rows: number;
  readonly columns: readonly EncodedColumn[];
}

interface Footer<Metadata> {
  readonly groups: {
    readonly rows: number;
    readonly start: number;
    readonly end: number;
    /** Places are counted from the group's start. */
    readonly columns: { readonly values: number; readonly dictionary: number; readonly codes: number }[];
  }[];
  readonly metadata: Metadata;
}

const magic = Buffer.from("COLUMNS\n");
const endBytes = 8 + magic.length;

/** Writes a column file group by group, in constant memory. */
export class ColumnFileWriter<Metadata> {
  readonly #groups: Footer<Metadata>["groups"] = [];
  #position = 0;
  /** What a group is put together in, so that groups do not each take memory of their own. */
  #buffer = new ArrayBuffer(0);

  private constructor(private readonly file: FileHandle) {}

  static async create<Metadata>(path: string): Promise<ColumnFileWriter<Metadata>> {
    return new ColumnFileWriter(await open(path, "w"));
  }

  /** Adds rows. At most 65,536 different values a column. */
  async write({ rows, columns }: RowGroup): Promise<void> {
    let size = 0;
    const add = (bytes: number): number => {
      size += bytes;
      return size - bytes;
    };
    const places = columns.map(({ dictionary: { length: values } }) => ({
      values,
      dictionary: add(8 * values),
      codes: add(values > 1 ? Math.ceil(rows / 8) * 8 * codesType(values).BYTES_PER_ELEMENT : 0),
    }));
    if (this.#buffer.byteLength < size) this.#buffer = new ArrayBuffer(size);
    const group = Buffer.from(this.#buffer, 0, size).fill(0);
    for (const [i, { values, dictionary, codes }] of places.entries()) {
      new Float64Array(this.#buffer, dictionary).set(columns[i].dictionary);
      if (values > 1) new (codesType(values))(this.#buffer, codes).set(columns[i].codes);
    }
    await this.file.writeFile(group); // goes on where the last one ended
    this.#groups.push({ rows, start: this.#position, end: this.#position + size, columns: places });
    this.#position += size;
  }

  /** Ends the file, with what `ColumnFileReader.metadata` gives back. */
  async finish(metadata: Metadata): Promise<void> {
    const footer: Footer<Metadata> = { groups: this.#groups, metadata };
    const json = Buffer.from(JSON.stringify(footer));
    const length = Buffer.alloc(8);
    length.writeDoubleLE(json.length);
    await this.file.writeFile(Buffer.concat([json, length, magic]));
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

/** Reads files of `ColumnFileWriter`, group by group. */
export class ColumnFileReader<Metadata> {
  readonly rows: number;
  readonly metadata: Metadata;

  private constructor(
    private readonly file: FileHandle,
    private readonly footer: Footer<Metadata>,
  ) {
    this.rows = footer.groups.reduce((sum, { rows }) => sum + rows, 0);
    this.metadata = footer.metadata;
  }

  /** @throws {Error} if the file is missing, cut off, or another kind of file */
  static async open<Metadata>(path: string): Promise<ColumnFileReader<Metadata>> {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      const end = await read(file, size - endBytes, Buffer.alloc(endBytes));
      const start = size - endBytes - end.readDoubleLE();
      if (!end.subarray(8).equals(magic) || !(start >= 0)) throw new Error(`${path} is no whole column file`);
      const json = await read(file, start, Buffer.alloc(size - endBytes - start));
      const footer: Footer<Metadata> = JSON.parse(json.toString());
      if ((footer.groups.at(-1)?.end ?? 0) !== start) throw new Error(`${path} is no whole column file`);
      return new ColumnFileReader(file, footer);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The rows of the file, in order; they are valid until the next group is asked for. */
  async *rowGroups(): AsyncGenerator<RowGroup> {
    const longest = this.footer.groups.reduce((most, { start, end }) => Math.max(most, end - start), 0);
    const { buffer } = new Uint8Array(longest);
    let zeros = new Uint8Array(0);
    for (const { rows, start, end, columns } of this.footer.groups) {
      await read(this.file, start, Buffer.from(buffer, 0, end - start));
      if (zeros.length < rows) zeros = new Uint8Array(rows);
      const encoded = columns.map(({ values, dictionary, codes }) => ({
        dictionary: new Float64Array(buffer, dictionary, values),
        codes: values > 1 ? new (codesType(values))(buffer, codes, rows) : zeros.subarray(0, rows),
      }));
      yield { rows, columns: encoded };
    }
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

function codesType(values: number): Uint8ArrayConstructor | Uint16ArrayConstructor {
  return values <= 256 ? Uint8Array : Uint16Array;
}

async function read(file: FileHandle, position: number, bytes: Buffer): Promise<Buffer> {
  const { bytesRead } = await file.read(bytes, 0, bytes.length, position);
  if (bytesRead < bytes.length) throw new Error("the file is too short");
  return bytes;
}
