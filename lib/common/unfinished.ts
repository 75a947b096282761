import { lstat, mkdtemp, readdir, realpath, rm, rmdir, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError, systemErrorCode } from "./errors";
import { type FileLock, lockFile } from "./file-lock";
import {
  firstOf,
  isUnsettled,
  isWorkFolder,
  requirePlain,
  settle,
  unfinishedName,
  workPrefix,
} from "./journal";
import { isThere } from "./plain-file";
import { shortPath } from "./project";

/** A folder in which results are written before they are in their place. */
export interface Work {
  readonly path: string;
  /** The folder whose files they are to be. */
  readonly folder: string;
  /** Ends the work, and removes what is left of it. */
  remove(): Promise<void>;
  /** Ends the work, and leaves it to the next command to settle. */
  leave(): Promise<void>;
}

/** Held by the command that moves results into place. */
const lockName = "commit.lock";
/** Milliseconds that a command waits for another one that moves results into place, which takes a moment. */
const longestWait = 30_000;
/** Milliseconds after which work is taken for abandoned where there are no locks to tell. */
const abandonedAfter = 86_400_000;

/**
 * Makes a work folder in a folder, locked as long as this process works with it. What others left there is fixed first.
 *
 * @throws {InputError} as {@link mend}
 */
export async function createWork(folder: string, onNotice?: (sentence: string) => void): Promise<Work> {
  const unfinished = join(folder, unfinishedName);
  const commit = await commitLock(folder);
  try {
    await mend(folder, onNotice, commit);
    const path = await mkdtemp(join(unfinished, workPrefix));
    const lock = await lockFile(join(path, "lock"), 0);
    if (!lock) throw new RangeError(`${path} is locked, but new`);
    return { path, folder, leave: () => lock.release(), remove: () => removeWork(path, folder, lock) };
  } finally {
    await commit.release();
  }
}

async function removeWork(path: string, folder: string, lock: FileLock): Promise<void> {
  const commit = await commitLock(folder);
  try {
    await rm(path, { recursive: true, force: true });
    await lock.release();
    await removeUnused(folder);
  } finally {
    await commit.release();
  }
}

/**
 * Keeps other commands from moving results into a folder, and from making, fixing and removing work folders there, which all
 * take a moment.
 *
 * @throws {InputError} if another one does not end doing so
 */
export async function commitLock(folder: string): Promise<FileLock> {
  const lock = await lockFile(join(folder, unfinishedName, lockName), longestWait);
  if (lock) return lock;
  throw new InputError(
    `another command has been writing to ${folder} for ${longestWait / 1000} s: wait for it or stop it`,
  );
}

/**
 * Puts right what a command left in a folder that was killed while it moved results there, and removes what one left that was
 * killed before. A command that is moving results there is waited for.
 *
 * @param onNotice called with a sentence about what was put right
 * @param held the folder's commit lock, if the caller has it
 * @throws {InputError} if what was left is damaged, or another command does not end
 */
export async function mend(
  folder: string,
  onNotice: (sentence: string) => void = () => {},
  held?: FileLock,
): Promise<void> {
  const unfinished = join(folder, unfinishedName);
  if (!(await isThere(unfinished))) return;
  await requirePlainFolder(unfinished);
  const lock = held ?? (await commitLock(folder).catch(unlessReadOnly));
  if (!lock) return;
  try {
    for (const name of await readdir(unfinished)) {
      const work = join(unfinished, name);
      if (isWorkFolder(work)) await mendWork(work, onNotice);
    }
    if (!held) await removeUnused(folder);
  } finally {
    if (!held) await lock.release();
  }
}

/** @throws {InputError} if it is none, or its lock leads elsewhere: the folder that it is in may come from a stranger */
async function requirePlainFolder(unfinished: string): Promise<void> {
  const [folder, lock] = await Promise.all(
    [unfinished, join(unfinished, lockName)].map((path) => lstat(path).catch(() => undefined)),
  );
  if ((folder && !folder.isDirectory()) || (lock && !lock.isFile()))
    throw new InputError(`${unfinished} is not what this program makes: move it away`);
}

/** {@link mend}, for a folder of results that is read: in it, and in the one that it is in. */
export async function mendResults(folder: string, onNotice?: (sentence: string) => void): Promise<void> {
  const place = await realpath(folder).catch(() => undefined); // whoever reads it says what is wrong
  for (const near of place ? [dirname(place), place] : [dirname(resolve(folder))]) await mend(near, onNotice);
}

/** How often results are read again that other commands replace meanwhile. */
const mostReadings = 20;

/**
 * Reads a folder of results, which may be replaced meanwhile, so that what is read is all from one writing. What an interrupted
 * command left there is fixed first.
 */
export async function readResults<Result>(
  folder: string,
  read: () => Promise<Result>,
  onNotice?: (sentence: string) => void,
): Promise<Result> {
  for (let reading = 1; ; reading++) {
    await mendResults(folder, onNotice);
    const before = await lastChange(folder);
    const [result] = await Promise.allSettled([read()]);
    if (before === (await lastChange(folder)) || reading === mostReadings) {
      if (result.status === "rejected") throw result.reason;
      return result.value;
    }
  }
}

/** When a file was last put into a folder; undefined if there is no folder. */
async function lastChange(folder: string): Promise<bigint | undefined> {
  return (await stat(folder, { bigint: true }).catch(() => undefined))?.mtimeNs;
}

/** Who may only read can't fix anything. */
function unlessReadOnly(error: unknown): undefined {
  if (!["EACCES", "EPERM", "EROFS"].includes(systemErrorCode(error) ?? "")) throw error;
}

async function mendWork(work: string, onNotice: (sentence: string) => void): Promise<void> {
  await requirePlain(work);
  const lock = await lockAbandoned(work);
  if (!lock) return;
  try {
    const first = await firstOf(work);
    if (first !== work && !(await isThere(dirname(dirname(first))))) return; // out of sight here: nobody can tell
    await requirePlain(first);
    if (!(await settleAbandoned(first, first === work ? lock : undefined, onNotice))) return;
    await rm(work, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

/** @returns whether it is settled, or never counted */
async function settleAbandoned(
  first: string,
  held: FileLock | undefined,
  onNotice: (sentence: string) => void,
): Promise<boolean> {
  if (!(await isUnsettled(first))) return true;
  const lock = held ?? (await lockFile(join(first, "lock"), longestWait)); // another command may be settling it
  if (!lock) return false;
  try {
    const settled = await settle(first);
    if (settled) onNotice(sentence(settled));
    return true;
  } finally {
    if (!held) await lock.release();
  }
}

function sentence({ places, results }: { places: readonly string[]; results: "new" | "previous" }): string {
  const folders = [...new Set(places.map((place) => shortPath(dirname(place))))];
  const what =
    folders.length > 3
      ? `${folders.slice(0, 3).join(", ")} and ${folders.length - 3} more`
      : folders.join(", ");
  return `a command was ended while it put its results in place in ${what}: its ${results} results are there now, whole`;
}

/**
 * Locks a work folder whose process is gone. Without a lock in it, its process ended when it had just begun.
 *
 * @returns undefined if its process is at work
 */
async function lockAbandoned(work: string): Promise<FileLock | undefined> {
  const { mtimeMs } = await stat(work);
  const lock = await lockFile(join(work, "lock"), 0);
  if (!lock || lock.enforced || Date.now() - mtimeMs > abandonedAfter) return lock;
  await lock.release();
  return undefined;
}

/** Removes the folder of work folders when there are none. The caller holds the commit lock. */
async function removeUnused(folder: string): Promise<void> {
  const unfinished = join(folder, unfinishedName);
  const names = await readdir(unfinished);
  if (names.some((name) => name !== lockName)) return;
  await unlink(join(unfinished, lockName));
  await rmdir(unfinished).catch(() => {}); // another command waits for the lock there
}
