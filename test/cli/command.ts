// The real command in a process of its own, and what it leaves on the disk.
import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, realpathSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { noNetwork } from "../fixtures/no-network";

export const program = join(__dirname, "..", "..", "node_modules", ".bin", "traffic-anomaly");

export interface Outcome {
  /** Exit code; null if a signal ended it. */
  readonly code: number | null;
  /** The signal that ended it, of a process of its own. */
  readonly signal?: NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** The working folder. */
  readonly cwd: string;
  /** Run as a user who owns nothing; needs root. */
  readonly asNobody?: boolean;
  /** Environment variables beside those of every command. */
  readonly env?: NodeJS.ProcessEnv;
  /** Called as soon as the process runs. */
  readonly started?: (child: ChildProcess) => void;
}

/** Runs the command to its end. It finds no browser, no network, and no data but those named. */
export function traffic(
  parameters: readonly string[],
  { asNobody, ...options }: CommandOptions,
): Promise<Outcome> {
  const nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const [file, ...first] = [...(asNobody ? nobody : []), process.execPath, program];
  return runToEnd(file, [...first, ...parameters], options);
}

/** Runs a program to its end, with the environment of {@link traffic}. */
export function runToEnd(
  file: string,
  parameters: readonly string[],
  { cwd, env: more, started }: Omit<CommandOptions, "asNobody">,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, parameters, { cwd, env: { ...environment(), ...more } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("spawn", () => started?.(child));
    child.on("close", (code, signal) => resolve({ code, ...(signal && { signal }), stdout, stderr }));
  });
}

function environment(): NodeJS.ProcessEnv {
  const { TRAFFIC_DATA, ...env } = process.env;
  return { ...env, ...noNetwork, TRAFFIC_BROWSER: "" };
}

/** Processes of serve-commands.cjs that have nothing to do. */
const idle: ChildProcess[] = [];

/**
 * {@link traffic}, in a process that many commands share: where a test is about what a command says, a process of its own
 * would spend nine tenths of the time on its start.
 */
export async function served(
  parameters: readonly string[],
  { cwd }: { readonly cwd: string },
): Promise<Outcome> {
  const server = idle.pop() ?? (await startServer());
  for (const handle of [server, server.channel!]) handle.ref();
  const outcome = await new Promise<Outcome>((resolve, reject) => {
    const ended = (code: number) =>
      reject(new Error(`the process ended with ${code} in ${parameters.join(" ")}`));
    server.once("exit", ended);
    server.once("message", (outcome: Outcome) => {
      server.off("exit", ended);
      resolve(outcome);
    });
    server.send({ parameters, cwd });
  });
  for (const handle of [server, server.channel!]) handle.unref();
  idle.push(server);
  return outcome;
}

async function startServer(): Promise<ChildProcess> {
  const server = fork(join(__dirname, "serve-commands.cjs"), [realpathSync(program)], {
    env: environment(),
    execArgv: [],
  });
  await once(server, "message");
  return server;
}

/** Every file and folder below a folder, with the SHA-256 of its content. */
export function contents(folder: string): Record<string, string> {
  const entries = existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : [];
  return Object.fromEntries(
    entries
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        const readable = entry.isFile() && entry.name !== "unreadable";
        return [path, readable ? createHash("sha256").update(readFileSync(path)).digest("hex") : "-"];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/**
 * Runs commands and asserts that each refuses: exit code 2, nothing on stdout, one sentence on stderr that matches, and
 * the working folder as it was before.
 */
export async function refuse(
  cases: readonly (readonly [parameters: readonly string[], sentence: RegExp])[],
  options: CommandOptions,
): Promise<void> {
  const before = contents(options.cwd);
  const waiting = cases.slice();
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift())
      await assertRefused(next[0], next[1], options);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  assertUnchanged(before, contents(options.cwd));
}

/** One case of {@link refuse}. */
export async function refuses(
  parameters: readonly string[],
  sentence: RegExp,
  options: CommandOptions,
): Promise<void> {
  await refuse([[parameters, sentence]], options);
}

async function assertRefused(
  parameters: readonly string[],
  sentence: RegExp,
  options: CommandOptions,
): Promise<void> {
  const isOrdinary = !options.asNobody && !options.env;
  const { code, stdout, stderr } = await (isOrdinary
    ? served(parameters, options)
    : traffic(parameters, options));
  assert.equal(code, 2, `exit code ${code} of ${parameters.join(" ")}: ${stderr}`);
  assert.equal(stdout, "");
  assert.match(stderr, /^error: [^\n]+[^.\n]\n$/, "one sentence");
  assert.match(stderr.slice("error: ".length, -1), sentence);
  assert.doesNotMatch(stderr, /\bat .*:\d+:\d+|node:internal|undefined|\[object/, "no stack trace");
}

/** Asserts that nothing was added, removed or changed. */
export function assertUnchanged(before: Record<string, string>, now: Record<string, string>): void {
  const paths = Object.keys({ ...before, ...now });
  assert.deepEqual(
    paths.filter((path) => before[path] !== now[path]),
    [],
    "added, removed or changed",
  );
}

/** Skips a test that this machine can't do, with the reason; where CI is set, that is a failure. */
export function unable(t: TestContext, reason: string | undefined): boolean {
  if (!reason) return false;
  assert.ok(!process.env.CI, reason);
  t.skip(reason);
  return true;
}
