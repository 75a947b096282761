import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Writable } from "node:stream";

// The program of a kernel, see kernelCommand. The kernel itself is a process of its own, because the thread that runs
// cells can be busy, and Node.js tells no other of a signal. This one never is: it passes every interrupt on, to a
// thread beside the cells (kernel-guard.ts), and ends the kernel when whoever started it is gone.

const options = [...process.execArgv, "--no-force-async-hooks-checks"]; // an interrupt leaves timers half done
const program = join(__dirname, "kernel-process.js");
// The C library of Linux gives the memory of a freed array back only from a size on, 128 KiB at first, which it raises to up to
// 32 MB as arrays are freed: with a size that was set, which stays, a notebook holds a third less.
const environment = { MALLOC_MMAP_THRESHOLD_: String(128 * 1024), ...process.env };
const kernel = spawn(process.execPath, [...options, program, ...process.argv.slice(2)], {
  env: environment,
  stdio: ["inherit", "inherit", "inherit", "pipe"],
  windowsHide: true,
});
const interrupts = kernel.stdio[3] as Writable;
interrupts.on("error", () => {}); // it has ended
process.on("SIGINT", () => interrupts.write("!"));

const fromOurRunner = process.connected;

// Our runner ends a kernel by closing their channel, or by being killed; Jupyter by a signal.
process.once("disconnect", end);
process.channel?.unref();
for (const signal of ["SIGTERM", "SIGHUP"] as const) process.once(signal, end);

// A Jupyter that is killed, or gets Ctrl+C without a terminal, ends no kernel; so we end when it is gone.
const jupyter = process.ppid;
if (process.env.JPY_PARENT_PID === String(jupyter)) {
  setInterval(() => {
    if (process.ppid !== jupyter) end();
  }, 500).unref();
}

kernel.on("exit", (code, signal) => {
  // Our runner does it too, unless it was killed.
  if (fromOurRunner) rmSync(dirname(process.argv.at(-1)!), { recursive: true, force: true });
  if (code !== null) process.exit(code);
  process.removeAllListeners(signal!);
  process.kill(process.pid, signal!);
});

/** Closes the guard's channel: the kernel tidies up and exits, or is ended where it does not. */
function end(): void {
  interrupts.end();
}
