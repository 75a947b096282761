import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

const windows = process.platform === "win32";

/**
 * Runs another program to its end. A terminal's Ctrl+C, which reaches all of a process group, does not reach it: it would
 * end before we have heard of that, and look like a failure. The signal ends it.
 *
 * @param options `script`: the program is a script, which Windows runs only in a shell
 * @returns what it printed
 * @throws what is wrong, if it can't be started or ends with another exit code than 0; the signal's reason if aborted
 */
export async function runProgram(
  program: string,
  parameters: readonly string[],
  { cwd, signal, script = false }: { cwd?: string; signal?: AbortSignal; script?: boolean } = {},
): Promise<string> {
  const child = spawn(program, parameters, {
    cwd,
    signal,
    shell: windows && script,
    detached: !windows,
    stdio: ["ignore", "pipe", "pipe"],
  });
  try {
    const [output, errors, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (code === 0) return output;
    throw new Error(`${program} ${parameters[0]} ended with exit code ${code}: ${errors.trim()}`);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Sends a signal to a program that leads a process group of its own, and to what it has started. */
export function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(windows ? pid : -pid, signal);
  } catch {
    // Nothing of it is left.
  }
}
