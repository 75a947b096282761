import { mkdtemp, open, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { InputError } from "../common/errors";
import { unwritable } from "../common/unwritable";
import { beginning, contentOf, inputName, lookAt, sourceName, storedBytes } from "./content";

/** A file that can be read again and again: what comes through a pipe is kept in a temporary one. */
export class StoredFile {
  #folder: string | undefined;

  private constructor(
    /** As the user calls it; `-` is the standard input. */
    readonly path: string,
    /** What results call it. */
    readonly ownName: string,
    /** Where it can be read. */
    public storedPath: string,
    public bytes: number,
  ) {}

  /** @throws {InputError} if there is no such file, or it is a folder */
  static async open(path: string, signal?: AbortSignal): Promise<StoredFile> {
    const found = path === "-" ? undefined : await lookAt(path);
    if (found?.isDirectory()) throw new InputError(`${path} is a directory, not a data file`);
    const file = new StoredFile(path, await sourceName(path), resolve(path), found?.size ?? 0);
    if (!found?.isFile()) await file.#keep(signal);
    return file;
  }

  /** What messages call it. */
  get name(): string {
    return inputName(this.path);
  }

  /** A path that DuckDB takes as it is: to it, some characters stand for others. */
  async plainPath(): Promise<string> {
    if (!/[*?[\]{}\\]/.test(this.storedPath)) return this.storedPath;
    const link = join(await this.#ownFolder(), "linked");
    await symlink(this.storedPath, link);
    this.storedPath = link;
    return link;
  }

  /** Its first bytes as they are stored, at least `count` unless it has fewer. */
  async firstBytes(count: number): Promise<Buffer> {
    return beginning(storedBytes(this.storedPath, { pieceBytes: count }), count);
  }

  /** The first bytes of what it holds, and whether they are all. @throws {InputError} if it is a damaged gzip file */
  async firstContent(count: number, signal?: AbortSignal): Promise<{ first: Buffer; isWhole: boolean }> {
    const first = await beginning(contentOf(this.storedPath, { signal }), count + 1);
    return { first: first.subarray(0, count), isWhole: first.length <= count };
  }

  /** An error whose message calls the file what the user calls it. */
  renamed(error: unknown): unknown {
    if (!(error instanceof InputError) || this.storedPath === this.path) return error;
    return new InputError(error.message.replace(this.storedPath, this.name));
  }

  async close(): Promise<void> {
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  async #ownFolder(): Promise<string> {
    this.#folder ??= await mkdtemp(join(tmpdir(), "traffic-anomaly-"));
    return this.#folder;
  }

  async #keep(signal?: AbortSignal): Promise<void> {
    const path = join(await this.#ownFolder(), "piped");
    try {
      const file = await open(path, "wx", 0o600);
      try {
        for await (const piece of storedBytes(this.path, { signal })) {
          await file.appendFile(piece).catch((error) => {
            throw unwritable(path, error);
          });
          this.bytes += piece.length;
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    this.storedPath = path;
  }
}
