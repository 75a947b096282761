import { existsSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** The nearest folder at or above another that has a `package.json`; undefined if none has. */
export function projectAbove(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

/**
 * A path in the project: in the nearest folder at or above the working directory that has a `package.json`, or in the
 * working directory if none has. So a notebook in `notebooks/` finds the same `data/` as a command beside it.
 *
 * @example
 * const outputs = projectPath("outputs");
 */
export function projectPath(...names: readonly string[]): string {
  return join(projectAbove(process.cwd()) ?? process.cwd(), ...names);
}

/** A path as a message names it: relative to the working directory, unless it is outside of it. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short || ".";
}
