import { readFileSync, realpathSync } from "node:fs";
import Module, { createRequire } from "node:module";
import { join, normalize } from "node:path";
import { format } from "node:util";
import { Worker } from "node:worker_threads";
import type { ScriptTarget, SourceFile, SymbolTable, TypeChecker } from "@tslab/typescript-for-tslab";
import type { Publisher } from "zeromq";
import {
  type BoundCell,
  bindNames,
  type Compiler,
  declareInnerVars,
  withoutExports,
} from "./kernel-bindings";
import { callsAround, withModules } from "./kernel-editor";
import {
  asTyped,
  cellName,
  describeError,
  type JupyterError,
  placeErrorsInCells,
  refusedMeta,
} from "./kernel-errors";
import { Interrupts, Stage } from "./kernel-interrupts";
import { adviceOnPromises } from "./kernel-promises";
import { withTensorFlow } from "./kernel-tensorflow";
import { declaredTypes, keepEarlierTypes } from "./kernel-types";
import { showValue } from "./kernel-values";

// tslab, repaired. It runs as a process of its own, see kernel-main.ts. (It is not a module to preload by `--require`,
// because worker threads and child processes would load that too.)

const tslabRequire = createRequire(require.resolve("tslab/package.json"));

/** Loads a file of tslab with parts of its text replaced. */
function loadEdited(path: string, edits: Readonly<Record<string, string>>) {
  const file = tslabRequire.resolve(path);
  let text = readFileSync(file, "utf8");
  for (const [before, after] of Object.entries(edits)) {
    if (text.split(before).length !== 2)
      throw new Error(`'${before}' is not once in ${file}: is it tslab 1.0.22?`);
    text = text.replace(before, () => after);
  }
  // biome-ignore lint/suspicious/noExplicitAny: how Node.js itself loads a file
  const module: any = new Module(file);
  Object.assign(module, { filename: file, paths: tslabRequire.resolve.paths("tslab") });
  module._compile(text, file);
  require.cache[file] = module;
  return module.exports;
}

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
/** The request that runs it, or the next cell. */
let request: Request = { sent: 0, publish: () => {} };

interface Request {
  /** When it was sent. */
  readonly sent: number;
  /** Sends a message to the front end that belongs to the cell. */
  readonly publish: (type: string, content: object) => void;
  error?: JupyterError;
}

// Names of cells, see kernel-bindings.ts. tslab's own way is taken out of its source, and it reads a cell as the module
// that it is, so that `await (…)` and `for await` are what they look like.
const ts: Compiler = tslabRequire("@tslab/typescript-for-tslab");
const converters = loadEdited("./dist/converter.js", {
  "disableTopLevelAwait: true,": "inlineSourceMap: true,",
  "node = ts.visitEachChild(node, wrapPrevIdentifier, nullTransformationContext);": "",
  "output: esModuleToCommonJSModule(output, transpileTarget),":
    "output: exports.bindCell(output, declsFile, transpileTarget),",
  // It reads a cell twice, with all else in view: to learn its names, which the cell alone tells, and with them exported.
  [`function convert(prevDecl, src) {
        updateContent(prevDecl, src);
        let declsFile = builder.getSourceFile(declFilename);
        let srcFile = builder.getSourceFile(srcFilename);`]: `function convert(prevDecl, src) {
        let declsFile, srcFile = exports.parseCell(srcPrefix + src, transpileTarget);`,
  "if (keys.size > 0) {": "{",
  "return ts.sys.readFile(forwardTslabPath(cwd, path), encoding);":
    "return exports.readFile(forwardTslabPath(cwd, path), encoding);",
  // Its first program is one without a cell.
  "const watch = ts.createWatchProgram(host);": "let watch;",
  [`if (!builder) {
        throw new Error("builder is not created");
    }`]: "",
  [`srcContent = src;
        notify`]: `srcContent = src;
        watch ??= ts.createWatchProgram(host);
        notify`,
  // It forgets each `var` of a block, and says nothing of a promise that nothing waits for.
  "declOutput += remaining":
    "declOutput += exports.afterCheck(builder.getProgram().getTypeChecker(), srcFile) + remaining",
  // It has room for one timer of the compiler's, which sets a second one when a file that it has read is gone.
  [`if (rebuildTimer) {
            throw new Error("Unexpected pending rebuildTimer");
        }
        rebuildTimer = {
            callback: () => {
                callback();
                rebuildTimer = null;
            },
        };
        return rebuildTimer;`]: `const timer = { callback };
        timers.add(timer);
        rebuildTimer = {
            callback: () => {
                for (const timer of timers) {
                    timers.delete(timer);
                    timer.callback();
                }
                rebuildTimer = null;
            },
        };
        return timer;`,
  [`if (rebuildTimer === timeoutId) {
            rebuildTimer = null;
            return;
        }
        throw new Error("clearing unexpected tiemr");`]: `timers.delete(timeoutId);
        if (timers.size === 0) rebuildTimer = null;`,
  "let rebuildTimer = null;": "let rebuildTimer = null; const timers = new Set();",
  "watch.close();": "watch?.close();",
  "watch.updateRootFileNames(": "watch ??= ts.createWatchProgram(host);\n        watch.updateRootFileNames(",
});
// Most of what the first cell takes is the reading of types. Two thirds of those of Node.js are comments. And the library's
// types mention those of TensorFlow.js in one place, which are as much again as all others together; cells that compute with
// TensorFlow.js import it themselves.
const ofNode = /\/node_modules\/(@types\/node|undici-types)\//;
const docComment = /\/\*\*[\s\S]*?\*\//g;
const mentioning = realpathSync(join(__dirname, "..", "..", "models", "tensorflow.d.ts"));
converters.readFile = (path: string, encoding?: string): string | undefined => {
  const text = ts.sys.readFile(path, encoding);
  if (normalize(path) === mentioning)
    return text?.replace(/^import type \* as Tf from .*$/m, "declare const Tf: any;");
  return ofNode.test(path) ? text?.replace(docComment, (comment) => comment.replace(/.+/g, "")) : text; // lines stay
};
converters.afterCheck = (
  checker: TypeChecker,
  file: SourceFile & { readonly locals: SymbolTable },
): string => {
  for (const advice of adviceOnPromises(ts, checker, file)) console.warn(advice);
  return declareInnerVars(ts, checker, file);
};
converters.parseCell = (text: string, target: ScriptTarget): SourceFile => {
  const file = ts.createSourceFile("cell.ts", text, target, true);
  const { bindSourceFile } = ts as Compiler & { bindSourceFile(file: SourceFile, options: object): void };
  bindSourceFile(file, { target }); // gives it `locals`
  return file;
};
/** The values of all cells' names. */
const scope: Record<string, unknown> = {};
/** The cells that were compiled, by number. */
const cells = new Map<number, BoundCell>();
/** The number of the cell that runs, or is the next to. */
let number = 0;

converters.bindCell = (
  script: string,
  { locals }: SourceFile & { locals: SymbolTable },
  target: ScriptTarget,
): string => {
  const earlier: string[] = [];
  locals.forEach(({ flags }, name) => {
    const { Value, ExportValue, Alias } = ts.SymbolFlags;
    if (flags & (Value | ExportValue | Alias)) earlier.push(String(name));
  });
  const bound = bindNames(ts, script, earlier, target);
  cells.set(number, bound);
  for (const name of bound.names) if (!(name in scope)) scope[name] = undefined;
  keepFast(scope);
  return bound.code;
};

/** Above a hundred properties V8 makes an object a table, in which loops run five times slower, unless it is a prototype. */
function keepFast(object: object): void {
  const heir = Object.create(object);
  for (let i = 0; i < 3; i++) heir.name;
}

placeErrorsInCells((cell, line, column) => cells.get(cell)?.lineOf(line, column));

const jupyter = tslabRequire("./dist/jupyter.js");
const { handleShellMessage, handleExecute, publishStatus, close } = jupyter.ZmqServer.prototype;
const { handleExecute: answer, handleExecuteImpl } = jupyter.JupyterHandlerImpl.prototype;
const requests = new WeakMap<object, Request>();

// Each message from an event of its own, so that what is broken off is never the loop that receives them.
jupyter.ZmqServer.prototype.handleShellMessage = function (...parameters: unknown[]) {
  setTimeout(() => handleShellMessage.apply(this, parameters));
};

// The cells that run or wait, the oldest first. A front end takes the last status that it heard of for the kernel's.
const underWay = new Set<Message>();
interface Message {
  readonly header: { readonly msg_type: string };
}
jupyter.ZmqServer.prototype.publishStatus = function (status: "busy" | "idle", message: Message) {
  publishStatus.call(this, status, message);
  if (status === "idle") underWay.delete(message);
  else if (message.header.msg_type === "execute_request") underWay.add(message);
  const [next] = underWay;
  if (status === "idle" && next) publishStatus.call(this, "busy", next);
};

// biome-ignore lint/suspicious/noExplicitAny: tslab has no types for it
jupyter.ZmqServer.prototype.handleExecute = function (socket: unknown, message: any) {
  // The sender's clock may be another computer's.
  const now = Date.now();
  const time = Date.parse(message.header.date) || now;
  requests.set(message.content, {
    sent: Math.min(Math.max(time, now - 5000), now),
    publish: (type, content) => {
      const output = message.createReply();
      output.header.msg_type = type;
      output.content = content;
      output.signAndSend(this.connInfo.key, this.iopub);
    },
  });
  return handleExecute.call(this, socket, message);
};
jupyter.JupyterHandlerImpl.prototype.handleExecute = async function (content: object, ...others: unknown[]) {
  const reply = await answer.call(this, content, ...others);
  return { ...reply, ...requests.get(content)?.error };
};
jupyter.JupyterHandlerImpl.prototype.handleExecuteImpl = function (content: object, ...others: unknown[]) {
  request = requests.get(content)!;
  number = this.execCount + 1;
  return handleExecuteImpl.call(this, content, ...others);
};

// tslab waits for whatever a cell left open, and Jupyter, for seconds, for tslab.
jupyter.ZmqServer.prototype.close = function () {
  close.call(this);
  setTimeout(() => process.exit(), 50); // the answer is on its way
};

function fail(error: JupyterError): void {
  request.error = error;
  request.publish("error", error);
}

interface Executor {
  execute(source: string): Promise<boolean>;
  interrupt(): void;
}

/** What the compiler says of the cell. */
let diagnostics: string[] = [];
/** The name of the cell's last expression, if it ends in one. */
let last: string | undefined;
/** The types that the cell declares: their texts, by name. */
let types = new Map<string, string>();
/** Those of earlier cells. */
const earlierTypes = new Map<string, string>();

const executors = tslabRequire("./dist/executor.js");
const { createExecutor } = executors;
executors.createExecutor = (folder: string, converters: unknown): Executor => {
  const executor: Executor = createExecutor(folder, converters, {
    error(...message: unknown[]) {
      if (message.length > 1) diagnostics.push(format(...message));
      else if (cell) fail(describeError(message[0])); // otherwise the cell was interrupted
    },
  });
  const { require } = Reflect.get(globalThis, "__tslab__");
  Object.assign(globalThis, { __tslab__: { exports: scope, require: withTensorFlow(require) } });
  return { ...executor, execute: (source) => execute(executor, source), interrupt: () => {} };
};

/** Runs a cell, until its end or an interrupt; says whether it passed. */
async function execute(executor: Executor, source: string): Promise<boolean> {
  diagnostics = [];
  last = undefined;
  try {
    return await new Promise<boolean>((resolve, reject) => {
      cell = {
        stop: () => {
          cell = undefined;
          executor.interrupt(); // frees tslab from an `await`
          reject(new Interrupted());
        },
      };
      setTimeout(() => {
        if (interrupts.hit(request.sent)) return reject(new Interrupted());
        interrupts.stage = Stage.running;
        executor.execute(source).then(finish).then(resolve, reject);
      });
    });
  } catch (error) {
    if (error instanceof Interrupted) fail({ ename: error.message, evalue: "", traceback: [error.message] });
    else fail(describeError(error));
    return false;
  } finally {
    cell = undefined;
    interrupts.stage = Stage.idle;
  }
}

class Interrupted extends Error {
  override readonly message = "Interrupted";
}

/** Tells what the compiler found, or shows the value of the last expression. */
async function finish(passed: boolean): Promise<boolean> {
  if (diagnostics.length > 0) {
    fail({ ename: "TypeScript", evalue: diagnostics[0], traceback: diagnostics });
    return false;
  }
  if (passed) for (const [name, text] of types) earlierTypes.set(name, text);
  if (last === undefined) return passed;
  const value = scope[last];
  scope[last] = undefined; // and not deleted, see keepFast
  // A function without a name has that of the variable which tslab puts it into.
  if (typeof value === "function" && value.name === last) Object.defineProperty(value, "name", { value: "" });
  if (passed && value !== undefined && value !== null) await showValue(value);
  return passed;
}

const { createConverter } = converters;
// biome-ignore lint/suspicious/noExplicitAny: tslab has no types for what it gives
type Converter = Record<"convert" | "inspect" | "complete" | "addModule" | "close", (...p: any[]) => any>;
converters.createConverter = (options: unknown): Converter => {
  let converter: Converter | undefined;
  let atWork = false;
  function compile<Result>(work: (converter: Converter) => Result): Result {
    const before = interrupts.stage;
    interrupts.stage = Stage.compiling;
    if (atWork) converter = undefined; // its last work was broken off, so it can be in any state
    atWork = true;
    converter ??= createConverter(options) as Converter; // takes a second
    const result = work(converter);
    atWork = false;
    interrupts.stage = before;
    return result;
  }
  // A kernel that answers has compiled a cell, and has read the types that most first cells import. From an event of its own,
  // as above.
  setTimeout(() => compile(({ convert }) => convert("", 'import "traffic-anomaly";')));
  return {
    convert(declarations: string, cell: string) {
      types = declaredTypes(ts, cell);
      const anew = [...types].filter(([name, text]) => earlierTypes.get(name) !== text);
      const { lastExpressionVar, ...result } = compile(({ convert }) =>
        convert(keepEarlierTypes(ts, declarations, anew, number), withoutExports(ts, cell)),
      );
      if (interrupts.hit(request.sent)) throw new Interrupted();
      last = lastExpressionVar;
      const diagnostics = [...refusedMeta(ts, cell), ...asTyped(result.diagnostics, cell)];
      return { ...result, diagnostics, hasToplevelAwait: true }; // it does no harm where there is none
    },
    inspect: (names: unknown, code: string, cursor: number) =>
      compile(({ inspect }) => {
        for (const place of [cursor, ...callsAround(code, cursor).map((end) => end - 1)]) {
          const found = inspect(names, code, place);
          if (found) return found;
        }
      }),
    complete: (names: unknown, code: string, cursor: number) =>
      compile(({ complete }) => {
        const [first, ...others] = withModules(code, cursor).map((cell) => complete(names, cell, cursor));
        return { ...first, candidates: [first, ...others].flatMap(({ candidates }) => candidates) };
      }),
    addModule: (...parameters) => compile(({ addModule }) => addModule(...parameters)),
    close: () => converter?.close(),
  };
};

// Interrupts are the guard's: tslab would take the process's own signals, and lets them kill it while it does.
const vm = tslabRequire("node:vm");
const { runInThisContext } = vm;
vm.runInThisContext = (code: string, options?: object) => {
  const columnOffset = -"(async function(exports, require) { ".length;
  return options
    ? runInThisContext(code, { filename: cellName(number), columnOffset })
    : runInThisContext(code);
};

const { startKernel } = tslabRequire("./dist/main.js");
startKernel({ configPath: process.argv.at(-1), enableFindLocal: false });
