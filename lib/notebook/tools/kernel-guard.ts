import { writeSync } from "node:fs";
import { Session } from "node:inspector";
import { Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { Interrupts, Stage } from "./kernel-interrupts";

// A thread beside that of the cells, so that an interrupt reaches a loop that never gives way, and a kernel ends whose
// starter is gone, whatever its cell does. The channel that it reads is kernel-main's.

const interrupts = new Interrupts(workerData);
const cells = parentPort!;

/**
 * How long the cells' thread may take to see an interrupt itself, in milliseconds, before its work is broken off. While
 * no cell runs, that is a timer of an earlier one. What the compiler has read so far is lost with its work.
 */
const patience = { [Stage.running]: 1000, [Stage.idle]: 1500, [Stage.compiling]: 2500 };
/** After which there is no way but to end the kernel. */
const limit = 5000;

const channel = new Socket({ fd: 3 });
channel.on("data", () => void interrupt());
channel.on("close", () => void end());

let underWay = false;

async function interrupt(): Promise<void> {
  interrupts.press();
  cells.postMessage("interrupt");
  if (underWay) return;
  underWay = true;
  const start = performance.now();
  let broken = Number.NEGATIVE_INFINITY;
  while (!interrupts.answered) {
    await sleep(20);
    const waited = performance.now() - start;
    if (waited > limit) kill("the kernel did not stop within 5 s and was ended: all variables are gone");
    if (waited < patience[interrupts.stage] || waited < broken + 250) continue;
    broken = waited;
    breakOff();
  }
  underWay = false;
}

/**
 * Ends what the cells' thread does just now, if it does anything; it goes on with its next event. A thread that has
 * waited for a processor all the while does nothing yet, and would lose its next event instead, such as the next cell.
 */
function breakOff(): void {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.evaluate", { expression: "new Error().stack" }, (_error, answer) => {
    const isBusy = String(answer?.result.value).split("\n").length > 2; // more than this expression is on the stack
    if (isBusy && !interrupts.answered)
      session.post("Runtime.terminateExecution", () => session.disconnect());
    else session.disconnect();
  });
}

/** An exit closes browsers and removes their folders. */
async function end(): Promise<void> {
  cells.postMessage("end");
  await sleep(700);
  kill();
}

function kill(reason?: string): void {
  if (reason) writeSync(2, `${reason}\n`);
  process.kill(process.pid, "SIGKILL");
}
