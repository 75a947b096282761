import type { Stats } from "node:fs";
import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { InputError } from "../../common/errors";
import { isResult, requireNotRead } from "../../common/places";
import { isStream } from "../../common/streams";
import { unwritable } from "../../common/unwritable";
import { alertForms, type LineForm } from "../alerts/alert-lines";
import { type AlertPlaceOptions, type ItemWriter, openLineWriter } from "../alerts/alert-writer";

/** Where alerts or incidents of a log that is followed go. */
export interface AppendingWriter<Item> extends ItemWriter<Item> {
  /**
   * Waits until what was written is on the disk.
   *
   * @returns bytes of the file before the first line that an earlier start wrote and this did not come to yet; of the
   *   whole file if there is none
   */
  sync?(): Promise<number>;
  /**
   * The next lines may be those that an earlier start wrote after it had remembered its state: these are not written again.
   *
   * @param from bytes of the file when the state was remembered
   */
  resume?(from: number | undefined): Promise<void>;
}

/**
 * Opens a place that lines are added to, each seen at once: a file is not replaced. If it ends in the middle of a line,
 * as after a crash, that line is cut off. A file that is renamed, removed or truncated meanwhile is started anew.
 *
 * @throws {InputError} if it can't be written
 */
export async function openAppendingWriter<Item>(
  form: LineForm<Item>,
  out: string | undefined,
  { read = [], signal }: AlertPlaceOptions = {},
): Promise<AppendingWriter<Item>> {
  if (out === undefined || (await isStream(out))) return openLineWriter(form, out, signal);
  await requireNotRead(out, read);
  try {
    return new LineAppender(form, out, await openWholeLines(out));
  } catch (error) {
    throw unwritable(out, error);
  }
}

/** Bytes of lines that are remembered at most: those of many times longer than a state is old. */
const mostWritten = 2 ** 26;

/** Lines at the end of a file. */
class LineAppender<Item> implements AppendingWriter<Item> {
  #isSynced = true;
  /** Lines that may come again. */
  readonly #written = new Set<string>();
  #writtenFrom = 0;

  constructor(
    private readonly form: LineForm<Item>,
    private readonly out: string,
    private file: FileHandle,
  ) {}

  async write(items: readonly Item[]): Promise<void> {
    const lines = items.map((item) => this.form.line(item)).filter((line) => !this.#written.delete(line));
    if (lines.length === 0) return;
    try {
      const own = await this.#ownFile();
      const head = own.size === 0 ? this.form.head : "";
      await this.file.appendFile(head + lines.map((line) => `${line}\n`).join(""));
      this.#isSynced = false;
    } catch (error) {
      throw unwritable(this.out, error);
    }
  }

  async sync(): Promise<number> {
    if (!this.#isSynced) await this.file.datasync();
    this.#isSynced = true;
    return this.#written.size > 0 ? this.#writtenFrom : (await this.file.stat()).size;
  }

  async resume(from = Infinity): Promise<void> {
    const { size } = await this.file.stat();
    if (from >= size || size - from > mostWritten) return;
    const { buffer } = await this.file.read(Buffer.alloc(size - from), 0, size - from, from);
    for (const line of buffer.toString().split("\n")) if (line !== "") this.#written.add(line);
    this.#writtenFrom = from;
  }

  async finish(): Promise<void> {}

  async close(): Promise<void> {
    await this.file.close();
  }

  /** What the file is, opened again if another has its name now. */
  async #ownFile(): Promise<Stats> {
    const own = await this.file.stat();
    const named = await stat(this.out).catch(() => undefined);
    if (named?.ino === own.ino && named.dev === own.dev) return own;
    await this.sync();
    const file = await openWholeLines(this.out);
    await this.file.close();
    this.file = file;
    return file.stat();
  }
}

/** Opens a file to add lines to it, without a last one that has no end. */
async function openWholeLines(path: string): Promise<FileHandle> {
  await mkdir(dirname(resolve(path)), { recursive: true });
  const file = await open(path, "a+");
  try {
    const { size } = await file.stat();
    const kept = await wholeLines(file, size);
    if (!(kept > 0 ? await isResult(path) : await isTorn(file)))
      throw new InputError(
        `${path} holds something else than alerts or incidents: name another file to add them to`,
      );
    if (kept < size) await file.truncate(kept);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether a file without a whole line is empty, or holds a part of the first that this program writes. */
async function isTorn(file: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(14), 0, 14, 0);
  const start = buffer.toString("latin1", 0, bytesRead);
  return ['{"@timestamp":', '{"incident":', alertForms.csv.head].some((first) => first.startsWith(start));
}

/** Bytes of a file up to the end of its last whole line. */
async function wholeLines(file: FileHandle, size: number): Promise<number> {
  const buffer = Buffer.alloc(65_536);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - buffer.length);
    const { bytesRead } = await file.read(buffer, 0, end - start, start);
    const last = buffer.subarray(0, bytesRead).lastIndexOf("\n");
    if (last >= 0) return start + last + 1;
    end = start;
  }
  return 0;
}
