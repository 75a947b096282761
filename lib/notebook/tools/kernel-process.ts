import { createRequire } from "node:module";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Publisher } from "zeromq";
import { Interrupts, Stage } from "./kernel-interrupts";

// tslab, repaired. It runs as a process of its own, see kernel-main.ts. (It is not a module to preload by `--require`,
// because worker threads and child processes would load that too.)

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

// tslab loses an interrupt that comes while a cell is compiled or waits for its turn, and has none for a loop after the
// first `await`. Here the guard, a thread of its own, tells of interrupts, and where this thread is too busy to hear
// it, breaks its work off: nothing then on the stack goes on, not even a `finally`.
const interrupts = new Interrupts();
const guard = new Worker(join(__dirname, "kernel-guard.js"), { workerData: interrupts.memory, execArgv: [] });
guard.unref();
guard.on("message", (message) => {
  if (message === "end") process.exit();
  interrupts.stage = cell ? Stage.running : Stage.idle; // it can have been broken off in another
  interrupts.answer();
  cell?.stop();
  process.emit("SIGINT", "SIGINT"); // for what listens to it in cells: not everybody sends it to the process group
});
process.on("SIGINT", () => {}); // of the process group; it would end us

/** The cell that runs. */
let cell: { readonly stop: () => void } | undefined;
/** When the cell that runs, or is the next to, was sent. */
let sent = 0;

const jupyter = tslabRequire("./dist/jupyter.js");
const { handleShellMessage, handleExecute } = jupyter.ZmqServer.prototype;
const { handleExecuteImpl } = jupyter.JupyterHandlerImpl.prototype;
const sentTimes = new WeakMap<object, number>();

// Each message from an event of its own, so that what is broken off is never the loop that receives them.
jupyter.ZmqServer.prototype.handleShellMessage = function (...parameters: unknown[]) {
  setTimeout(() => handleShellMessage.apply(this, parameters));
};
// biome-ignore lint/suspicious/noExplicitAny: tslab has no types for it
jupyter.ZmqServer.prototype.handleExecute = function (socket: unknown, message: any) {
  // The sender's clock may be another computer's.
  const now = Date.now();
  const time = Date.parse(message.header.date) || now;
  sentTimes.set(message.content, Math.min(Math.max(time, now - 5000), now));
  return handleExecute.call(this, socket, message);
};
jupyter.JupyterHandlerImpl.prototype.handleExecuteImpl = function (request: object, ...others: unknown[]) {
  sent = sentTimes.get(request) ?? Date.now();
  return handleExecuteImpl.call(this, request, ...others);
};

interface Executor {
  execute(source: string): Promise<boolean>;
  interrupt(): void;
}

const executors = tslabRequire("./dist/executor.js");
const { createExecutor } = executors;
executors.createExecutor = (...parameters: unknown[]): Executor => {
  const executor: Executor = createExecutor(...parameters);
  return { ...executor, execute: (source) => execute(executor, source), interrupt: () => {} };
};

/** Runs a cell, until its end or an interrupt; says whether it passed. */
async function execute(executor: Executor, source: string): Promise<boolean> {
  try {
    return await new Promise<boolean>((resolve, reject) => {
      let waits = false; // at an `await`, from which tslab can free it
      cell = { stop: () => (waits ? executor.interrupt() : reject(new Interrupted())) };
      setTimeout(() => {
        if (interrupts.hit(sent)) return reject(new Interrupted());
        interrupts.stage = Stage.running;
        executor.execute(source).then(resolve, reject);
        waits = true;
      });
    });
  } catch (error) {
    console.error(error instanceof Interrupted ? error.message : error);
    return false;
  } finally {
    cell = undefined;
    interrupts.stage = Stage.idle;
  }
}

class Interrupted extends Error {
  override readonly message = "Interrupted";
}

const converters = tslabRequire("./dist/converter.js");
const { createConverter } = converters;
type Converter = Record<
  "convert" | "inspect" | "complete" | "addModule" | "close",
  (...p: unknown[]) => unknown
>;
converters.createConverter = (options: unknown): Converter => {
  let converter: Converter = createConverter(options);
  let atWork = false;
  const guarded =
    (name: keyof Converter) =>
    (...parameters: unknown[]) => {
      const before = interrupts.stage;
      interrupts.stage = Stage.compiling;
      if (atWork) converter = createConverter(options); // its last work was broken off, so it can be in any state
      atWork = true;
      const result = converter[name](...parameters);
      atWork = false;
      interrupts.stage = before;
      if (name === "convert" && interrupts.hit(sent)) throw new Interrupted();
      return result;
    };
  return {
    convert: guarded("convert"),
    inspect: guarded("inspect"),
    complete: guarded("complete"),
    addModule: guarded("addModule"),
    close: () => converter.close(),
  };
};

// Interrupts are the guard's: tslab would take the process's own signals, and lets them kill it while it does.
const vm = tslabRequire("node:vm");
const { runInThisContext } = vm;
vm.runInThisContext = (code: string, options?: object) =>
  runInThisContext(code, { ...options, breakOnSigint: false });

const { startKernel } = tslabRequire("./dist/main.js");
startKernel({ configPath: process.argv.at(-1), enableFindLocal: false });
