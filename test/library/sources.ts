// The files of the library, for tests about its text.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const libFolder = join(__dirname, "..", "..", "lib");

/** Paths of the library's sources, relative to lib/. */
export function sourceFiles(): string[] {
  return files(".ts").filter((file) => !file.startsWith("dist") && !file.startsWith("node_modules"));
}

/** Absolute paths of the declarations that the compiler made of them. */
export function declarationFiles(): string[] {
  return files(".d.ts")
    .filter((file) => file.startsWith("dist"))
    .map((file) => join(libFolder, file));
}

/** The examples of doc comments, as they stand there. */
export function exampleTexts(): string[] {
  return sourceFiles().flatMap((file) =>
    Array.from(
      readFileSync(join(libFolder, file), "utf8").matchAll(/^ *\* @example\n((?: *\*(?!\/)(?! @).*\n)+)/gm),
      ([, text]) => text,
    ),
  );
}

function files(ending: string): string[] {
  return readdirSync(libFolder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(ending))
    .sort();
}
