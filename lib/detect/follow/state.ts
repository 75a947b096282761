import { existsSync } from "node:fs";
import { lstat, open, readFile, realpath, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError, systemErrorCode } from "../../common/errors";
import { checked } from "../../common/json-file";
import { unwritable } from "../../common/unwritable";
import type { OrderState } from "../../traffic/reorder";
import type { ViewsState } from "../../traffic/views/view";
import type { WarmState } from "../../traffic/windows/warm-windows";
import type { IncidentsState } from "../incidents/incident-tracker";
import type { WaitingLine } from "./held-lines";
import type { SavedFiles } from "./known-files";
import type { SavedFile } from "./tailed-file";

/** What following remembers: how far each file of the log was read, and lines that wait for their turn. */
export interface FollowState extends SavedFiles {
  readonly waiting: readonly WaitingLine[];
  /** What the windows know; undefined before the first connection was judged. */
  readonly remembered?: WarmState;
  /** Which connections are late. */
  readonly order?: OrderState;
  /** The incidents that are open. */
  readonly incidents?: IncidentsState;
  /** What the views remember. */
  readonly views?: ViewsState;
  /** Bytes of the file of alerts: what follows them was written after this was remembered. */
  readonly written?: number;
  /** And of that of incidents. */
  readonly incidentsWritten?: number;
}

/** Of state files, those of logs that are scored one after the other too. */
export const stateFormatVersion = 4;

/** As it is written: header lines, which repeat, stand apart. */
interface WrittenState extends Omit<FollowState, "files" | "waiting"> {
  readonly formatVersion: number;
  readonly log: string;
  readonly headers: readonly (readonly string[])[];
  readonly files: readonly (Omit<SavedFile, "header"> & { header: number })[];
  readonly waiting: readonly (Omit<WaitingLine, "header"> & { header: number })[];
}

/**
 * The file that lets following go on after a restart. What is wrong with it is said once and stops nothing: a service
 * that does not start loses more than one that says some alerts again. What is no state of this log is moved aside.
 */
export class StateFile {
  #isForeign = false;
  #isFailing = false;
  #written = "";

  private constructor(
    private readonly path: string,
    private readonly log: string,
    private readonly onNotice: (sentence: string) => void,
    private readonly isLink: boolean,
  ) {}

  /** @throws {InputError} if the path is that of something else than a file */
  static async open(path: string, log: string, onNotice: (sentence: string) => void): Promise<StateFile> {
    const found = await stat(path).catch(() => undefined);
    if (found && !found.isFile())
      throw new InputError(`${path} is not a plain file: name another state file`);
    const target = found ? await realpath(path) : path;
    const isLink = (await lstat(path).catch(() => undefined))?.isSymbolicLink() ?? false;
    return new StateFile(target, await placeOfLog(log), onNotice, isLink);
  }

  /** What was remembered; undefined if there is nothing of use. @throws {InputError} if a link leads to what is no state */
  async read(): Promise<FollowState | undefined> {
    let text: string;
    try {
      text = await readFile(this.path, "utf8");
    } catch (error) {
      if (systemErrorCode(error) !== "ENOENT")
        this.onNotice(
          `cannot read the state file ${this.path}: ${(error as Error).message}: the log is read from its start`,
        );
      return undefined;
    }
    try {
      return this.#parsed(text);
    } catch (error) {
      if (!(error instanceof InputError) || this.isLink) throw error; // what a link leads to is not ours to move
      this.#isForeign = true;
      const aside = await this.#setAside().catch(() => undefined);
      this.onNotice(
        `${error.message}: the log is read from its start${aside ? `, and the file is now ${aside}` : ""}`,
      );
      return undefined;
    }
  }

  /** Remembers; a reader sees the old or the new content. A failure is said once, and the next write tries again. */
  async write({ files, waiting, ...rest }: FollowState): Promise<void> {
    const headers = new Headers();
    const written: WrittenState = {
      ...{ formatVersion: stateFormatVersion, log: this.log, ...rest },
      headers: headers.all,
      files: files.map((file) => ({ ...file, header: headers.place(file.header) })),
      waiting: waiting.map((line) => ({ ...line, header: headers.place(line.header) })),
    };
    const text = `${JSON.stringify(written)}\n`;
    if (text === this.#written) return;
    try {
      if (this.#isForeign) await this.#setAside();
      await writeWhole(this.path, text);
      this.#written = text;
      this.#isFailing = false;
    } catch (error) {
      const reason = unwritable(this.path, error);
      if (!(reason instanceof InputError)) throw error;
      if (!this.#isFailing)
        this.onNotice(`${reason.message}: it is tried again, and until then a restart says alerts again`);
      this.#isFailing = true;
    }
  }

  #parsed(text: string): FollowState {
    let value: Partial<WrittenState> | null;
    try {
      value = JSON.parse(text);
    } catch {
      throw new InputError(`${this.path} is not a state file, or damaged: it is not JSON`);
    }
    if (value?.formatVersion !== stateFormatVersion)
      throw new InputError(
        `${this.path} is not a state file of this program's format version ${stateFormatVersion}`,
      );
    if (value.log !== this.log) {
      const other =
        value.log === undefined
          ? "logs scored without --follow"
          : `another log, ${JSON.stringify(value.log)}`;
      throw new InputError(`${this.path} is the state of ${other}`);
    }
    const { writtenStateSchema } = require("./state-schema") as typeof import("./state-schema");
    const state = checked(writtenStateSchema, value, this.path);
    const { formatVersion: _, log: _log, headers, files, waiting, ...rest } = state;
    return {
      ...rest,
      files: files.map((file) => ({ ...file, header: headers[file.header] })),
      waiting: waiting.map((line) => ({ ...line, header: headers[line.header] })),
    };
  }

  /** Moves what is not ours out of the way. @returns where to */
  async #setAside(): Promise<string> {
    let aside = `${this.path}.set-aside`;
    for (let i = 2; existsSync(aside); i++) aside = `${this.path}.set-aside-${i}`;
    await rename(this.path, aside).catch((error) => {
      if (systemErrorCode(error) !== "ENOENT") throw error; // somebody removed it
    });
    this.#isForeign = false;
    return aside;
  }
}

/** Header lines, each set once. */
class Headers {
  readonly all: (readonly string[])[] = [];
  readonly #places = new Map<string, number>();

  place(header: readonly string[]): number {
    const key = header.join("\n");
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    this.#places.set(key, this.all.length);
    return this.all.push(header) - 1;
  }
}

async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.unfinished`;
  try {
    const file = await open(unfinished, "w");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw error;
  }
}

/** The same for every way to name a log, also while it is not there. */
async function placeOfLog(log: string): Promise<string> {
  const path = resolve(log);
  return join(await realpath(dirname(path)).catch(() => dirname(path)), basename(path));
}
