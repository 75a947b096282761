import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { contents, traffic } from "../../cli/command";
import { dayOf, writeLog } from "../../detect/network";
import { someOf } from "../../fixtures/cases";
import { temporaryFolder } from "../../fixtures/folder";

const preload = join(__dirname, "..", "..", "fixtures", "failing-thread.cjs");

test("a thread that fails in training or scoring rejects the call, and the next call works", async () => {
  const calls = someOf(["train", "forest", "network"], 3);
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--require", preload, join(__dirname, "failing-work.cjs"), ...calls],
    { timeout: 120_000 },
  );
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const expected = {
    memory: "ThreadError: a thread failed: Array buffer allocation failed",
    heap: "ThreadError: a thread failed: Worker terminated due to reaching memory limit: JS heap out of memory",
    bug: "TypeError: nothing is not a function",
    exit: "ThreadError: a thread ended with exit code 0 at work",
    sleep: "Error: enough", // by the abort signal
    terminated: "ThreadError: a thread ended with exit code 1 at work",
  };
  const outcomes = lines.map(({ call, how, at, outcome }) => [
    call,
    how,
    at,
    // A thread that is terminated before it has started, as on a busy machine, ends with 0.
    how === "terminated" ? outcome.replace("exit code 0", "exit code 1") : outcome,
  ]);
  assert.deepEqual(
    outcomes,
    calls.flatMap((call) => [
      [call, "memory", 1, expected.memory],
      [call, "bug", 2, expected.bug],
      [call, "exit", 1, expected.exit],
      [call, "exit", 2, expected.exit],
      call === "train" ? [call, "memory", 500, expected.memory] : [call, "heap", 2, expected.heap],
      [call, "sleep", 2, expected.sleep],
      [call, "terminated", 2, expected.terminated],
      [call, undefined, undefined, "works"],
    ]),
  );
});

test("a command whose thread fails says so in a sentence, ends with 1 and writes nothing", async () => {
  const folder = temporaryFolder("failing-threads");
  await writeLog(join(folder, "usual.log"), dayOf(4500));
  const train = ["train", "usual.log", "--out", "models/office", "--workers", "3", "--epochs", "40"];
  const { code, stderr } = await traffic(train, { cwd: folder });
  assert.equal(code, 0, stderr);
  const before = contents(folder);
  const score = ["score", "usual.log", "--model", "models/office", "--workers", "3"];
  const failures = [
    [train, "exit", 60, "a thread ended with exit code 0 at work"],
    [score, "memory", 1, "a thread failed: Array buffer allocation failed"],
  ] as const;
  for (const [parameters, how, at, sentence] of failures) {
    const env = {
      NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
      FAIL_HOW: how,
      FAIL_AT: String(at),
    };
    const outcome = await traffic(parameters, { cwd: folder, env });
    assert.deepEqual(
      outcome,
      { code: 1, stdout: "", stderr: `error: ${sentence}\n` },
      `${parameters[0]}, ${how} at ${at}`,
    );
  }
  assert.deepEqual(contents(folder), before);
});
