import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parentPort } from "node:worker_threads";
import { type SharedTask, scorePieces } from "./scoring-pool";

// A thread makes hardly any garbage, so that V8 would not look for it, and a task that was done would keep its memory, which
// may be large. So the thread looks itself, once it has had nothing to do for a moment, or has not looked for long.
setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");
/** Milliseconds. A stream's next block is there sooner: to collect after each takes as long as to score it. */
const [moment, long] = [500, 1000];
let idle: NodeJS.Timeout | undefined;
let collectedAt = performance.now();

function collectGarbage(): void {
  collect();
  collectedAt = performance.now();
}

/** The last task of each kind, without its arrays: V8 drops what it has compiled for objects of a form that is gone. */
const forms = new Map<string, SharedTask>();

parentPort?.on("message", (task: SharedTask) => {
  clearTimeout(idle);
  const { file } = task;
  scorePieces(task);
  takeArrays(task);
  forms.set(file, task);
  parentPort?.postMessage("done");
  if (performance.now() - collectedAt > long) collectGarbage();
  else idle = setTimeout(collectGarbage, moment);
});
parentPort?.on("messageerror", (error) => {
  throw error;
});

/** Empties the typed arrays in an object, and in the objects in it. */
function takeArrays(object: object): void {
  for (const [name, value] of Object.entries(object)) {
    if (ArrayBuffer.isView(value)) Reflect.set(object, name, Reflect.construct(value.constructor, []));
    else if (typeof value === "object" && value !== null) takeArrays(value);
  }
}
