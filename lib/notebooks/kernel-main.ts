import { createRequire } from "node:module";
import type { Publisher } from "zeromq";

// The program of a kernel, see kernelCommand: tslab, repaired. (It is no module to preload by `--require`, because
// worker threads and child processes would load that too.)

const tslabRequire = createRequire(require.resolve("tslab/package.json"));

// tslab sends each printed line without waiting for the one before, which zeromq.js 6 refuses once in 512 messages:
// lines vanish, and if it hits the message that says that a cell is done, the cell never ends. With a time-out of
// zero a socket sends at once, always, and without a limit of its queue it drops nothing.
const { prototype } = tslabRequire("zeromq").Publisher;
const { bind } = prototype;
Object.defineProperty(prototype, "bind", {
  value(this: Publisher, address: string): Promise<void> {
    this.sendTimeout = 0;
    this.sendHighWaterMark = 0;
    return bind.call(this, address);
  },
});

// Our runner ends a kernel by closing their channel, or by being killed; Jupyter by a signal. An exit, other than that
// signal's own effect, closes browsers and removes their folders.
process.once("disconnect", () => process.exit());
process.channel?.unref();
process.once("SIGTERM", () => process.exit(143));

// A Jupyter that is killed, or gets Ctrl+C without a terminal, ends no kernel; so we end when it is gone.
const jupyter = process.ppid;
if (process.env.JPY_PARENT_PID === String(jupyter)) {
  setInterval(() => {
    if (process.ppid !== jupyter) process.exit();
  }, 1000).unref();
}

tslabRequire("./dist/main.js").main();
