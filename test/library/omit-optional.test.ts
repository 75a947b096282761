// The project as `npm ci --omit=optional` installs it: TypeScript's compiler and DuckDB's binary are optional packages.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { promisify } from "node:util";
import { program, runToEnd } from "../cli/command";
import { tryAll } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { copyProject } from "./project-copy";

const run = promisify(execFile);
const reason = tryAll ? false : "takes about a minute: set CI=true to run it";

suite("the project without optional packages", { skip: reason }, () => {
  const project = temporaryFolder("omit-optional");
  const own = join(project, "lib", "traffic-anomaly.js");
  const command = (...parameters: string[]) =>
    runToEnd(process.execPath, [own, ...parameters], { cwd: project });
  const withoutDuckdb =
    /this needs the package @duckdb\/node-api, which is not installed: npm install @duckdb\/node-api@/;

  test("it installs and builds, and says in a sentence what compiles it", async () => {
    copyProject(project);
    const options = ["--omit=optional", "--no-audit", "--no-fund", "--prefer-offline"];
    const { stdout, stderr } = await run("npm", ["ci", ...options], { cwd: project });
    assert.match(stdout + stderr, /^TypeScript's compiler for this machine, an optional package, is not /m);
  });

  test("it trains and scores, and the models are the same bytes as with them", async () => {
    const log = ["--format", "zeek", "--connections", "3000", "--out", "conn.log"];
    assert.deepEqual((await command("simulate", ...log)).code, 0);
    const train = ["train", "conn.log", "--epochs", "2", "--out"];
    for (const [file, out] of [
      [own, join("own", "office")],
      [program, join("expected", "office")],
    ]) {
      const { code, stderr } = await runToEnd(process.execPath, [file, ...train, out], { cwd: project });
      assert.equal(code, 0, stderr);
    }
    for (const name of ["isolation-forest/forest.bin", "autoencoder/weights.bin", "traffic.json"]) {
      const [found, expected] = ["own", "expected"].map((out) =>
        readFileSync(join(project, out, "office", name)),
      );
      assert.deepEqual(found, expected, name);
    }
    const { code, stderr } = await command(
      "score",
      "conn.log",
      "--model",
      join("own", "office"),
      "--out",
      "alerts.jsonl",
    );
    assert.equal(code, 0, stderr);
    assert.ok(readFileSync(join(project, "alerts.jsonl"), "utf8").length > 0);
  });

  test("the autoencoder trains in TensorFlow.js, too", async () => {
    const code = `const { fitAutoencoder } = require("traffic-anomaly");
      const matrix = { rows: 64, columns: ["a"], data: Float32Array.from({ length: 64 }, (_, i) => i / 64) };
      fitAutoencoder(matrix, { layers: [2], epochs: 1, backend: "wasm" }).then(({ backend }) => console.log(backend));`;
    const { stdout, stderr } = await runToEnd(process.execPath, ["-e", code], { cwd: project });
    assert.deepEqual([stdout, stderr], ["wasm\n", ""]);
  });

  test("what needs DuckDB says in a sentence what to install, and the doctor reports it", async () => {
    const files = ["--format", "kdd", "--connections", "800", "--out", "kdd"];
    assert.equal((await command("simulate", ...files)).code, 0);
    const study = ["--data", join("kdd", "simulated-train.csv.gz"), "--epochs", "1", "--trees", "5"];
    const { code, stderr, stdout } = await command("run", ...study);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, new RegExp(`^error: ${withoutDuckdb.source}\\S+\n$`));
    const query = `require("traffic-anomaly/notebook").query("SELECT 1").catch(({ name, message }) => console.log(name, message))`;
    const asked = await runToEnd(process.execPath, ["-e", query], { cwd: project });
    assert.match(asked.stdout, new RegExp(`^InputError ${withoutDuckdb.source}\\S+\n$`));
    const findings = JSON.parse((await command("doctor", "--json")).stdout) as { name: string }[];
    const packages = findings.find(({ name }) => name === "Packages");
    assert.match(
      JSON.stringify(packages),
      /"state":"optional","words":"without @duckdb\/node-api, @duckdb\/node-bindings, what needs them/,
    );
  });
});
