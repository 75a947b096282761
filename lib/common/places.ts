import { access, constants, lstat, open, readdir, realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { InputError } from "./errors";
import { unfinishedName } from "./journal";
import type { FolderKind } from "./own-files";
import { isThere } from "./plain-file";
import { unwritable } from "./unwritable";

/**
 * Where a file that a user named is written: at that path, or where a symbolic link there leads.
 *
 * @param read files that must stay as they are: what the command reads
 * @throws {InputError} if something else is in the way, in a sentence that says what to write instead
 */
export async function placeOfFile(target: string, read: readonly string[]): Promise<string> {
  const found = await look(target);
  if (!found) return realPlace(target);
  if (found.isSymbolicLink()) {
    const to = await stat(target).catch(() => undefined);
    if (!to?.isFile() || !(await isResult(target)))
      throw new InputError(
        `cannot write to ${target}: it is a link to what this program did not write; name the file itself or another`,
      );
  } else if (found.isDirectory()) {
    throw new InputError(
      `cannot write to ${target}: a folder of that name is in the way; name a file, such as ${join(target, "results")}`,
    );
  } else if (!found.isFile()) {
    throw new InputError(`cannot write to ${target}: it is a device or a socket; name a file`);
  }
  await requireNotRead(target, read);
  const place = await realpath(target);
  await access(place, constants.W_OK).catch((error) => {
    throw unwritable(target, error);
  });
  return place;
}

/**
 * Where a folder of results is written.
 *
 * @param read files that must stay as they are: what the command reads
 * @throws {InputError} if something else is in the way, in a sentence that says what to write instead
 */
export async function placeOfFolder(
  target: string,
  kind: FolderKind,
  read: readonly string[],
): Promise<string> {
  const found = await look(target);
  if (!found) return realPlace(target);
  const to = await stat(target).catch(() => undefined);
  if (!to?.isDirectory())
    throw new InputError(
      `cannot write to ${target}: a file of that name is in the way; name a folder for the ${kind.title}`,
    );
  const place = await realpath(target);
  if (!kind.mayWrite) await requireOwnPlace(target, place, kind, read);
  await requireOwnFiles(target, place, kind);
  await access(place, constants.W_OK).catch((error) => {
    throw unwritable(target, error);
  });
  return place;
}

/** @throws {InputError} if a folder holds what is not ours where results of the kind go */
export async function requireOwnFiles(target: string, place: string, kind: FolderKind): Promise<void> {
  const own = await kind.ownFiles(place);
  if (kind.mayWrite) {
    for (const path of await filesBelow(place))
      if (kind.mayWrite(path) && !own?.has(path))
        throw new InputError(
          `cannot write to ${join(target, path)}: this program did not write what is there; move it away, or choose another folder for the ${kind.title}`,
        );
    return;
  }
  const names = (await readdir(place)).filter((name) => name !== unfinishedName);
  if (own || names.length === 0) return;
  const some = names.sort().slice(0, 3).join(", ");
  throw new InputError(
    `cannot write to ${target}: it is no ${kind.title}, but a folder with ${some}${names.length > 3 ? ", …" : ""}; name a new one in it, such as ${join(target, "office")}`,
  );
}

/** The paths of all files below a folder, with `/` between names. Links are not followed, unfinished work is left out. */
export async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === unfinishedName) continue; // other commands make and remove files in it meanwhile
    if (!entry.isDirectory()) files.push(entry.name);
    else for (const file of await filesBelow(join(folder, entry.name))) files.push(`${entry.name}/${file}`);
  }
  return files.sort();
}

/** The paths of all files in a folder and its folders; none if it is not a folder. */
export async function filesIn(folder: string): Promise<string[]> {
  return (await filesBelow(folder).catch(() => [])).map((path) => join(folder, path));
}

/** A path whose folder is real, as far as it is there. */
async function realPlace(target: string): Promise<string> {
  const path = resolve(target);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const real = await realpath(folder).catch(() => undefined);
    if (real) return join(real, relative(folder, path));
    if (folder === dirname(folder)) return path;
  }
}

/** What is at a path; undefined if nothing is. @throws {InputError} if nothing can be there */
async function look(target: string) {
  try {
    return await lstat(target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw unwritable(target, error);
  }
}

/** @throws {InputError} if a path leads to one of the files that are read, by whatever name */
export async function requireNotRead(target: string, read: readonly string[]): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (!found) return;
  for (const path of read) {
    const other = await stat(path).catch(() => undefined);
    if (other && other.dev === found.dev && other.ino === found.ino)
      throw new InputError(`${target} is read: choose another output`);
  }
}

/** Folders that people work in are not places for results, even empty ones. */
async function requireOwnPlace(
  target: string,
  place: string,
  kind: FolderKind,
  read: readonly string[],
): Promise<void> {
  const refuse = (what: string) =>
    new InputError(
      `cannot write to ${target}: it is ${what}; name a new folder for the ${kind.title}, such as ${join(target, "office")}`,
    );
  const holds = (path: string) =>
    path === place || path.startsWith(place.endsWith(sep) ? place : place + sep);
  if (place === dirname(place)) throw refuse("the root of all files");
  const [home, working] = await Promise.all(
    [homedir(), process.cwd()].map((path) => realpath(path).catch(() => resolve(path))),
  );
  if (place === home) throw refuse("your home folder");
  if (holds(working)) throw refuse("the working folder, or holds it");
  if (holds(home)) throw refuse("a folder that holds your home folder");
  for (const name of ["package.json", ".git"])
    if (await isThere(join(place, name))) throw refuse(`a project's folder, with ${name}`);
  for (const path of read) {
    const real = await realpath(path).catch(() => undefined);
    if (real && holds(real)) throw refuse(`where ${basename(path)} is, which is read`);
  }
}

/** Whether a file is empty, or its beginning says that this program wrote it: alerts, or scores as CSV. */
export async function isResult(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    const text = buffer.toString("latin1", 0, bytesRead);
    return bytesRead === 0 || resultMarks.some((mark) => mark.test(text));
  } finally {
    await file.close();
  }
}

const resultMarks = [
  /^\{"@timestamp":.*"traffic_anomaly/, // alerts as JSON lines
  /^timestamp,uid,source,source_port,/, // alerts as CSV
  /^\{"incident":"[0-9a-f]{16}","status":/, // incidents
  /^row,(label,)?score,(p_value,)?anomaly/, // scores as CSV
];
