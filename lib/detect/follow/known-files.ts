import { InputError } from "../../common/errors";
import { unreadable } from "../../data/content";
import { BadLineError, ConnectionLogParser } from "../../traffic/logs/log-parser";
import { headOf } from "./fingerprint";
import { firstBytes, type LogContent, openContent } from "./log-content";
import type { FoundFile } from "./log-folder";
import { type Likeness, type ResumeLine, type SavedFile, TailedFile } from "./tailed-file";

/** What the files of a log are remembered by, for the next start. */
export interface SavedFiles {
  readonly files: readonly SavedFile[];
  /** Rotated files that were last written before, in milliseconds since 1970, are not remembered. */
  readonly forgotten?: number;
}

/** More files are neither remembered nor held open at a time. */
const mostRemembered = 1_000;
const mostOpen = 256;

/** What was found in a place. */
interface Seen {
  /** On the disk. */
  readonly bytes: number;
  readonly modified: number;
  /** What it is a copy of. */
  readonly of?: TailedFile;
  /** It has more than was read of that. */
  readonly hasMore?: boolean;
}

/**
 * The files of a log, those read and those to be read. A file that is found is one of them if its content says so,
 * whatever its name: then it is where reading goes on, or it is a copy and left alone. Otherwise it is new. While its
 * content says nothing, as that of a copy that is just being made, it is young: no line is read before that is known.
 */
export class KnownFiles {
  #files: TailedFile[];
  #forgotten: number;
  /** What was found in a place, as it was when it was looked at. */
  readonly #seen = new Map<string, Seen>();
  readonly #unreadable = new Set<string>();

  constructor(
    private readonly onNotice: (sentence: string) => void,
    { files, forgotten = Number.NEGATIVE_INFINITY }: SavedFiles = { files: [] },
  ) {
    this.#files = files.map((file) => TailedFile.saved(file));
    this.#forgotten = forgotten;
  }

  get files(): readonly TailedFile[] {
    return this.#files;
  }

  /** What is known, for the next start. @param resume of a file with connections that are not judged */
  save(resume: (file: TailedFile) => ResumeLine | undefined): SavedFiles {
    return {
      files: this.#files.flatMap((file) => file.save(resume(file)) ?? []),
      ...(Number.isFinite(this.#forgotten) && { forgotten: this.#forgotten }),
    };
  }

  /**
   * Takes in what lies in a place.
   *
   * @param isPast what is not known yet was there before the log was followed, and is not read
   * @param header the header lines that hold where a file has none
   */
  async meet(found: FoundFile, isPast: boolean, header: readonly string[]): Promise<void> {
    const own = this.#files.find(({ place }) => place === found.place);
    const { bytes, modified, place } = found;
    if (own?.isOpen) {
      own.modified = modified;
      // What was packed since it was opened is not read before it is opened again.
      if (!own.isPacked) this.#seen.set(place, { bytes, modified, of: own });
      return;
    }
    const seen = this.#seen.get(place);
    if (seen && seen.bytes === bytes && seen.modified === modified && !isWanted(place, seen)) return;
    if (!own && this.#files.filter(({ isOpen }) => isOpen).length >= mostOpen) return;
    const content = await this.#open(found);
    if (!content) return;
    let of: TailedFile | undefined;
    try {
      // Between the look and now, another file may have come there.
      if (content.place === place) {
        const identified = await this.#identify(found, content, isPast, header);
        of = identified === "undecided" ? undefined : identified?.file;
        if (identified !== "undecided")
          this.#seen.set(place, { bytes, modified, of, hasMore: identified?.likeness === "more" });
      }
    } catch (error) {
      await this.#files.find((file) => file.content === content)?.close();
      this.#sayOnce(found.path, unreadable(found.path, error));
      this.#seen.set(place, { bytes, modified });
    } finally {
      if (of?.content !== content) await content.close();
    }
  }

  /** Looks whether a young file says by now what it is. Then it is read, or if it is a copy of another, no file of ours. */
  async growUp(file: TailedFile): Promise<void> {
    const content = file.content!;
    const first = await firstBytes(content);
    if (await this.#alike(content, first, file.place)) await this.#drop(file);
    else file.growUp(first);
  }

  /** What was read of a file is not in its place any more. */
  async lose(file: TailedFile): Promise<void> {
    if (file.isYoung) return this.#drop(file);
    this.#seen.delete(file.place!);
    await file.lose();
  }

  /** Says which files lie in the folder, and forgets the oldest of too many. */
  isThere(found: readonly FoundFile[]): void {
    const places = new Set(found.map(({ place }) => place));
    for (const file of this.#files) file.isInFolder = file.place !== undefined && places.has(file.place);
    for (const place of this.#seen.keys()) if (!places.has(place)) this.#seen.delete(place);
    const old = this.#files
      .filter(({ isRead, isMissing }) => isRead || isMissing)
      .sort((a, b) => a.modified - b.modified);
    for (const file of old.slice(0, Math.max(0, this.#files.length - mostRemembered))) {
      this.#files = this.#files.filter((other) => other !== file);
      this.#forgotten = Math.max(this.#forgotten, file.modified);
    }
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }

  async #open({ path }: FoundFile): Promise<LogContent | undefined> {
    try {
      const content = await openContent(path);
      this.#unreadable.delete(path);
      return content;
    } catch (error) {
      const reason = unreadable(path, error);
      // What was there a moment ago is renamed; the next look finds it.
      if (!(reason instanceof InputError && reason.message.endsWith("does not exist")))
        this.#sayOnce(path, reason);
      return undefined;
    }
  }

  #sayOnce(path: string, error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    if (!this.#unreadable.has(path)) this.onNotice(`${error.message}: it is tried again`);
    this.#unreadable.add(path);
  }

  /** The file that some content is, or a copy of; reading goes on in it if it is the best there is. */
  async #identify(
    found: FoundFile,
    content: LogContent,
    isPast: boolean,
    header: readonly string[],
  ): Promise<{ file: TailedFile; likeness?: Likeness } | "undecided" | undefined> {
    const first = await firstBytes(content);
    const alike = await this.#alike(content, first, found.place);
    for (const file of this.#files) {
      // Its inode was used again.
      if (file.place === found.place && file !== alike?.file) file.place = undefined;
    }
    if (alike) {
      const { file, likeness } = alike;
      if (likeness === "more" && (await file.canGoOn())) {
        if (file.place !== undefined) this.#seen.delete(file.place);
        await file.goOn(content, found.path);
        file.modified = found.modified;
      }
      return alike;
    }
    const head = headOf(first);
    if (found.kind === "log") return this.#add(TailedFile.fresh(found, head, content));
    if (isPast) return head && this.#add(await TailedFile.past(found, head, content));
    if (found.kind === "other" || found.modified <= this.#forgotten) return undefined;
    const isOfLog = hasConnections(found.path, first, header);
    if (isOfLog === undefined) return "undecided";
    if (isOfLog) return this.#add(TailedFile.fresh(found, head, content));
    this.onNotice(`${found.path} is not a connection log and is left alone`);
    return undefined;
  }

  /** The file that some content in a place is the same as, or a part of, or the start of. */
  async #alike(content: LogContent, first: Buffer, place: string | undefined) {
    for (const file of this.#byNeed(place)) {
      const likeness = await file.likeness(content, first);
      if (likeness !== "other") return { file, likeness };
    }
    return undefined;
  }

  /** First the file that lay there, then those whose content is missed. */
  #byNeed(place: string | undefined): readonly TailedFile[] {
    const rank = (file: TailedFile) => (file.place === place ? 0 : file.isLost ? 1 : file.isOpen ? 2 : 3);
    return [...this.#files].sort((a, b) => rank(a) - rank(b));
  }

  #add(file: TailedFile): { file: TailedFile } {
    this.#files.push(file);
    return { file };
  }

  async #drop(file: TailedFile): Promise<void> {
    this.#files = this.#files.filter((other) => other !== file);
    this.#seen.delete(file.place!);
    await file.close();
  }
}

/** Whether a file should be looked at again although it did not change. */
function isWanted(place: string, { of, hasMore }: Seen): boolean {
  if (!of) return false;
  if (of.isLost) return !of.isMissing && of.place !== place;
  return Boolean(hasMore) && (of.isDrained || !of.isOpen) && of.place !== place;
}

/**
 * Whether a file whose name is that of a rotated one is of connections, by its first lines: at least none of them is
 * bad. Undefined while this can't be told: the first line has no end, or no header is known.
 */
function hasConnections(path: string, first: Buffer, header: readonly string[]): boolean | undefined {
  const lines = first
    .subarray(0, first.lastIndexOf("\n") + 1)
    .toString("utf8")
    .split("\n");
  if (lines.length === 1) return undefined;
  const parser = parserOf(path, header);
  let bad = 0;
  for (const [i, line] of lines.entries()) {
    try {
      if (parser.parse(line, i + 1)) return true;
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      if (!(error instanceof BadLineError)) return false;
      bad++;
    }
  }
  if (bad > 0) return header.length > 0 || lines[0].startsWith("#") ? false : undefined;
  return parser.others.count === 0;
}

/** A parser that knows the header lines of before. */
export function parserOf(path: string, header: readonly string[]): ConnectionLogParser {
  const parser = new ConnectionLogParser(path);
  for (const line of header) parser.parse(line, 0);
  return parser;
}
