// The same seed gives the same bytes on every version of Node.js. OTHER_NODES names programs of other versions than this one's,
// separated as in PATH.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { type TestContext, test } from "node:test";
import { program } from "../cli/command";
import { temporaryFolder } from "../fixtures/folder";
import { realDataTest } from "../fixtures/real-data";
import { trafficLines, writeLines } from "../fixtures/traffic";

const folder = temporaryFolder("versions");
const others = (process.env.OTHER_NODES ?? "").split(delimiter).filter((path) => path !== "");

/** Runs commands with each Node.js in a folder of its own, and asserts that all leave the same files. */
async function assertSameFiles(
  context: TestContext,
  name: string,
  commands: readonly (readonly string[])[],
  prepare: (folder: string) => Promise<void> = async () => {},
): Promise<void> {
  let expected: Record<string, string> | undefined;
  for (const node of [process.execPath, ...others]) {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    const cwd = join(folder, `${name}-${version}`);
    mkdirSync(cwd);
    await prepare(cwd);
    for (const command of commands)
      execFileSync(node, [program, ...command], {
        cwd,
        env: { ...process.env, TRAFFIC_BROWSER: "" },
        stdio: ["ignore", "ignore", "inherit"],
      });
    const found = digests(cwd);
    assert.ok(Object.keys(found).length > 3);
    expected ??= found;
    assert.deepEqual(found, expected, `on ${version}`);
    context.diagnostic(`${version}: ${Object.keys(found).length} files`);
  }
}

/** SHA-256 of every file, but for what depends on the clock or names the version. */
function digests(cwd: string): Record<string, string> {
  const files = readdirSync(cwd, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => !path.endsWith("run.json") && !path.endsWith(".traffic-anomaly.json"))
      .map((path): [string, string] => {
        let content: string | Buffer = readFileSync(path);
        if (path.endsWith("metrics.json"))
          content = JSON.stringify({ ...JSON.parse(content.toString()), timings: {} });
        return [relative(cwd, path), createHash("sha256").update(content).digest("hex")];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

const skip =
  others.length > 0 || process.env.CI ? false : "OTHER_NODES names no program of another version of Node.js";

test("simulated traffic, its model, alerts and a small study are the same bytes", { skip }, async (t) => {
  assert.ok(others.length > 0, "CI is set, but OTHER_NODES names no program");
  const prepare = async (cwd: string) => {
    await writeLines(join(cwd, "train.csv"), trafficLines({ rows: 2000 }));
    await writeLines(join(cwd, "test.csv"), trafficLines({ rows: 500, seed: 2 }));
  };
  const model = join("models", "office");
  const commands = [
    ["run", "--data", "train.csv", "--test", "test.csv", "--csv", "--epochs", "5"],
    ["simulate", "--connections", "20000", "--format", "zeek", "--out", "conn.log"],
    ["train", "conn.log", "--out", model, "--epochs", "3"],
    ["score", "conn.log", "--model", model, "--out", "alerts.json"],
  ];
  await assertSameFiles(t, "small", commands, prepare);
});

if (others.length > 0)
  realDataTest(
    "scores, predictions, metrics, models and pages of the study of the real data are the same bytes",
    (_, t) => assertSameFiles(t, "study", [["run"]]),
  );
