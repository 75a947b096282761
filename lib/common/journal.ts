import {
  copyFile,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  rmdir,
  unlink,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, isAbsolute, join, normalize, relative, resolve } from "node:path";
import { InputError } from "./errors";
import { readJsonFile } from "./json-file";
import { isThere, MissingFile } from "./plain-file";

/** One file or new folder to be put in its place, or a file to be removed. */
export interface Move {
  /** Its name in the work folder; undefined where the file at `to` is to be removed. */
  readonly from?: string;
  /** Its place, relative to the folder that the work is in. */
  readonly to: string;
  /** A second name in the work folder of what stands there, and what tells it from another file. */
  readonly previous?: { readonly kept: string; readonly identity: string };
}

/**
 * What is to be moved from a work folder into the folder that this is in. Work in several folders counts at one moment: when
 * the first of the work folders is marked. Paths are relative, since another command may see them below another root, as in
 * a container; they lead nowhere else, since the folder may come from a stranger.
 */
export interface Journal {
  readonly formatVersion: 1;
  /** The work folder that is marked, relative to this one. */
  readonly first: string;
  /** In that one: all of them, relative to it. */
  readonly parts?: readonly string[];
  readonly moves: readonly Move[];
}

/**
 * An empty file in the first work folder. From `committed` on the new results count, from `undo` on the previous ones; `done`
 * says that they are in place, so that the work folders are of no use any more.
 */
type Mark = "prepared" | "committed" | "undo" | "done";

/** Work folders are two below the folder whose files they replace: FOLDER/.unfinished-traffic-anomaly/work-1a2b3c. */
export const unfinishedName = ".unfinished-traffic-anomaly";
export const workPrefix = "work-";
const levels = join("..", "..");

/** Whether a path is that of a work folder. */
export function isWorkFolder(path: string): boolean {
  return basename(dirname(path)) === unfinishedName && /^work-\w{6}$/.test(basename(path));
}

/** Notes the moves of each work folder. They count from when the first of them is marked. */
export async function writeJournals(works: ReadonlyMap<string, readonly Move[]>): Promise<void> {
  const [first] = works.keys();
  for (const [work, moves] of works) {
    const parts = work === first ? [...works.keys()].map((part) => relative(first, part)) : undefined;
    const journal: Journal = { formatVersion: 1, first: relative(work, first), parts, moves };
    // Whole or not there: whoever finds half of it could not tell to which others the work belongs.
    const path = join(work, "journal.json");
    await writeFile(`${path}.new`, JSON.stringify(journal), { flush: true });
    await rename(`${path}.new`, path);
    await syncFolder(work);
  }
  await writeFile(join(first, "prepared"), "");
}

/**
 * Marks the work as committed, and makes its moves. If one fails, all are undone.
 *
 * @param first the work folder that is marked
 * @throws the system's error of the move that failed
 */
export async function carryOut(first: string): Promise<void> {
  await mark(first, "prepared", "committed");
  try {
    await allMoves(first, forward);
  } catch (error) {
    await mark(first, "committed", "undo");
    await allMoves(first, backward);
    await mark(first, "undo", "done");
    throw error;
  }
  await mark(first, "committed", "done");
}

/** Whether moves were begun that are not all made or undone. */
export async function isUnsettled(first: string): Promise<boolean> {
  return (await isThere(join(first, "committed"))) || (await isThere(join(first, "undo")));
}

/** The marked work folder that a work folder belongs to: its own, if it has no journal. @throws {InputError} if it is damaged */
export async function firstOf(work: string): Promise<string> {
  const journal = await readJournal(work);
  const first = journal ? resolve(work, journal.first) : work;
  if (!isWorkFolder(first)) throw damaged(work);
  return first;
}

/** The work folders that a marked one belongs with, itself included. */
async function partsOf(first: string): Promise<string[]> {
  const journal = await readJournal(first);
  const parts = (journal?.parts ?? [""]).map((part) => resolve(first, part));
  for (const part of parts) if (!isWorkFolder(part)) throw damaged(first);
  return parts;
}

/**
 * Ends the moves of a process that was killed among them.
 *
 * @param first the work folder that is marked
 * @returns the places that are right now, and which results stand there; undefined if the moves do not count
 */
export async function settle(
  first: string,
): Promise<{ places: readonly string[]; results: "new" | "previous" } | undefined> {
  if (!(await isUnsettled(first))) return undefined;
  const isUndo = await isThere(join(first, "undo"));
  const places = await allMoves(first, isUndo ? backward : forward);
  await mark(first, isUndo ? "undo" : "committed", "done");
  return { places, results: isUndo ? "previous" : "new" };
}

/** Keeps what stands at a place under a second name in the work folder, so that a move can be undone. */
export async function keepPrevious(place: string, work: string, kept: string): Promise<Move["previous"]> {
  const identity = await identityOf(place);
  if (identity === undefined) return undefined;
  await link(place, join(work, kept)).catch(() => copyFile(place, join(work, kept))); // without hard links
  return { kept, identity };
}

async function mark(first: string, from: Mark, to: Mark): Promise<void> {
  await rename(join(first, from), join(first, to));
  await syncFolder(first);
}

/** Makes the moves of all work folders, forward or backward. @returns the places */
async function allMoves(
  first: string,
  make: (work: string, place: string, move: Move) => Promise<void>,
): Promise<string[]> {
  const places: string[] = [];
  for (const work of await partsOf(first)) {
    const journal = await readJournal(work);
    if (!journal) continue; // it was all done, and forgotten
    if (resolve(work, journal.first) !== first) throw damaged(work);
    const moves = [...journal.moves];
    if (make === backward) moves.reverse();
    for (const move of moves) {
      const place = resolve(work, levels, move.to);
      await make(work, place, move);
      places.push(place);
    }
  }
  for (const folder of new Set(places.map(dirname))) await syncFolder(folder);
  return places;
}

/** Makes a move, if it was not made before. */
async function forward(work: string, place: string, { from, previous }: Move): Promise<void> {
  const identity = await identityOf(place);
  if (from === undefined) {
    if (identity === undefined || identity !== previous?.identity) return;
    await unlink(place);
    await removeIfEmpty(dirname(place));
    return;
  }
  if (!(await isThere(join(work, from)))) return;
  // Between a kill and now, somebody may have put a file of their own here.
  if (identity !== undefined && identity !== previous?.identity) await setAside(place);
  await mkdir(dirname(place), { recursive: true });
  await rename(join(work, from), place);
}

/** Undoes a move, if it was made. */
async function backward(work: string, place: string, { from, previous }: Move): Promise<void> {
  if (previous) {
    if (!(await isThere(join(work, previous.kept)))) return;
    await mkdir(dirname(place), { recursive: true });
    await rename(join(work, previous.kept), place);
  } else if (from !== undefined && !(await isThere(join(work, from)))) {
    if (await isThere(place)) await rename(place, join(work, from));
    await removeIfEmpty(dirname(place));
  }
}

/** Gives a file another name, so that nothing replaces it. */
async function setAside(path: string): Promise<void> {
  for (let number = 1; ; number++) {
    const aside = `${path}.saved-${number}`;
    if (!(await isThere(aside))) return rename(path, aside);
  }
}

async function removeIfEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch(() => {});
}

/** @throws {InputError} if it is damaged, or would move something from or to elsewhere */
async function readJournal(work: string): Promise<Journal | undefined> {
  await requirePlain(work);
  let journal: Partial<Journal>;
  try {
    journal = (await readJsonFile(join(work, "journal.json"))) as Partial<Journal>;
  } catch (error) {
    if (error instanceof MissingFile) return undefined;
    throw damaged(work);
  }
  const { formatVersion, first, parts = [], moves } = journal ?? {};
  const isText = (value: unknown) => typeof value === "string";
  const isRight =
    formatVersion === 1 &&
    isText(first) &&
    Array.isArray(parts) &&
    parts.every(isText) &&
    Array.isArray(moves) &&
    moves.every(
      (move) =>
        staysInside(move?.to) &&
        (move.from === undefined || isName(move.from)) &&
        (move.previous === undefined || (isName(move.previous.kept) && isText(move.previous.identity))),
    );
  if (!isRight) throw damaged(work);
  for (const { to } of moves) await requireNoLinks(resolve(work, levels), to, work);
  return journal as Journal;
}

/**
 * Checks that a work folder holds files and folders only, as those that this program makes do: a stranger's link would have
 * files from elsewhere moved, and a named pipe or device be waited for.
 *
 * @throws {InputError} if it does not
 */
export async function requirePlain(work: string): Promise<void> {
  for (const folder of [dirname(work), work]) {
    const found = await lstat(folder).catch(() => undefined);
    if (found && !found.isDirectory()) throw damaged(work);
  }
  for (const entry of await readdir(work, { withFileTypes: true }).catch(() => [])) {
    if (entry.isDirectory()) await requirePlain(join(work, entry.name));
    else if (!entry.isFile()) throw damaged(work);
  }
}

function damaged(work: string): InputError {
  return new InputError(`${work} is damaged: it was left by a command that was ended; move it away`);
}

function staysInside(path: unknown): boolean {
  return typeof path === "string" && !isAbsolute(path) && !/^\.\.([/\\]|$)/.test(normalize(path));
}

/** A path in the work folder, such as `new-0/forest.bin`. */
function isName(path: unknown): boolean {
  return staysInside(path) && normalize(path as string) !== ".";
}

/** A link among the folders of a path would lead out of the folder. */
async function requireNoLinks(folder: string, path: string, work: string): Promise<void> {
  for (let parent = dirname(path); parent !== "."; parent = dirname(parent)) {
    const found = await lstat(join(folder, parent)).catch(() => undefined);
    if (found?.isSymbolicLink()) throw damaged(work);
  }
}

/** What tells the file at a path from another; undefined if there is none. */
async function identityOf(path: string): Promise<string | undefined> {
  const found = await lstat(path, { bigint: true }).catch(() => undefined);
  return found && `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}`;
}

/** Makes sure that a file's content outlives a loss of power. */
export async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes sure that the names in a folder outlive a loss of power. Some systems cannot, and some need not. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
