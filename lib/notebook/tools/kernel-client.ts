import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection } from "./kernel-connection";
import type { DisplayOutput, Output } from "./notebook";

/** What came of running one cell. */
export interface CellResult {
  /**
   * `ok` and `error` are the kernel's words, and so is `abort`: it did not run the cell, because one failed just
   * before. `timeout`: the cell is still running. `ended`: the kernel is no more, see {@link Kernel.ending}.
   */
  readonly status: "ok" | "error" | "abort" | "timeout" | "ended";
  readonly executionCount: number | null;
  /** What it printed and showed; grows when a timer or an un-awaited promise of the cell prints later. */
  readonly outputs: readonly Output[];
}

export interface ExecuteOptions {
  /** How long to wait for the cell's end. Default: as long as it takes. */
  readonly timeoutSeconds?: number;
  /** Stops waiting; the cell goes on until {@link Kernel.shutdown}. */
  readonly signal?: AbortSignal;
}

/** How long a kernel may take to start. */
const startSeconds = 60;

/** A timer takes no more: three weeks. */
const mostSeconds = 2_000_000;

/**
 * A running tslab kernel and a client of it, by Jupyter's messaging protocol 5.3 over ZeroMQ: requests go out on the
 * shell socket, outputs come in on iopub. The others are of no use: the kernel is ended by a channel between the
 * processes, tslab answers the heartbeat from the thread that runs the cells, and never asks on stdin.
 *
 * @example
 * const kernel = await Kernel.create("notebooks");
 * (await kernel.execute("1 + 1")).outputs; // [{ output_type: "stream", name: "stdout", text: "2\n" }]
 * await kernel.shutdown();
 */
export class Kernel {
  readonly #requests = new Map<string, Request>();
  /** Where a display that can be updated is shown. */
  readonly #displays = new Map<string, { readonly outputs: Output[]; readonly index: number }[]>();
  #connection!: Connection;

  private constructor() {}

  /**
   * Starts a kernel that works in `folder`, which takes 1 to 4 seconds.
   *
   * @throws {InputError} if tslab is not installed
   */
  static async create(folder: string, { signal }: Pick<ExecuteOptions, "signal"> = {}): Promise<Kernel> {
    const kernel = new Kernel();
    kernel.#connection = await Connection.open(folder, (frames) => kernel.#receive(frames), signal);
    try {
      await kernel.#untilReady(signal);
      return kernel;
    } catch (error) {
      await kernel.shutdown();
      throw error;
    }
  }

  /** How the process ended, such as `exit code 1`, with its last words; `undefined` while it runs. */
  get ending(): string | undefined {
    return this.#connection.ending;
  }

  /** The number of the kernel's process. */
  get pid(): number | undefined {
    return this.#connection.child.pid;
  }

  /** Runs code and waits until it is done: the kernel has answered, and all it printed meanwhile is here. */
  async execute(code: string, options: ExecuteOptions = {}): Promise<CellResult> {
    const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
    const request = await this.#send("execute_request", content);
    const outcome = await this.#outcome(request, options);
    return {
      status: outcome === "answered" ? (request.reply?.status ?? "error") : outcome,
      executionCount: request.reply?.execution_count ?? null,
      outputs: request.outputs,
    };
  }

  /** Sends a request of another kind, such as `complete_request`, and gives the content of its reply. */
  async request(type: string, content: object): Promise<Readonly<Record<string, unknown>>> {
    const request = await this.#send(type, content);
    if ((await this.#outcome(request, {})) === "ended") throw new Error(`the kernel ended: ${this.ending}`);
    return { ...request.reply };
  }

  /** Asks the kernel to exit, so that it tidies up, and after a second ends it and what it started. */
  async shutdown(): Promise<void> {
    await this.#connection.close();
  }

  /** A subscription takes effect some time after the kernel starts; until then outputs would be lost. */
  async #untilReady(signal: AbortSignal | undefined): Promise<void> {
    const deadline = Date.now() + 1000 * startSeconds;
    while (Date.now() < deadline) {
      const request = await this.#send("kernel_info_request", {});
      if ((await this.#outcome(request, { timeoutSeconds: 0.25, signal })) === "answered") return;
      this.#requests.delete(request.id);
      if (this.ending !== undefined) throw new Error(`the kernel did not start: ${this.ending}`);
    }
    throw new Error(`the kernel did not start within ${startSeconds} s`);
  }

  async #send(type: string, content: object): Promise<Request> {
    const { key } = this.#connection;
    const request = new Request();
    this.#requests.set(request.id, request);
    const header = { msg_id: request.id, msg_type: type, session: key, username: "", version: "5.3" };
    const date = new Date().toISOString();
    await this.#connection.send(
      [{ ...header, date }, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part))),
    );
    return request;
  }

  async #outcome(
    request: Request,
    { timeoutSeconds = mostSeconds, signal }: ExecuteOptions,
  ): Promise<"answered" | "timeout" | "ended"> {
    const over = new AbortController();
    const until = { signal: AbortSignal.any([over.signal, ...(signal ? [signal] : [])]) };
    try {
      return await Promise.race([
        request.done.then(() => "answered" as const),
        this.#connection.ended.then(() => "ended" as const),
        sleep(1000 * timeoutSeconds, "timeout" as const, until),
      ]);
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      over.abort();
    }
  }

  #receive(parts: readonly Buffer[]): void {
    const [header, parent, , content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
    const request = this.#requests.get(parent.msg_id);
    if (request === undefined) return;
    if (header.msg_type.endsWith("_reply")) request.answer(content);
    else if (header.msg_type === "status") request.idle(content.execution_state === "idle");
    else this.#collect(header.msg_type, content, request.outputs);
  }

  /** Adds what a message shows to a cell's outputs. */
  // biome-ignore lint/suspicious/noExplicitAny: a message's content is of its type's form
  #collect(type: string, content: any, outputs: Output[]): void {
    const last = outputs.at(-1);
    if (type === "stream" && last?.output_type === "stream" && last.name === content.name) {
      outputs[outputs.length - 1] = { ...last, text: last.text + content.text };
    } else if (type === "stream") {
      outputs.push({ output_type: type, name: content.name, text: content.text });
    } else if (type === "error") {
      const { ename, evalue, traceback } = content;
      outputs.push({ output_type: type, ename, evalue, traceback });
    } else if (type === "display_data" || type === "execute_result") {
      const { data, metadata, transient, execution_count } = content;
      const id: string | undefined = transient?.display_id;
      if (id) this.#displays.set(id, [...(this.#displays.get(id) ?? []), { outputs, index: outputs.length }]);
      const result = type === "execute_result" ? { execution_count } : {};
      outputs.push({ output_type: type, data, metadata, ...result });
    } else if (type === "update_display_data") {
      const { data, metadata } = content;
      for (const shown of this.#displays.get(content.transient.display_id) ?? []) {
        shown.outputs[shown.index] = { ...(shown.outputs[shown.index] as DisplayOutput), data, metadata };
      }
    }
  }
}

/** A message that waits for its answer: the reply on the shell socket, and `idle` on iopub, after all outputs. */
class Request {
  readonly id = randomUUID();
  readonly outputs: Output[] = [];
  readonly done: Promise<void>;
  reply: { readonly status: CellResult["status"]; readonly execution_count?: number } | undefined;
  #idle = false;
  #finish!: () => void;

  constructor() {
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  answer(reply: Request["reply"]): void {
    this.reply = reply;
    if (this.#idle) this.#finish();
  }

  idle(idle: boolean): void {
    this.#idle ||= idle;
    if (this.reply && this.#idle) this.#finish();
  }
}
