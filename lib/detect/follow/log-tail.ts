import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { InputError, systemErrorCode } from "../../common/errors";
import { unreadable } from "../../data/content";
import { beforeBytes } from "./fingerprint";
import { KnownFiles, type SavedFiles } from "./known-files";
import type { LogLine } from "./line-splitter";
import { openContent } from "./log-content";
import { type FoundFile, LogFolder } from "./log-folder";
import type { ResumeLine, TailedFile } from "./tailed-file";

/** Lines of one file of a log, in its order. */
export interface TailedLines {
  readonly file: TailedFile;
  readonly lines: readonly LogLine[];
  /** There is one line, and its end was not written; call `file.takeUnfinished()` if it is whole nevertheless. */
  readonly isUnfinished?: boolean;
}

const chunkBytes = 1_048_576;
/** How long a writer may go on writing to a file that was rotated before it counts as read to the end. */
const defaultPatience = 10_000;
/** A look at the folder while files are renamed may miss one. */
const looksForLost = 5;
const pauseForLost = 100;

/**
 * Reads a log that grows, line by line, through every kind of rotation. The folder is looked at before each step; of
 * the files that have something unread, the oldest is read first. A line is read when its end is written.
 *
 * What well-kept log shippers do: a file is known by its content, not its name (Filebeat, Vector), what stands before a
 * place is checked before reading goes on there (Fluent Bit), and a rotated file is read on while its writer keeps it.
 */
export class LogTail {
  readonly #folder: LogFolder;
  readonly #known: KnownFiles;
  readonly #buffer = Buffer.alloc(chunkBytes + beforeBytes);
  /** Of the file that was read last. */
  #header: readonly string[] = [];

  private constructor(
    private readonly path: string,
    private readonly onNotice: (sentence: string) => void,
    private readonly patience: number,
    saved: SavedFiles | undefined,
  ) {
    this.#folder = new LogFolder(path);
    this.#known = new KnownFiles(onNotice, saved);
  }

  /**
   * Opens the log at its start, or where reading ended before, whatever was done to its files since.
   *
   * @param patience milliseconds without growth after which a rotated file counts as finished
   * @throws {InputError} if nothing was read before, and there is no such file, or it can't be read
   */
  static async open(
    path: string,
    saved: SavedFiles | undefined,
    onNotice: (sentence: string) => void,
    patience = defaultPatience,
  ): Promise<LogTail> {
    const tail = new LogTail(path, onNotice, patience, saved);
    if (saved) await tail.#resume();
    else await tail.#start();
    return tail;
  }

  /** What is known of the files, for the next start. @param resume of a file with connections that are not judged */
  save(resume: (file: TailedFile) => ResumeLine | undefined = () => undefined): SavedFiles {
    return this.#known.save(resume);
  }

  /** The lines that were finished since; undefined if there are none now. @throws {InputError} if a file can't be read */
  async read(): Promise<TailedLines | undefined> {
    await this.#meet(await this.#folder.look());
    for (const file of this.#inOrder()) {
      file.inheritHeader(this.#header);
      const lines = await this.#linesOf(file);
      if (lines.length > 0) return { file, lines };
      const unfinished = await this.#finish(file);
      if (unfinished) return { file, lines: [unfinished], isUnfinished: true };
    }
    for (const file of this.#known.files) {
      const unfinished = this.#giveUp(file);
      if (unfinished) return { file, lines: [unfinished], isUnfinished: true };
    }
    return undefined;
  }

  async close(): Promise<void> {
    await this.#known.close();
  }

  async #start(): Promise<void> {
    try {
      const found = await stat(this.path);
      if (!found.isFile() && !found.isDirectory())
        throw new InputError(`${this.path} is not a plain file: --follow reads a log that grows`);
      await (await openContent(this.path)).close();
    } catch (error) {
      throw unreadable(this.path, error);
    }
    // The log first: of what is like it, the log itself is read.
    const { files } = await this.#folder.look();
    for (const found of files.reverse()) await this.#known.meet(found, true, []);
  }

  async #resume(): Promise<void> {
    const headers = this.#known.files.map(({ header }) => header);
    this.#header = headers.filter(({ length }) => length > 0).at(-1) ?? [];
    const lost = () => this.#known.files.some((file) => file.isLost && !file.isMissing);
    for (let look = 0; look < looksForLost && (look === 0 || lost()); look++) {
      if (look > 0) await sleep(pauseForLost);
      await this.#meet(await this.#folder.look(true));
    }
    if (this.#folder.logPlace === undefined) this.onNotice(`${this.path} does not exist: it is waited for`);
    if (!lost()) return;
    this.onNotice(
      `a file of ${this.path} that was read before is gone or was written anew: it is read from its start, and lines in between may be missing`,
    );
    for (const file of this.#known.files) file.isMissing ||= file.isLost;
  }

  async #meet({ files, isWhole }: { files: readonly FoundFile[]; isWhole: boolean }): Promise<void> {
    // Places that are known first: what is there is certain, and the others may be copies of it. Then the log.
    const known = new Set(this.#known.files.map(({ place }) => place));
    const rank = ({ place, kind }: FoundFile) => (known.has(place) ? 0 : kind === "log" ? 1 : 2);
    for (const found of [...files].sort((a, b) => rank(a) - rank(b)))
      await this.#known.meet(found, false, this.#header);
    if (isWhole) this.#known.isThere(files);
  }

  /** The files at hand, oldest first and the log itself last. */
  #inOrder(): TailedFile[] {
    const isLog = ({ place }: TailedFile) => Number(place === this.#folder.logPlace);
    return this.#known.files
      .filter(({ isOpen }) => isOpen)
      .sort((a, b) => isLog(a) - isLog(b) || a.modified - b.modified);
  }

  async #linesOf(file: TailedFile): Promise<readonly LogLine[]> {
    try {
      if (file.isYoung) await this.#known.growUp(file);
      if (!file.isOpen) return [];
      const lines = await file.read(this.#buffer);
      if (lines) {
        if (lines.length > 0) this.#header = file.header;
        return lines;
      }
    } catch (error) {
      if (systemErrorCode(error)?.startsWith("Z_")) {
        this.onNotice(`${(unreadable(file.path, error) as Error).message}: lines may be missing`);
        await file.finish();
        return [];
      }
      throw unreadable(file.path, error);
    }
    this.onNotice(`${file.path} was cut: it is read from its start`);
    await this.#known.lose(file);
    this.#folder.forget();
    return [];
  }

  /** Ends a rotated file that does not grow any more. @returns its last line, if that has no end */
  async #finish(file: TailedFile): Promise<LogLine | undefined> {
    const { logPlace } = this.#folder;
    const isRotated = logPlace !== undefined && file.place !== logPlace;
    if (!file.isOpen || !isRotated) return undefined;
    if (file.isPacked && !file.isWhole) {
      await file.close(); // it is still being written, and looked at again when it has grown
      return undefined;
    }
    if (!file.isPacked && !this.#isQuiet(file)) return undefined;
    await file.finish();
    return file.unfinished;
  }

  /** Gives up waiting for a copy of a file that was cut. @returns its last line, if that has no end */
  #giveUp(file: TailedFile): LogLine | undefined {
    if (!file.isLost || file.isMissing || !this.#isQuiet(file)) return undefined;
    file.isMissing = true;
    return file.unfinished;
  }

  #isQuiet({ changedAt }: TailedFile): boolean {
    return Date.now() - changedAt > this.patience;
  }
}
