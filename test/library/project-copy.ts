// The project as it is checked out, without what was built or installed.
import { cpSync } from "node:fs";
import { basename, join } from "node:path";
import { libFolder } from "./sources";

/** Copies what installing and building needs into a folder. */
export function copyProject(folder: string): void {
  const made = ["node_modules", "dist"];
  for (const name of [".ci", "lib", "package.json", "package-lock.json", "tsconfig.json"]) {
    const filter = (path: string) => !made.includes(basename(path));
    cpSync(join(libFolder, "..", name), join(folder, name), { recursive: true, filter });
  }
}
