// What run.ts runs in a process: some test files, and a thread that ends it where a test does not end.
import { join, relative } from "node:path";
import { afterEach, beforeEach, suite } from "node:test";
import { Worker } from "node:worker_threads";

const files = JSON.parse(process.env.TEST_FILES!) as string[];

/** Longest time without the start or end of a test, in seconds. */
const limit = Number(process.env.TEST_LIMIT ?? 300);

const workerData = { files, limit };
const guard = new Worker(join(__dirname, "stall-guard.cjs"), { workerData, execArgv: [] });
guard.unref();

const running: string[] = [];
beforeEach((context) => {
  running.push(context.name);
  guard.postMessage({ running, state: "hangs" });
});
afterEach((context) => {
  guard.postMessage({ running, state: "has ended" });
  running.splice(running.lastIndexOf(context.name), 1);
});

for (const file of files) {
  guard.postMessage({ running: [], state: `loading ${file}` });
  // A suite of its own keeps what a file does before, between and after its tests to them.
  if (files.length > 1) suite(relative(__dirname, file), () => require(file));
  else require(file);
}
