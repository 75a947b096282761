import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { systemErrorCode } from "./errors";

/** A file that this process holds locked. */
export interface FileLock {
  /** Whether others are kept out: some file systems have no locks, and some platforms no way to ask for one. */
  readonly enforced: boolean;
  /** Lets others have it. */
  release(): Promise<void>;
}

/** The locked files: one that nothing refers to would be closed by the garbage collector, and its lock would be lost. */
const held = new Set<FileHandle>();

/** How often to try for a lock that another holds. */
const retryMilliseconds = 20;
/** How often to make a folder that others remove again. */
const attempts = 100;

/**
 * Locks a file, which is made if need be with its folder. The operating system keeps the lock and frees it when its process
 * ends, however it ends. So it holds across containers, and on network file systems that support locks across hosts, where
 * a process number says nothing.
 *
 * @param wait milliseconds to wait for another that holds it
 * @returns undefined if another still holds it then
 * @throws the system's error if the file can't be made
 */
export async function lockFile(path: string, wait: number): Promise<FileLock | undefined> {
  const until = Date.now() + wait;
  for (;;) {
    const handle = await openIn(path);
    try {
      const locked = tryLock(handle.fd);
      if (locked !== false) {
        // Another may have removed the file between opening and locking: a lock on it would say nothing.
        if (await isAt(handle, path)) return fileLock(handle, locked === true);
      } else if (Date.now() >= until) {
        await handle.close();
        return undefined;
      }
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    await sleep(retryMilliseconds);
  }
}

function fileLock(handle: FileHandle, enforced: boolean): FileLock {
  held.add(handle);
  const release = () => {
    held.delete(handle);
    return handle.close();
  };
  return { enforced, release };
}

/** Tries again where the folder is removed by another between its making and the opening. */
async function openIn(path: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt++) {
    try {
      await mkdir(dirname(path), { recursive: true });
      return await open(path, "a+");
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT" || attempt === attempts) throw error;
    }
  }
}

async function isAt(handle: FileHandle, path: string): Promise<boolean> {
  const [held, there] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
  return there?.ino === held.ino && there.dev === held.dev;
}

/** Whether the lock was granted; undefined where there are no locks. The addon is loaded at first need: few runs write. */
function tryLock(file: number): boolean | undefined {
  let addon: { tryLock(file: number): boolean };
  try {
    addon = require("fs-native-extensions");
  } catch {
    return undefined; // not built for this platform
  }
  try {
    return addon.tryLock(file);
  } catch (error) {
    if (["ENOLCK", "ENOSYS", "ENOTSUP", "EOPNOTSUPP", "EINVAL"].includes(systemErrorCode(error) ?? ""))
      return undefined;
    throw error;
  }
}
