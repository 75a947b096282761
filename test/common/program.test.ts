import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { runProgram } from "traffic-anomaly/dist/common/program";

const node = (code: string, signal?: AbortSignal) => runProgram(process.execPath, ["-e", code], { signal });

test("a program's output is given, and what it complains of if it fails", async () => {
  assert.equal(await node("process.stdout.write('a'.repeat(1e6))"), "a".repeat(1e6));
  await assert.rejects(
    node("console.error('no such flag'); process.exit(3)"),
    /-e ended with exit code 3: no such flag/,
  );
  await assert.rejects(runProgram("no-such-program", ["x"]), /ENOENT/);
});

test("a program that is aborted ends with the signal's reason", async () => {
  const reason = new Error("enough");
  await assert.rejects(node("setInterval(() => {}, 1000)", AbortSignal.abort(reason)), reason);
  const interrupt = new AbortController();
  const waiting = node("setInterval(() => {}, 1000)", interrupt.signal);
  setTimeout(() => interrupt.abort(reason), 300);
  await assert.rejects(waiting, reason);
});

test("a program is in a process group of its own, which a terminal's Ctrl+C does not reach", {
  skip: !existsSync("/proc/self/stat") && "no /proc tells process groups",
}, async () => {
  const fields = (await node("console.log(fs.readFileSync('/proc/self/stat', 'utf8'))")).split(" ");
  assert.equal(fields[4], fields[0]); // group, process
});
