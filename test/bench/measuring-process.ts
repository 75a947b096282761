// A process that measures one work on one side, in JavaScript or Python.
import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Answer, Side, Task } from "./works";

export class MeasuringProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<void>;
  #errors = "";

  constructor(
    private readonly side: Side,
    private readonly task: Task,
    python: string | undefined,
  ) {
    const program =
      side.program === "python"
        ? [python ?? "python3", join(__dirname, "measure.py")]
        : [process.execPath, ...process.execArgv, join(__dirname, "measure.ts")];
    const [command, ...args] = [...binding(task.threads), ...program, JSON.stringify(task)];
    this.#child = spawn(command, args, { env: { ...process.env, ...environment(task.threads) } });
    this.#child.stderr.on("data", (text) => {
      this.#errors += text;
    });
    this.#child.on("error", ({ message }) => {
      this.#errors += message;
    });
    this.#child.stdin.on("error", () => {}); // a process that has ended: told by the missing answer
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#child.on("close", () => resolve()));
  }

  /** Has the work done once; `check` asks for peak memory and figures too. @throws if the process fails */
  async ask(what: "check" | "run"): Promise<Answer> {
    this.#child.stdin.write(`${what}\n`);
    const { value, done } = await this.#answers.next();
    if (!done) return JSON.parse(value);
    await this.#ended;
    throw new Error(`${this.side.name} failed at ${this.task.task}: ${this.#errors.trim()}`);
  }

  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}

/** What tells every library how many threads it may use. */
function environment(threads: number): Record<string, string> {
  const count = String(threads);
  return {
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    POLARS_MAX_THREADS: count,
    TF_NUM_INTRAOP_THREADS: count,
    TF_NUM_INTEROP_THREADS: count,
    TF_CPP_MIN_LOG_LEVEL: "3",
  };
}

/** The command that binds a process to as many processors: so does what ignores its environment, and helper threads. */
function binding(threads: number): string[] {
  const processors = allowedProcessors();
  return processors.length < threads ? [] : ["taskset", "--cpu-list", processors.slice(0, threads).join(",")];
}

/** Whether processes can be bound to processors here. */
export function canBind(): boolean {
  return allowedProcessors().length > 0;
}

let allowed: readonly number[] | undefined;

/** The processors that this process may use; none where they can't be chosen, as outside of Linux. */
function allowedProcessors(): readonly number[] {
  allowed ??= findProcessors();
  return allowed;
}

function findProcessors(): number[] {
  try {
    execFileSync("taskset", ["--version"], { stdio: "ignore" });
    const list = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
    return list.split(",").flatMap((range) => {
      const [first, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
  } catch {
    return [];
  }
}
