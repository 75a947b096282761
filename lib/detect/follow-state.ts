import { readFile, rename, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError, systemErrorCode } from "../common/errors";
import { unwritable } from "../common/unwritable";
import type { LogPosition } from "./log-tail";

/** The file that lets following go on after a restart: where in the log the next line begins whose alert is not written. */
interface FollowState extends LogPosition {
  readonly formatVersion: number;
  readonly log: string;
}

const formatVersion = 1;

/**
 * Reads where following ended; undefined if the file is not there yet.
 *
 * @throws {InputError} if it is damaged, of another version, or of another log
 */
export async function readFollowState(path: string, log: string): Promise<LogPosition | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return undefined;
    throw new InputError(`cannot read ${path}: ${(error as Error).message}`);
  }
  const remedy = "remove it to read the log from its begin";
  let state: Partial<FollowState> | null;
  try {
    state = JSON.parse(text);
  } catch {
    throw new InputError(`${path} is no state file: it is not JSON; ${remedy}`);
  }
  if (state?.formatVersion !== formatVersion)
    throw new InputError(
      `${path} is no state file of this program's format version ${formatVersion}; ${remedy}`,
    );
  if (state.log !== resolve(log))
    throw new InputError(`${path} is the state of another log, ${state.log}; name another state file`);
  const { device, inode, offset, head } = state;
  if (typeof device !== "number" || typeof inode !== "number" || !head || !Number.isSafeInteger(offset))
    throw new InputError(`${path} is damaged: it lacks a part; ${remedy}`);
  return { device, inode, offset: offset!, head };
}

/** Writes where following is; a reader sees the old or the new content. @throws {InputError} if it can't be written */
export async function writeFollowState(path: string, log: string, position: LogPosition): Promise<void> {
  const state: FollowState = { formatVersion, log: resolve(log), ...position };
  const unfinished = `${path}.unfinished`;
  try {
    await writeFile(unfinished, `${JSON.stringify(state)}\n`);
    await rename(unfinished, path);
  } catch (error) {
    throw unwritable(path, error);
  }
}
