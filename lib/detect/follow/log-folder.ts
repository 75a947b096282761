import type { BigIntStats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { placeOf } from "./log-content";

/** A file that was seen in the folder of a log. */
export interface FoundFile {
  readonly path: string;
  readonly place: string;
  readonly bytes: number;
  /** When it was last written, in milliseconds since 1970. */
  readonly modified: number;
  /** `log`: it has the log's name now; `rotated`: that of a rotated file of it. */
  readonly kind: "log" | "rotated" | "other";
}

/** Folders are looked through again after so long, even if nothing seems to have changed. */
const longestPause = 2_000;
/** The clock of a file system is coarse: a change may follow another with the same time. */
const coarseness = 1_000;

/** Looks which files of a log there are, as often as something may have changed. */
export class LogFolder {
  /** Where the file lies that has the log's name; undefined while there is none. */
  logPlace: string | undefined;
  #lookedAt = 0;
  #changed = -1;

  constructor(private readonly log: string) {}

  /** Has the next look go through the whole folder. */
  forget(): void {
    this.#changed = -1;
  }

  /**
   * The files of the log, oldest first and the log itself last. If the folder did not change since the last time, the
   * log alone, and `isWhole` is false.
   */
  async look(withOthers = false): Promise<{ files: FoundFile[]; isWhole: boolean }> {
    const folder = dirname(this.log);
    const changed = Number((await statOf(folder))?.mtimeMs ?? -1);
    const now = Date.now();
    const isWhole =
      withOthers ||
      changed !== this.#changed ||
      now - changed < coarseness ||
      now - this.#lookedAt > longestPause;
    const files: FoundFile[] = [];
    if (isWhole) {
      this.#changed = changed;
      this.#lookedAt = now;
      const own = basename(this.log);
      for (const name of await readdir(folder).catch(() => [])) {
        const isRotated = isRotatedName(name, own);
        if (name === own || (!isRotated && !withOthers)) continue;
        const found = await fileAt(join(folder, name), isRotated ? "rotated" : "other");
        if (found) files.push(found);
      }
      files.sort((a, b) => a.modified - b.modified);
    }
    const log = await fileAt(this.log, "log");
    this.logPlace = log?.place;
    return { files: [...files.filter(({ place }) => place !== log?.place), ...(log ? [log] : [])], isWhole };
  }
}

async function fileAt(path: string, kind: FoundFile["kind"]): Promise<FoundFile | undefined> {
  const found = await statOf(path);
  if (!found?.isFile()) return undefined;
  const modified = Number(found.mtimeNs / 1_000n) / 1_000;
  return { path, place: placeOf(found), bytes: Number(found.size), modified, kind };
}

async function statOf(path: string): Promise<BigIntStats | undefined> {
  return stat(path, { bigint: true }).catch(() => undefined);
}

/** What rotation adds to a name: a number, a date, a time, as in `.1`, `-20261126`, `.2026-11-26-10-00-00`. */
const addition = /^[._-][\d._:+TZ-]*\d[\d._:+TZ-]*$/;

/**
 * Whether a name is that of a rotated file of a log, as logrotate, Zeek and others give them: `conn.log.1`,
 * `conn.log-20261126.gz`, `conn.2026-11-26.log` of `conn.log`. `conn-summary.2026-11-26.log` is of another log.
 */
function isRotatedName(name: string, log: string): boolean {
  const extension = extname(log);
  const stem = log.slice(0, log.length - extension.length);
  if (!name.startsWith(stem)) return false;
  let rest = name.slice(stem.length).replace(/\.gz$/, "");
  if (rest.startsWith(extension)) rest = rest.slice(extension.length);
  else if (rest.endsWith(extension)) rest = rest.slice(0, rest.length - extension.length);
  else return false;
  return addition.test(rest);
}
