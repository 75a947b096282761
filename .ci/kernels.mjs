// Compiles the AssemblyScript below lib/ into lib/dist/. What has been compiled is kept by what it was compiled from, since the
// compiler takes seconds even for sources that have not changed.
import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const project = join(import.meta.dirname, "..");
const kept = join(project, "node_modules", ".cache", "kernels");
const { version } = createRequire(import.meta.url)("assemblyscript/package.json");

/** What a kernel is compiled from, as a name for it. */
function nameOf(folder) {
  const sources = readdirSync(folder).filter((name) => name.endsWith(".as.ts") || name === "asconfig.json");
  const hash = createHash("sha256").update(version);
  for (const name of sources.sort()) hash.update(name).update(readFileSync(join(folder, name)));
  return `${hash.digest("hex")}.wasm`;
}

for (const place of ["models/kernel", "data/kdd", "data/formats"]) {
  const folder = join(project, "lib", place);
  const config = join(folder, "asconfig.json");
  const outFile = join(folder, JSON.parse(readFileSync(config, "utf8")).options.outFile);
  const same = join(kept, nameOf(folder));
  if (existsSync(same)) {
    cpSync(same, outFile);
    continue;
  }
  const { default: asc } = await import("assemblyscript/asc");
  const { error } = await asc.main(["--config", config], { stdout: process.stdout, stderr: process.stderr });
  if (error) process.exit(1);
  cpSync(outFile, `${same}.${process.pid}`);
  renameSync(`${same}.${process.pid}`, same); // another build reads it whole, or not at all
}
