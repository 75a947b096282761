import { mostEmptyLines, peek } from "../../data/content";

const [tab, lineFeed, carriageReturn, space] = [9, 10, 13, 32];
const [quote, comma, backslash] = [34, 44, 92];
const [openList, closeList, openObject, closeObject] = [91, 93, 123, 125];

/** Whether bytes are the beginning of a JSON array. */
export function beginsAsArray(bytes: Buffer): boolean {
  return /^\ufeff?\s*\[/.test(bytes.subarray(0, 1024).toString("utf8"));
}

/**
 * The content of a log, where a JSON array has become lines: each record is one, with the number of the line where it
 * begins, whether the array is one long line, a line a record, or indented. Anything else is passed on as it is.
 */
export async function* recordLines(pieces: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  // The first byte that is no blank tells; a pipe may give no more for long.
  let { first, all } = await peek(pieces, 1);
  for (
    let seen = 0;
    seen < first.length && first.length < 1024 && /^\ufeff?\s*$/.test(first.toString("utf8"));
  ) {
    seen = first.length;
    ({ first, all } = await peek(all, seen + 1));
  }
  try {
    if (!beginsAsArray(first)) return yield* all;
    const lines = new ArrayLines();
    for await (const piece of all) {
      const written = lines.of(piece);
      if (written.length > 0) yield written;
    }
  } finally {
    await pieces.return(undefined); // where the lines are not read to their end
  }
}

/** Writes the records of an array as lines, piece by piece. What stands between them and should not is kept. */
class ArrayLines {
  #out = Buffer.alloc(0);
  #length = 0;
  /** How many objects and lists are open, the array itself not counted. */
  #depth = 0;
  #isInText = false;
  #isEscaped = false;
  /** There is a blank before what comes next. */
  #isAfterBlank = false;
  /** Nothing but `{`, after a blank, was read of the record. */
  #isFresh = false;
  /** The line ended after `{`: the record is indented, and its lines are joined. */
  #isIndented = false;
  /** How many line ends an indented record has. */
  #joined = 0;
  /** The end of this line is written: a record ended in it. */
  #isEnded = false;
  #hasBegun = false;

  of(piece: Buffer): Buffer {
    this.#out = Buffer.allocUnsafe(2 * piece.length + mostEmptyLines); // the line ends of a record may be written after it
    this.#length = 0;
    for (const byte of piece) {
      if (this.#depth === 0) this.#between(byte);
      else if (byte === lineFeed) this.#breakLine();
      else this.#within(byte);
    }
    return this.#out.subarray(0, this.#length);
  }

  #between(byte: number): void {
    if (byte === openObject) {
      this.#depth = 1;
      this.#isFresh = this.#isAfterBlank;
      this.#isIndented = this.#isInText = this.#isEscaped = this.#isEnded = false;
      this.#joined = 0;
      this.#write(byte);
    } else if (byte === lineFeed) {
      if (!this.#isEnded) this.#write(byte);
      this.#isEnded = false;
    } else if (byte === openList && !this.#hasBegun) this.#hasBegun = true;
    else if (![space, tab, carriageReturn, comma, closeList].includes(byte)) {
      this.#write(byte);
      this.#isEnded = false;
    }
    this.#isAfterBlank = byte === space || byte === tab;
  }

  #within(byte: number): void {
    this.#write(byte);
    if (byte !== space && byte !== tab && byte !== carriageReturn) this.#isFresh = false;
    if (this.#isEscaped) this.#isEscaped = false;
    else if (this.#isInText) {
      if (byte === backslash) this.#isEscaped = true;
      else if (byte === quote) this.#isInText = false;
    } else if (byte === quote) this.#isInText = true;
    else if (byte === openObject || byte === openList) this.#depth++;
    else if ((byte === closeObject || byte === closeList) && --this.#depth === 0) {
      this.#endLine();
      this.#isEnded = true;
    }
  }

  /** A line ends within a record: one that is indented goes on, any other is broken, and the next is not. */
  #breakLine(): void {
    this.#isIndented ||= this.#isFresh;
    if (this.#isIndented && !this.#isInText) {
      if (this.#joined < mostEmptyLines / 2) this.#joined++;
      this.#write(space);
    } else {
      this.#depth = 0;
      this.#endLine();
    }
  }

  #endLine(): void {
    for (let i = 0; i <= this.#joined; i++) this.#write(lineFeed);
    this.#joined = 0;
  }

  #write(byte: number): void {
    this.#out[this.#length++] = byte;
  }
}
