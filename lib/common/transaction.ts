import { chmod, lstat, mkdir, mkdtemp, rm, rmdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { InputError } from "./errors";
import {
  carryOut,
  isUnsettled,
  keepPrevious,
  type Move,
  syncFile,
  syncFolder,
  writeJournals,
} from "./journal";
import { type FolderKind, filesOfKind, writeList } from "./own-files";
import { filesBelow, placeOfFile, placeOfFolder, requireOwnFiles } from "./places";
import { isThere } from "./plain-file";
import { copyToStream, isStream } from "./streams";
import { commitLock, createWork, mend, type Work } from "./unfinished";
import { unwritable } from "./unwritable";

export interface TransactionOptions {
  /** Files that must stay as they are: what the command reads. */
  readonly read?: readonly string[];
  /** Called with a sentence about what an interrupted command had left and was put right, and what was left as a user has it. */
  readonly onNotice?: (sentence: string) => void;
}

/** Something to be written. */
interface Staged {
  /** As the user named it. */
  readonly target: string;
  /** Where it is written first. */
  readonly path: string;
}

/** A file or folder that will be moved to its place. */
interface StagedFile extends Staged {
  /** Where it goes: a path without links. */
  readonly place: string;
  readonly work: Work;
  /** Of a folder. */
  readonly kind?: FolderKind;
}

/**
 * Results that appear all together or not at all. They are written aside, in a hidden folder near their place, and moved there
 * by `commit`. Until then whatever was there stays as it was; from then on the new results count, even if the process is killed
 * among the moves: the next command that writes or reads there makes the rest of them (see `mend`).
 *
 * Nothing is replaced that this program did not write, but for a file that the user named: see `places.ts`.
 */
export class Transaction {
  readonly #read: readonly string[];
  readonly #onNotice: ((sentence: string) => void) | undefined;
  readonly #staged: StagedFile[] = [];
  readonly #streams: Staged[] = [];
  /** By the folder in which they are. The first is the one that is marked. */
  readonly #works = new Map<string, Work>();
  /** Folders that did not exist before, each with the topmost of its new parents. */
  readonly #madeFolders: { readonly folder: string; readonly topmost: string }[] = [];
  #temporary: string | undefined;
  #names = 0;

  constructor({ read = [], onNotice }: TransactionOptions = {}) {
    this.#read = read;
    this.#onNotice = onNotice;
  }

  /**
   * A path to write to, whose content will stand at `target`. If that is a pipe or a device such as /dev/null, the content goes
   * there when all is written.
   *
   * @throws {InputError} if something is there that must stay, or its folder can't be written
   */
  async stageFile(target: string): Promise<string> {
    if (await isStream(target)) {
      this.#temporary ??= await mkdtemp(join(tmpdir(), "traffic-anomaly-"));
      const path = join(this.#temporary, this.#newName("new"));
      this.#streams.push({ target, path });
      return path;
    }
    const place = await placeOfFile(target, this.#read);
    const work = await this.#workIn(dirname(place), target);
    const path = join(work.path, this.#newName("new"));
    this.#staged.push({ target, path, place, work });
    return path;
  }

  /**
   * A new folder to write to, whose files will stand in the folder `target`. Files there that were written as results of the
   * kind before, and are not written again, go; all others stay.
   *
   * @throws {InputError} if something is there that must stay, or the folder can't be written
   */
  async stageFolder(target: string, kind: FolderKind): Promise<string> {
    const place = await placeOfFolder(target, kind, this.#read);
    const work = await this.#workIn(await folderForWork(place, kind), target);
    const path = join(work.path, this.#newName("new"));
    try {
      await mkdir(path);
    } catch (error) {
      throw unwritable(target, error);
    }
    this.#staged.push({ target, path, place, work, kind });
    return path;
  }

  /**
   * Moves everything that was written to its place; what was staged and not written to stays as it was. If a move fails, those
   * before it are undone.
   *
   * @throws {InputError} if the device is full, or something is in the way by now
   */
  async commit(): Promise<void> {
    const release: (() => Promise<void>)[] = [];
    try {
      // In one order for all commands, so that no two wait for each other.
      for (const folder of [...this.#works.keys()].sort()) {
        const lock = await commitLock(folder);
        release.push(() => lock.release());
        await mend(folder, this.#onNotice, lock);
      }
      const works = [...this.#works.values()];
      const moves = new Map(works.map(({ path }): [string, Move[]] => [path, []]));
      for (const staged of this.#staged) moves.get(staged.work.path)?.push(...(await this.#moves(staged)));
      if (works.length > 0) {
        await writeJournals(moves);
        await carryOut(works[0].path);
      }
      for (const { path, target } of this.#streams) if (await isThere(path)) await copyToStream(path, target);
    } catch (error) {
      throw this.named(unwritable(this.#staged[0]?.target ?? "", error));
    } finally {
      for (const lock of release) await lock();
      await this.rollback();
    }
  }

  /** Removes what was written aside and is not in its place, and folders made for it that are empty. */
  async rollback(): Promise<void> {
    const works = [...this.#works.values()];
    this.#works.clear();
    const isUseful = works.length > 0 && (await isUnsettled(works[0].path));
    // The first goes last: its mark says what the others are.
    for (const work of works.reverse()) await (isUseful ? work.leave() : work.remove());
    if (this.#temporary) await rm(this.#temporary, { recursive: true, force: true });
    for (const { folder, topmost } of this.#madeFolders.splice(0).reverse())
      await removeEmpty(folder, topmost);
  }

  /** An error that was given a path to write to, with the name that the user knows. */
  named(error: unknown): unknown {
    if (!(error instanceof InputError)) return error;
    const message = [...this.#staged, ...this.#streams].reduce(
      (text, { path, target }) => text.replaceAll(path, target),
      error.message,
    );
    return message === error.message ? error : new InputError(message);
  }

  #newName(kind: "new" | "old"): string {
    return `${kind}-${this.#names++}`;
  }

  /** The work folder in a folder; made at first need. */
  async #workIn(folder: string, target: string): Promise<Work> {
    const known = this.#works.get(folder);
    if (known) return known;
    try {
      const topmost = await mkdir(folder, { recursive: true });
      if (topmost) this.#madeFolders.push({ folder, topmost });
      const work = await createWork(folder, this.#onNotice);
      this.#works.set(folder, work);
      return work;
    } catch (error) {
      throw unwritable(target, error);
    }
  }

  /** What is to be moved, with what stands there now under a second name. */
  async #moves(staged: StagedFile): Promise<Move[]> {
    const { path, place, kind } = staged;
    if (!kind) {
      if (!(await isThere(path))) return [];
      const previous = await lstat(place).catch(() => undefined);
      if (previous) await chmod(path, previous.mode);
      await syncFile(path);
      return [await this.#move(staged, path, place)];
    }
    const files = await filesBelow(path);
    if (files.length === 0) return [];
    if (!(await isThere(place))) {
      await this.#finishFolder(staged, files);
      return [await this.#move(staged, path, place)];
    }
    await requireOwnFiles(staged.target, place, kind); // again: another command may have written meanwhile
    const before = await ownFilesThere(place, kind);
    const written = await this.#finishFolder(staged, files);
    const moves: Move[] = [];
    for (const file of written) {
      const isTaken = kind.givesWay?.(file) && !before.includes(file) && (await isThere(join(place, file)));
      if (isTaken)
        this.#onNotice?.(
          `${join(staged.target, file)} was changed by hand and stays: it may tell of an earlier result`,
        );
      else moves.push(await this.#move(staged, join(path, file), join(place, file)));
    }
    for (const file of before)
      if (!written.includes(file)) moves.push(await this.#move(staged, undefined, join(place, file)));
    return moves;
  }

  async #finishFolder({ path, place, kind }: StagedFile, files: readonly string[]): Promise<string[]> {
    if (kind?.mayWrite) await writeList(place, path, kind, files);
    const written = await filesBelow(path);
    for (const file of written) await syncFile(join(path, file));
    for (const folder of new Set(written.map((file) => dirname(join(path, file))))) await syncFolder(folder);
    return written;
  }

  async #move({ work }: StagedFile, from: string | undefined, to: string): Promise<Move> {
    return {
      ...(from !== undefined && { from: relative(work.path, from) }),
      to: relative(work.folder, to),
      previous: await keepPrevious(to, work.path, this.#newName("old")),
    };
  }
}

/**
 * Does work whose results appear when it has ended well, and not at all if it fails.
 *
 * @returns what the work returns
 * @throws what the work throws, and {InputError} as {@link Transaction}'s methods
 */
export async function inTransaction<Result>(
  options: TransactionOptions,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  const transaction = new Transaction(options);
  try {
    const result = await work(transaction);
    await transaction.commit();
    return result;
  } catch (error) {
    throw transaction.named(error);
  } finally {
    await transaction.rollback();
  }
}

/** The folder for the work on a folder: the one that it is in; or itself, where others use it too or it is mounted. */
async function folderForWork(place: string, kind: FolderKind): Promise<string> {
  const parent = dirname(place);
  const [found, above] = await Promise.all([place, parent].map((path) => stat(path).catch(() => undefined)));
  return found && (kind.mayWrite || found.dev !== above?.dev) ? place : parent;
}

/** The files in a folder that were written as results of the kind. */
async function ownFilesThere(place: string, kind: FolderKind): Promise<string[]> {
  const own = await kind.ownFiles(place);
  const ofKind = new Set(kind.mayWrite ? await filesOfKind(place, kind) : own);
  return (await filesBelow(place)).filter((file) => own?.has(file) && ofKind.has(file));
}

/** Removes a folder and its parents up to `topmost`, as far as they are empty. */
async function removeEmpty(folder: string, topmost: string): Promise<void> {
  try {
    for (let path = folder; path.startsWith(topmost); path = dirname(path)) await rmdir(path);
  } catch {
    // not empty, or gone already
  }
}
