import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { temporaryFolder } from "../fixtures/folder";
import { libFolder } from "./sources";

test("importing the library loads two small packages, and none that computes, draws or queries", () => {
  const source = `require("traffic-anomaly");
    const packages = Object.keys(require.cache).flatMap((file) => /node_modules\\/(@[^/]+\\/[^/]+|[^/@]+)\\/(?!.*node_modules)/.exec(file)?.[1] ?? []);
    console.log(JSON.stringify([...new Set(packages)].sort()));`;
  const packages = JSON.parse(execFileSync(process.execPath, ["-e", source], { encoding: "utf8" }));
  assert.deepEqual(packages, ["pure-rand", "simple-statistics"]);
});

test("without a package, what needs it says in a sentence what to install, and the rest works", () => {
  const folder = temporaryFolder("light");
  const library = join(folder, "node_modules", "traffic-anomaly");
  mkdirSync(library, { recursive: true });
  for (const name of ["package.json", "dist"]) symlinkSync(join(libFolder, name), join(library, name));
  for (const name of ["pure-rand", "simple-statistics"])
    symlinkSync(join(libFolder, "..", "node_modules", name), join(folder, "node_modules", name));
  const source = `const { fitIsolationForest, readTable } = require("traffic-anomaly");
    const { query } = require("traffic-anomaly/notebook");
    const matrix = { rows: 64, columns: ["a"], data: Float32Array.from({ length: 64 }, (_, i) => i) };
    (async () => {
      const forest = await fitIsolationForest(matrix, { sampleSize: 16, trees: 4 });
      console.log((await forest.score(matrix)).length);
      for (const name of ["table.csv", "table.json"]) console.log((await readTable(name)).rows);
      await query("SELECT 1").catch((error) => console.log(String(error)));
    })();`;
  writeFileSync(join(folder, "table.csv"), "a,b\n1,x\n2,y\n");
  writeFileSync(join(folder, "table.json"), '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n');
  const options = { cwd: folder, encoding: "utf8" } as const;
  const check = () => {
    const output = execFileSync(process.execPath, ["--preserve-symlinks", "-e", source], options);
    assert.deepEqual(output.trim().split("\n"), [
      "64",
      "2",
      "2",
      "InputError: this needs the package @duckdb/node-api, which is not installed: npm install @duckdb/node-api@1.5.5-r.5",
    ]);
  };
  check();
  // As after `npm ci --omit=optional`: its binary for this platform is missing.
  mkdirSync(join(folder, "node_modules", "@duckdb"));
  for (const name of ["@duckdb/node-api", "@duckdb/node-bindings"])
    symlinkSync(join(libFolder, "..", "node_modules", name), join(folder, "node_modules", name));
  check();
});
