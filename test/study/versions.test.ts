// The same seed gives the same bytes on every version of Node.js; run.test.ts says so of scores of the real data and the newest.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { program } from "../cli/command";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { digests, otherNodes } from "./same-files";

const folder = temporaryFolder("versions");
const skip =
  otherNodes.length > 0 || process.env.CI
    ? false
    : "OTHER_NODES names no program of another version of Node.js";

/** Fits a model on a table that lacks numbers and does not say what they measure, and writes it to models/any. */
const anyTable = `
const { createRandom, fitModel, isolationForest, saveModel, tableFromRows } = require("traffic-anomaly");
const random = createRandom(1, "readings");
const rows = Array.from({ length: 500 }, (_, i) => ({
  heavy: random.integer(2 ** (1 + random.integer(30))) / 7,
  even: i % 9 === 0 ? Infinity : -random.integer(1000) / 3,
  name: i % 5 === 0 ? null : "abc"[random.integer(3)],
}));
const preprocessing = { scaling: "standard", logarithmOf: { even: true } };
fitModel(tableFromRows(rows), isolationForest, { preprocessing }).then((model) => saveModel("models/any", model));
`;

test("simulated traffic, its model, alerts, a small study and a model of any table are the same bytes", {
  skip,
}, async (t) => {
  assert.ok(otherNodes.length > 0, "CI is set, but OTHER_NODES names no program");
  const model = join("models", "office");
  const commands = [
    ["run", "--data", "train.csv", "--test", "test.csv", "--csv", "--epochs", "5"],
    ["simulate", "--connections", "6000", "--format", "zeek", "--out", "conn.log"],
    ["train", "conn.log", "--out", model, "--epochs", "3"],
    ["score", "conn.log", "--model", model, "--out", "alerts.json"],
  ];
  let expected: Record<string, string> | undefined;
  for (const [i, node] of [process.execPath, ...otherNodes].entries()) {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    const cwd = join(folder, String(i));
    mkdirSync(cwd);
    await writeLines(join(cwd, "train.csv"), trafficLines({ rows: 2000 }));
    await writeLines(join(cwd, "test.csv"), trafficLines({ rows: 500, seed: 2 }));
    const env = { ...process.env, TRAFFIC_BROWSER: "" };
    for (const command of commands)
      execFileSync(node, [program, ...command], { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
    const project = join(__dirname, "..", "..");
    execFileSync(node, ["-e", anyTable], {
      cwd,
      env: { ...env, NODE_PATH: join(project, "node_modules") },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const found = digests(cwd);
    assert.ok(join("models", "any", "forest.bin") in found);
    assert.ok(Object.keys(found).length > 3);
    expected ??= found;
    assert.deepEqual(found, expected, `on ${version}`);
    t.diagnostic(`${version}: ${Object.keys(found).length} files`);
  }
});
