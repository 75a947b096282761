import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { InputError, systemErrorCode } from "./errors";

/** Names of staging folders start with this, then the number of the process. */
const prefix = ".unfinished-";

/**
 * Results that appear all together or not at all: files and folders are written aside, in a hidden folder beside
 * their place, and moved there by `commit`. Until then whatever was there before stays as it was.
 */
export class Transaction {
  readonly #staged: { readonly staging: string; readonly target: string }[] = [];
  readonly #stagingFolders = new Map<string, string>();
  /** Folders that did not exist before, each with the topmost of its new parents. */
  readonly #madeFolders: { readonly folder: string; readonly topmost: string }[] = [];

  /** A path to write to, whose content will stand at `target`. @throws {InputError} if its folder can't be written */
  async stage(target: string): Promise<string> {
    const parent = dirname(resolve(target));
    let folder = this.#stagingFolders.get(parent);
    if (!folder) {
      try {
        const topmost = await mkdir(parent, { recursive: true });
        if (topmost) this.#madeFolders.push({ folder: parent, topmost });
        await removeAbandoned(parent);
        folder = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
      } catch (error) {
        throw unwritable(parent, error);
      }
      this.#stagingFolders.set(parent, folder);
    }
    const staging = join(folder, `new-${this.#staged.length}`);
    this.#staged.push({ staging, target: resolve(target) });
    return staging;
  }

  /**
   * Moves everything that was written to its place, and removes the file that stood at a staged place that was not
   * written to. A file never replaces a folder, nor a folder a file. If one move fails, those before it are undone.
   */
  async commit(): Promise<void> {
    const undo: (() => Promise<void>)[] = [];
    try {
      for (const { staging, target } of this.#staged) {
        if (await isFolder(target)) {
          if (!existsSync(staging)) continue;
          if (!(await isFolder(staging))) throw inTheWay(target, "folder");
        } else if (existsSync(target) && (await isFolder(staging))) throw inTheWay(target, "file");
        const previous = `${staging}.previous`;
        if (existsSync(target)) {
          await rename(target, previous);
          undo.push(() => rename(previous, target));
        }
        if (!existsSync(staging)) continue;
        await rename(staging, target);
        undo.push(() => rename(target, staging));
      }
    } catch (error) {
      for (const step of undo.reverse()) await step();
      throw unwritable(dirname(this.#staged[0].target), error);
    } finally {
      await this.rollback();
    }
  }

  /** Removes what was written aside and is not in its place, and folders made for it that are empty. */
  async rollback(): Promise<void> {
    for (const folder of this.#stagingFolders.values()) await rm(folder, { recursive: true, force: true });
    for (const { folder, topmost } of this.#madeFolders.reverse()) await removeEmpty(folder, topmost);
  }
}

/** Removes a folder and its parents up to `topmost`, as far as they are empty. */
async function removeEmpty(folder: string, topmost: string): Promise<void> {
  try {
    for (let path = folder; path.startsWith(topmost); path = dirname(path)) await rmdir(path);
  } catch {
    // not empty, or gone already
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function inTheWay(path: string, kind: "file" | "folder"): InputError {
  return new InputError(`cannot write to ${path}: a ${kind} of that name is in the way`);
}

/** Removes the staging folders of processes that were killed. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = name.startsWith(prefix) ? Number.parseInt(name.slice(prefix.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && !isRunning(pid))
      await rm(join(parent, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

/** Says in a sentence why nothing can be written to a path, where the reason is the user's to mend. */
export function unwritable(path: string, error: unknown): unknown {
  const reasons: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "not permitted",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "a file of that name is in the way",
    EISDIR: "a folder of that name is in the way",
    ENOENT: "no such folder",
    ENOSPC: "no space left on the device",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file would be too large",
    EIO: "the device failed to write",
  };
  const code = systemErrorCode(error) ?? codeInText(error);
  const reason = reasons[code ?? ""];
  return reason ? new InputError(`cannot write to ${path}: ${reason}`) : error;
}

/** DuckDB gives no codes, but the system's words for them. */
function codeInText(error: unknown): string | undefined {
  const codes: Record<string, string> = {
    "permission denied": "EACCES",
    "read-only file system": "EROFS",
    "not a directory": "ENOTDIR",
    "is a directory": "EISDIR",
    "no such file or directory": "ENOENT",
    "no space left": "ENOSPC",
    "quota exceeded": "EDQUOT",
    "file too large": "EFBIG",
    "input/output error": "EIO",
  };
  const text = error instanceof Error && /^IO Error/.test(error.message) ? error.message.toLowerCase() : "";
  return Object.entries(codes).find(([words]) => text.includes(words))?.[1];
}
