// What run.ts runs in a process: some test files, and a thread that ends it where a test does not end.
import { join } from "node:path";
import { afterEach, beforeEach } from "node:test";
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
  require(file);
}
