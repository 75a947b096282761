/** A line of a log. */
export interface LogLine {
  readonly text: string;
  /** Counted from 1, in its file. */
  readonly number: number;
  /** Bytes before it in its file. */
  readonly offset: number;
  /** The header lines of Zeek's TSV that hold for it. */
  readonly header: readonly string[];
  /** It is longer than {@link longestLine}, and its text is left out. */
  readonly isTooLong?: boolean;
}

/** Bytes; a longer line is no line of a log. */
export const longestLine = 1_048_576;

const lineFeed = 10;
const numberSign = 35;
const headerLine = /^\ufeff?#(separator|set_separator|empty_field|unset_field|path|fields)\b/;

/** Cuts the bytes of a log into lines as they come, and remembers the header. Memory is bounded by the longest line. */
export class LineSplitter {
  /** What was read of the next line. */
  #rest: Buffer = Buffer.alloc(0);
  /** Bytes of it that are not kept. */
  #dropped = 0;
  #isTooLong = false;
  /** The next line is the remainder of one that was taken before its end was written. */
  isRemainder = false;

  /** @param offset bytes before the next line; @param number of it */
  constructor(
    public offset = 0,
    public number = 1,
    public header: readonly string[] = [],
  ) {}

  /** Bytes read so far. */
  get at(): number {
    return this.offset + this.#dropped + this.#rest.length;
  }

  /** The lines that these bytes end. */
  split(bytes: Buffer): LogLine[] {
    const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
    const lines: LogLine[] = [];
    let start = 0;
    for (let end = all.indexOf(lineFeed); end >= 0; end = all.indexOf(lineFeed, start)) {
      const line = this.#line(all, start, end);
      if (this.isRemainder) this.isRemainder = false;
      else lines.push(line);
      this.#go(this.#dropped + end + 1 - start);
      start = end + 1;
    }
    this.#keep(all.subarray(start));
    return lines;
  }

  /** What there is of a line whose end was not written. */
  get unfinished(): LogLine | undefined {
    if (this.#rest.length === 0 || this.isRemainder) return undefined;
    return { text: this.#rest.toString("utf8"), ...this.#place };
  }

  /** Counts the unfinished line as read: what may come of it is left out. */
  takeUnfinished(): void {
    const bytes = this.at - this.offset;
    this.#rest = Buffer.alloc(0);
    this.#go(bytes);
    this.number--; // the line goes on
    this.isRemainder = true;
  }

  get #place() {
    return { number: this.number, offset: this.offset, header: this.header };
  }

  #line(bytes: Buffer, start: number, end: number): LogLine {
    const first = afterZeros(bytes, start, end);
    if (this.#isTooLong || end - first > longestLine) return { text: "", isTooLong: true, ...this.#place };
    const line = { text: bytes.toString("utf8", first, end), ...this.#place };
    if (bytes[first] === numberSign || (this.number === 1 && line.text.startsWith("\ufeff")))
      this.header = withLine(this.header, line.text);
    return line;
  }

  #go(bytes: number): void {
    this.offset += bytes;
    this.number++;
    this.#dropped = 0;
    this.#isTooLong = false;
  }

  #keep(bytes: Buffer): void {
    const first = afterZeros(bytes, 0, bytes.length);
    this.#isTooLong ||= bytes.length - first > longestLine;
    const kept = this.#isTooLong ? bytes.length : first;
    this.#dropped += kept;
    this.#rest = Buffer.from(bytes.subarray(kept));
  }
}

/** A log that was truncated while its writer wrote on at its old place starts with zeros: a hole. */
function afterZeros(bytes: Buffer, start: number, end: number): number {
  let first = start;
  while (first < end && bytes[first] === 0) first++;
  return first;
}

function withLine(header: readonly string[], line: string): readonly string[] {
  const key = headerLine.exec(line)?.[1];
  if (!key || header.includes(line)) return header;
  if (key === "separator") return [line];
  return [...header.filter((other) => headerLine.exec(other)?.[1] !== key), line];
}
