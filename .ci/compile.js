// Compiles lib/ into lib/dist/, and removes what stands there of sources that are gone, so that no package holds it.
const { spawnSync } = require("node:child_process");
const { existsSync, readdirSync, rmSync } = require("node:fs");
const { dirname, join } = require("node:path");

const lib = join(__dirname, "..", "lib");
const dist = join(lib, "dist");

/** Runs a compiler of the project's. @returns its exit code */
function run(compiler, options, stdio) {
  const file = join(__dirname, "..", "node_modules", compiler, "bin", "tsc");
  return spawnSync(process.execPath, [file, "-p", lib, ...options], { stdio }).status;
}

/** Whether TypeScript's own compiler is there: a binary for this machine, in a package that npm may leave out. */
function isWhole() {
  const path = require.resolve("typescript/package.json");
  const name = `@typescript/typescript-${process.platform}-${process.arch}`;
  return existsSync(join(dirname(path), "..", name)) || existsSync(join(dirname(path), "node_modules", name));
}

if (isWhole()) {
  const code = run("typescript", [], "inherit");
  if (code !== 0) process.exit(code ?? 1);
} else {
  console.error(
    "TypeScript's compiler for this machine, an optional package, is not installed: " +
      "the one that tslab brings compiles the library, without checking types.",
  );
  // It writes all files although it complains, since it is older than some of the types.
  run("@tslab/typescript-for-tslab", ["--module", "node16"], "ignore");
  if (!existsSync(join(dist, "index.js"))) process.exit(1);
}

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  const source = join(lib, path.slice(dist.length));
  const hasSource = entry.isDirectory()
    ? existsSync(source)
    : existsSync(source.replace(/(\.d\.ts|(\.bundle)?\.js)$/, ".ts")) ||
      (source.endsWith(".wasm") && existsSync(join(dirname(source), "asconfig.json")));
  if (!hasSource) rmSync(path, { recursive: true, force: true });
}
