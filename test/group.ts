// What run.ts runs in a process: some test files, and a thread that ends it where a test does not end.
import { delimiter, join, relative } from "node:path";
import { afterEach, beforeEach } from "node:test";
import { Worker } from "node:worker_threads";

const files = process.env.TEST_FILES!.split(delimiter);

/** Longest time without the start or end of a test, in seconds. */
const limit = Number(process.env.TEST_LIMIT ?? 300);

const first = `loading ${files.map(short).join(", ")}`;
const guard = new Worker(join(__dirname, "stall-guard.cjs"), { workerData: { first, limit }, execArgv: [] });
guard.unref();

const running: string[] = [];
beforeEach((context) => {
  running.push(context.name);
  guard.postMessage(`the test "${running.join(" > ")}" of ${files.map(short).join(", ")} hangs`);
});
afterEach((context) => {
  running.splice(running.lastIndexOf(context.name), 1);
  guard.postMessage(
    `after the test "${[...running, context.name].join(" > ")}" of ${files.map(short).join(", ")}`,
  );
});

function short(file: string): string {
  return relative(process.cwd(), file);
}

for (const file of files) require(file);
