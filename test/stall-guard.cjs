// A thread of group.ts: ends the process when no word of a test has come for too long.
const { writeSync } = require("node:fs");
const { parentPort, workerData } = require("node:worker_threads");

let words = workerData.first;
let timer;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    writeSync(2, `${words}: nothing more came in ${workerData.limit} s\n`);
    process.kill(process.pid, "SIGKILL");
  }, 1000 * workerData.limit);
}

parentPort.on("message", (message) => {
  words = message;
  wait();
});
wait();
