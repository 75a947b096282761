import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Dealer, Subscriber } from "zeromq";
import { loadPackage } from "../../common/packages";
import { signalGroup } from "../../common/program";
import { kernelCommand } from "./kernelspec";

const delimiter = Buffer.from("<IDS|MSG>");

/** A kernel's process and the sockets to it. */
export class Connection {
  /** How the process ended, such as `exit code 1`, with its last words; `undefined` while it runs. */
  ending: string | undefined;
  readonly ended: Promise<void>;

  private constructor(
    readonly child: ChildProcess,
    readonly key: string,
    private readonly sockets: { readonly shell: Dealer; readonly iopub: Subscriber },
    private readonly folder: string,
    receive: (parts: readonly Buffer[]) => void,
  ) {
    process.on("exit", this.#end);
    let lastWords = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      lastWords = (lastWords + text).slice(-2000);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.ending ??= lastWords.trim() ? `${how}: ${lastWords.trim()}` : how;
        resolve();
      };
      child.once("error", (error) => end(error.message));
      // "close" never comes after `disconnect`; so the last words are waited for by the clock.
      child.once("exit", (code, signal) => {
        setTimeout(end, 50, signal ? `signal ${signal}` : `exit code ${code}`);
      });
    });
    for (const socket of [sockets.shell, sockets.iopub]) void this.#listen(socket, receive);
  }

  static async open(
    folder: string,
    receive: (parts: readonly Buffer[]) => void,
    signal?: AbortSignal,
  ): Promise<Connection> {
    signal?.throwIfAborted();
    const zeromq = loadPackage("zeromq", () => require("zeromq") as typeof import("zeromq"));
    const key = randomUUID();
    const own = join(tmpdir(), `traffic-anomaly-kernel-${key.slice(0, 13)}`);
    const file = join(own, "connection.json");
    const [node, ...parameters] = kernelCommand(file);
    const description = { ...(await addresses(own)), key, signature_scheme: "hmac-sha256" };
    const { transport, ip, shell_port, iopub_port } = description;
    const options = { linger: 0, receiveHighWaterMark: 0 };
    const sockets = { shell: new zeromq.Dealer(options), iopub: new zeromq.Subscriber(options) };
    sockets.shell.connect(`${transport}://${ip}:${shell_port}`);
    sockets.iopub.connect(`${transport}://${ip}:${iopub_port}`);
    sockets.iopub.subscribe();
    // From here on nothing waits, so that no interrupt leaves the folder behind, or a process that nobody ends.
    mkdirSync(own, { mode: 0o700 });
    writeFileSync(file, JSON.stringify(description), { mode: 0o600 });
    // A process group of its own, so that Ctrl+C reaches only us and what the kernel started can be ended with it.
    const child = spawn(node, parameters, {
      cwd: folder,
      detached: process.platform !== "win32",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
      windowsHide: true,
    });
    return new Connection(child, key, sockets, own, receive);
  }

  /** Sends a message's parts on the shell socket. */
  async send(parts: readonly Buffer[]): Promise<void> {
    await this.sockets.shell.send([delimiter, this.#sign(parts), ...parts]);
  }

  /** Asks the kernel to exit, so that it tidies up, and after a second ends it and what it started. */
  async close(): Promise<void> {
    if (this.child.connected) this.child.disconnect();
    const patience = new AbortController();
    await Promise.race([this.ended, sleep(1000, undefined, { signal: patience.signal })]);
    patience.abort();
    this.#end();
    await this.ended;
    process.off("exit", this.#end);
    for (const socket of Object.values(this.sockets)) socket.close();
  }

  readonly #end = (): void => {
    signalGroup(this.child, "SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  };

  async #listen(socket: AsyncIterable<Buffer[]>, receive: (parts: readonly Buffer[]) => void): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => frame.equals(delimiter)) + 1;
      const parts = frames.slice(start + 1);
      if (this.#sign(parts) === frames[start].toString()) receive(parts); // from our kernel
    }
  }

  #sign(parts: readonly Buffer[]): string {
    const hash = createHmac("sha256", this.key);
    for (const part of parts) hash.update(part);
    return hash.digest("hex");
  }
}

/**
 * Where the kernel listens: files, where there are such sockets, since a port that is free now can be another's by the time
 * the kernel wants it.
 */
async function addresses(folder: string) {
  const files = process.platform !== "win32";
  const [shell_port, control_port, iopub_port, stdin_port, hb_port] = files
    ? [1, 2, 3, 4, 5]
    : await freePorts(5);
  const place = files
    ? { transport: "ipc", ip: join(folder, "socket") }
    : { transport: "tcp", ip: "127.0.0.1" };
  return { ...place, shell_port, control_port, iopub_port, stdin_port, hb_port };
}

/** Numbers of ports that nobody listens on, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
