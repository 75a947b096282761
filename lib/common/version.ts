import { readFileSync } from "node:fs";
import { join } from "node:path";

/** This library's version. */
export const libraryVersion: string = JSON.parse(
  readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"),
).version;
