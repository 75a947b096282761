// Makes the checksums of a tampered model anew, as whoever tampers with it can.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const network = ["model.json", "weights.bin"];

/**
 * Makes checksums anew wherever they can be: they are replaced as text, so that nothing else in the files changes.
 *
 * @param original the model before it was tampered with
 */
export function seal(folder: string, original: string): void {
  const traffic = parsed(join(original, "traffic.json"));
  if (!traffic) sealModel(folder, original);
  for (const [kind, old] of Object.entries((traffic?.manifests ?? {}) as Record<string, string>)) {
    sealModel(join(folder, kind), join(original, kind));
    replace(join(folder, "traffic.json"), old, hashOf([join(folder, kind, "manifest.json")]));
  }
}

function sealModel(folder: string, original: string): void {
  const { files } = parsed(join(original, "manifest.json"))!;
  const autoencoder = parsed(join(original, "autoencoder.json"));
  if (autoencoder)
    replace(
      join(folder, "autoencoder.json"),
      autoencoder.sha256 as string,
      hashOf(network.map((name) => join(folder, name))),
    );
  for (const [name, old] of Object.entries(files as Record<string, string>))
    replace(join(folder, "manifest.json"), old, hashOf([join(folder, name)]));
}

function replace(path: string, old: string, now: string | undefined): void {
  if (now === undefined || now === old || !isModest(path)) return;
  writeFileSync(path, readFileSync(path, "latin1").replaceAll(old, now), "latin1");
}

function hashOf(paths: readonly string[]): string | undefined {
  if (!paths.every(isModest)) return undefined;
  const hash = createHash("sha256");
  for (const path of paths) hash.update(readFileSync(path));
  return hash.digest("hex");
}

/** A plain file that is quick to read. */
export function isModest(path: string): boolean {
  if (!existsSync(path)) return false;
  const found = lstatSync(path);
  return found.isFile() && found.size < 2 ** 26;
}

function parsed(path: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}
