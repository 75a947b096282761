import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InputError, systemErrorCode } from "./errors";

/** Packages that whoever installs the library adds for what needs them, with the versions that are supported. */
export function optionalPackages(): Readonly<Record<string, string>> {
  const manifest = readFileSync(join(__dirname, "..", "..", "package.json"), "utf8");
  return JSON.parse(manifest).peerDependencies;
}

/**
 * A package that is loaded when it is first needed: importing the library loads none that is large or may be missing.
 *
 * @param load a function that requires it
 * @throws {InputError} if it is not installed, saying how to install it
 */
export function loadPackage<Module>(name: string, load: () => Module): Module {
  try {
    return load();
  } catch (error) {
    const isMissing =
      systemErrorCode(error) === "MODULE_NOT_FOUND" &&
      error instanceof Error &&
      error.message.includes(name.split("/")[0]);
    if (!isMissing) throw error;
    throw new InputError(
      `this needs the package ${name}, which is not installed: npm install ${withVersion(name)}`,
    );
  }
}

/** A package with the oldest version that is supported, as `npm install` takes it. */
export function withVersion(name: string): string {
  return `${name}@${optionalPackages()[name]?.replace("^", "") ?? "latest"}`;
}
