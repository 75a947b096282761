import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { type SharedTask, scorePieces } from "./scoring-pool";

// A thread makes hardly any garbage, so that V8 would not look for it, and a task that was done would keep its memory, which
// may be large. So the thread looks itself, once it has had nothing to do for a moment.
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
/**
 * Milliseconds. The next fit or block of a stream is there sooner: to collect takes as long as to score a block, and V8 drops what
 * it has compiled for objects that are gone.
 */
const moment = 5000;
let idle: NodeJS.Timeout | undefined;

parentPort?.on("message", (task: SharedTask) => {
  clearTimeout(idle);
  scorePieces(task);
  idle = setTimeout(collectGarbage, moment);
  parentPort?.postMessage("done");
});
parentPort?.on("messageerror", (error) => {
  throw error;
});
