import { beforeBytes, type Fingerprint, fingerprintOf, headOf, startsWith } from "./fingerprint";
import { LineSplitter, type LogLine } from "./line-splitter";
import type { LogContent } from "./log-content";
import type { FoundFile } from "./log-folder";

/** How much of a file was read, and what stands before this place. */
interface ReadUpTo extends Fingerprint {
  readonly at: number;
}

/** Where reading is in a file, and how the file is known again. */
export interface SavedFile {
  readonly path: string;
  readonly place?: string;
  readonly modified: number;
  readonly isRead?: boolean;
  readonly isMissing?: boolean;
  readonly head: Fingerprint;
  readonly readUpTo?: ReadUpTo;
  /** The line to go on with. */
  readonly offset: number;
  readonly number: number;
  readonly header: readonly string[];
  /** Of the lines from there on, those that are not judged: each as the distance of its number to that of the one before. */
  readonly unjudged?: readonly number[];
  /** The number of the first line that was not read. */
  readonly unread?: number;
}

/** The line from which a file is to be read again after a restart. */
export interface ResumeLine extends Pick<LogLine, "offset" | "number" | "header"> {
  /** Numbers of this line and of those after it that were read and are not judged, in ascending order. */
  readonly unjudged?: readonly number[];
}

/** What a file's content is to that of another: the same or a part of it, the same and more, or something else. */
export type Likeness = "copy" | "more" | "other";

/**
 * One of the files that a log consists of, known by its content, wherever it lies: under its old name or a new one,
 * copied, or packed.
 */
export class TailedFile {
  /** It was read to its end, and nothing was added for a while. */
  isRead = false;
  /** It was told that its content can't be found. */
  isMissing = false;
  /** At the last look it was in the folder of the log. */
  isInFolder = true;
  /** There was nothing more to read the last time. */
  isDrained = false;
  /** When it last grew, or was lost, in milliseconds since 1970. */
  changedAt = Date.now();
  /** What it is read in; undefined if that is not at hand. */
  content: LogContent | undefined;
  #head: Fingerprint | undefined;
  /** What was read of it while it had no head. */
  #start: Fingerprint | undefined;
  /** Undefined if it lay there packed when the log was first followed. */
  #readUpTo: ReadUpTo | undefined;
  #lines: LineSplitter;
  /** Lines that an earlier start did not judge, of those before `#unreadBefore`, which it had read. */
  #unjudged: ReadonlySet<number> = new Set();
  #unreadBefore = 0;

  private constructor(
    /** The name that reading went on under last, for messages. */
    public path: string,
    /** Where it lies, or lay last. */
    public place: string | undefined,
    public modified: number,
    head: Fingerprint | undefined,
    lines: LineSplitter,
  ) {
    this.#head = head;
    this.#lines = lines;
  }

  /** A file to be read from its start. */
  static fresh(
    { path, place, modified }: FoundFile,
    head: Fingerprint | undefined,
    content: LogContent,
  ): TailedFile {
    const file = new TailedFile(path, place, modified, head, new LineSplitter());
    file.content = content;
    file.#readUpTo = { at: 0, ...fingerprintOf(Buffer.alloc(0)) };
    return file;
  }

  /** A file that was there before the log was followed: only what is added to it is read. */
  static async past(found: FoundFile, head: Fingerprint, content: LogContent): Promise<TailedFile> {
    const at = content.isPacked ? undefined : content.size;
    const file = new TailedFile(found.path, found.place, found.modified, head, new LineSplitter(at, unknown));
    file.isRead = true;
    if (at !== undefined) file.#readUpTo = { at, ...fingerprintOf(await bytesBefore(content, at)) };
    return file;
  }

  static saved({ path, place, modified, head, offset, number, header, ...rest }: SavedFile): TailedFile {
    const file = new TailedFile(path, place, modified, head, new LineSplitter(offset, number, header));
    file.isRead = rest.isRead ?? false;
    file.isMissing = rest.isMissing ?? false;
    file.#readUpTo = rest.readUpTo;
    let line = 0;
    file.#unjudged = new Set(rest.unjudged?.map((distance) => (line += distance)));
    file.#unreadBefore = rest.unread ?? 0;
    return file;
  }

  /** @param resume the first line whose connection is not judged; undefined if all are @returns undefined if young */
  save(resume?: ResumeLine): SavedFile | undefined {
    if (!this.#head) return undefined;
    const { path, place, modified, isRead, isMissing } = this;
    const { offset, number, header } = resume ?? this.#lines;
    // Without a list of its own, all from the line on is as an earlier start left it.
    const read = resume?.unjudged ? this.#lines.number : number;
    const unread = Math.max(read, this.#unreadBefore);
    const unjudged = [...(resume?.unjudged ?? []), ...[...this.#unjudged].filter((line) => line >= read)];
    return {
      path,
      ...(place !== undefined && { place }),
      modified,
      ...(isRead && { isRead }),
      ...(isMissing && { isMissing }),
      head: this.#head,
      ...(this.#readUpTo && { readUpTo: this.#readUpTo }),
      ...{ offset, number, header },
      ...(unread > number && { unjudged: unjudged.map((line, i) => line - (unjudged[i - 1] ?? 0)), unread }),
    };
  }

  /** Its first line has no end yet, so that nothing tells it from others. Nothing but header lines is read of it. */
  get isYoung(): boolean {
    return this.#head === undefined;
  }

  /** Its content is at hand. */
  get isOpen(): boolean {
    return this.content !== undefined;
  }

  /** It was not read to its end, and its content is not at hand. */
  get isLost(): boolean {
    return !this.isOpen && !this.isRead;
  }

  get isPacked(): boolean {
    return this.content?.isPacked ?? false;
  }

  /** It is packed, and was read to its end. */
  get isWhole(): boolean {
    return this.content?.isWhole ?? false;
  }

  /** Bytes before the next line. */
  get offset(): number {
    return this.#lines.offset;
  }

  /** The header lines that hold where reading is. */
  get header(): readonly string[] {
    return this.#lines.header;
  }

  /** Lets lines without a header of their own mean what those of an earlier file did. */
  inheritHeader(header: readonly string[]): void {
    if (this.#lines.at === 0) this.#lines.header = header;
  }

  /** The line at its end that has no end, if there is one. */
  get unfinished(): LogLine | undefined {
    return this.#lines.unfinished;
  }

  /** Counts the unfinished line as read. */
  takeUnfinished(): void {
    this.#lines.takeUnfinished();
    this.#head ??= this.#start;
  }

  /** It starts with these bytes, and is no copy of another file. */
  growUp(first: Buffer): void {
    if (!this.#start || startsWith(first, this.#start)) this.#head = headOf(first);
  }

  /** How some content, which starts with these bytes, compares with what was read of this file. */
  async likeness(content: LogContent, first: Buffer): Promise<Likeness> {
    if (!this.#head || !startsWith(first, this.#head)) return "other";
    const read = this.#readUpTo;
    if (!read) return "copy";
    const { at } = read;
    const { size, isPacked } = content;
    if (isPacked && !this.isLost && size === at) return "copy"; // as it says, so that it needs no unpacking
    if (!isPacked && size < at) return "copy";
    const bytes = Buffer.alloc(read.length + 1);
    const length = await content.read(bytes, at - read.length);
    if (length < read.length) return "copy"; // gzip of which a part is written yet
    if (!startsWith(bytes, read)) return "other";
    return length > read.length || this.isLost ? "more" : "copy";
  }

  /** It was read to the end, and its content is not at hand or has nothing more now. */
  async canGoOn(): Promise<boolean> {
    return !this.content || (this.isDrained && (this.isPacked || (await this.#unread()) !== 1));
  }

  /** Goes on reading in this content, which starts with what was read. */
  async goOn(content: LogContent, path: string): Promise<void> {
    this.path = path;
    await this.content?.close();
    this.content = content;
    this.place = content.place;
    this.isInFolder = true;
    this.isRead = false;
    this.isDrained = false;
    this.changedAt = Date.now();
    if (this.#lines.number === unknown) await this.#count(content);
    const lines = this.#lines;
    if (lines.at !== lines.offset) return; // it goes on in the middle of a line that is held
    const read = this.#readUpTo!;
    const before = await bytesBefore(content, lines.offset);
    if (before.length > 0 && before.at(-1) !== lineFeed) lines.isRemainder = true;
    if (lines.offset === read.at) return;
    // What was read after the line may be replaced just now: then what is before it is something else as well.
    const isSame = (await this.#unread()) !== undefined;
    const known = isSame || lines.offset === 0 ? fingerprintOf(before) : nothing;
    this.#readUpTo = { at: lines.offset, ...known };
  }

  /**
   * The lines that were finished since.
   *
   * @param buffer to read into
   * @returns undefined if the content is another now: the file was truncated, and may have grown again
   */
  async read(buffer: Buffer): Promise<LogLine[] | undefined> {
    const content = this.content!;
    for (;;) {
      const read = this.#readUpTo!;
      const { at } = read;
      // What is before is read again, at once with what follows, so that nothing can be changed in between.
      const again = this.isYoung ? at : content.isPacked ? 0 : read.length;
      const bytes = buffer.subarray(0, await content.read(buffer, at - again));
      if (again > 0 && !startsWith(bytes.subarray(again - read.length), read)) return undefined;
      if (at === 0 && this.#head && !startsWith(bytes, this.#head)) return undefined;
      if (this.isYoung) {
        if (headOf(bytes)) {
          this.changedAt = Date.now();
          return []; // it is not young any more
        }
        this.#start = fingerprintOf(bytes);
      }
      const fresh = bytes.subarray(again);
      this.isDrained = fresh.length === 0;
      if (this.isDrained) return [];
      this.changedAt = Date.now();
      const lines = this.#lines
        .split(fresh)
        .filter(({ number }) => number >= this.#unreadBefore || this.#unjudged.has(number));
      this.#readUpTo = { at: at + fresh.length, ...fingerprintOf(bytes.subarray(-beforeBytes)) };
      if (lines.length > 0) return lines;
    }
  }

  /** Its content is not at hand any more. */
  async lose(): Promise<void> {
    await this.close();
    this.place = undefined;
    this.isInFolder = false;
    this.changedAt = Date.now();
  }

  /** Nothing is added to it any more. */
  async finish(): Promise<void> {
    this.isRead = true;
    await this.close();
  }

  async close(): Promise<void> {
    const content = this.content;
    this.content = undefined;
    await content?.close();
  }

  /** Whether there is something to read, 1 or 0; undefined if what was read is not there any more. */
  async #unread(): Promise<number | undefined> {
    const read = this.#readUpTo!;
    const bytes = Buffer.alloc(read.length + 1);
    const length = await this.content!.read(bytes, read.at - read.length);
    return startsWith(bytes.subarray(0, length), read) ? length - read.length : undefined;
  }

  /** Reads what was there before the log was followed, for its header and the number of its lines. */
  async #count(content: LogContent): Promise<void> {
    this.#lines = new LineSplitter();
    const end = this.#readUpTo!.at;
    const buffer = Buffer.alloc(Math.min(end, 1_048_576));
    while (this.#lines.at < end) {
      const piece = buffer.subarray(0, Math.min(buffer.length, end - this.#lines.at));
      const bytesRead = await content.read(piece, this.#lines.at);
      if (bytesRead === 0) break;
      this.#lines.split(piece.subarray(0, bytesRead));
    }
  }
}

const lineFeed = 10;
/** Is before no place but the first. */
const nothing: Fingerprint = { length: 1, hash: "" };
/** The number of a line that was not counted. */
const unknown = 0;

async function bytesBefore(content: LogContent, at: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(at, beforeBytes));
  return bytes.subarray(0, await content.read(bytes, at - bytes.length));
}
