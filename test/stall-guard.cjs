// A thread of group.ts: ends the process when no word of a test has come for too long.
const { readFileSync, writeSync } = require("node:fs");
const { relative } = require("node:path");
const { parentPort, workerData } = require("node:worker_threads");

const { files, limit } = workerData;
let timer;

parentPort.on("message", ({ running, state }) => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    const words =
      running.length > 0 ? `the test "${running.join(" > ")}" of ${fileOf(running[0])} ${state}` : state;
    writeSync(2, `${words}: nothing more came in ${limit} s\n`);
    process.kill(process.pid, "SIGKILL");
  }, 1000 * limit);
});

/** The file in which a title stands; all, if it is put together there. */
function fileOf(title) {
  const found = files.filter((file) => readFileSync(file, "utf8").includes(title));
  return (found.length === 1 ? found : files).map((file) => relative(process.cwd(), file)).join(", ");
}
