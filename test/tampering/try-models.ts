// Tries tampered models in processes of their own, and ends those that hang or take memory.
import { type ChildProcess, fork } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Case, Outcome } from "./attempt";

export const limits = { seconds: 5, megabytes: 300 } as const;

/** A process that is this large, in MB, has run away. What a case took is measured inside of it. */
const runaway = 2000;

/** A case may wait this long, in seconds, for a processor that other programs have. */
const patience = 60;

/**
 * Tries every case, `processes` at a time.
 *
 * @param originals where `writeModels` wrote
 * @param folder where to put the tampered ones
 */
export async function tryModels(
  cases: readonly Case[],
  originals: string,
  folder: string,
  processes: number,
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const waiting = cases.slice();
  const work = async (_: unknown, place: number) => {
    let child: Attempts | undefined;
    for (let tried = waiting.shift(); tried !== undefined; tried = waiting.shift()) {
      child ??= await Attempts.start(originals, join(folder, String(place)));
      const outcome = await child.attempt(tried);
      if (child.hasEnded) child = undefined;
      outcomes.push(outcome);
      onOutcome(outcome);
    }
    child?.end();
  };
  await Promise.all(Array.from({ length: processes }, work));
  return outcomes;
}

class Attempts {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(originals: string, folder: string): Promise<Attempts> {
    const child = fork(join(__dirname, "attempt.ts"), [originals, folder], {
      execArgv: [...process.execArgv, "--expose-gc"],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("message", () => resolve());
      child.once("exit", (code) => reject(new Error(`the process ended with ${code} before it was ready`)));
    });
    return new Attempts(child);
  }

  get hasEnded(): boolean {
    return this.#child.killed || this.#child.exitCode !== null;
  }

  attempt(tried: Case): Promise<Outcome> {
    const child = this.#child;
    const start = performance.now();
    const before = usageOf(child.pid!);
    return new Promise((resolve) => {
      const done = (outcome: Outcome) => {
        clearInterval(watch);
        child.off("exit", ended);
        child.off("message", done);
        resolve(outcome);
      };
      const fail = (message: string) => {
        child.kill("SIGKILL");
        const milliseconds = 1000 * (usageOf(child.pid!).seconds - before.seconds);
        done({ tried, kinds: [], result: "failed", message, milliseconds, megabytes: 0 });
      };
      const ended = (code: number | null) => fail(`the process ended with ${code}`);
      const watch = setInterval(() => {
        const { seconds, megabytes } = usageOf(child.pid!);
        if (seconds - before.seconds > limits.seconds) fail(`no answer after ${limits.seconds} s of work`);
        else if (performance.now() - start > 1000 * patience) fail(`no answer in ${patience} s`);
        else if (megabytes > runaway) fail(`more than ${runaway} MB`);
      }, 100);
      child.once("exit", ended);
      child.once("message", done);
      child.send(tried);
    });
  }

  end(): void {
    this.#child.kill("SIGKILL");
  }
}

/** Seconds of work that a process has done so far, and its memory; none where there is no /proc. */
function usageOf(pid: number): { seconds: number; megabytes: number } {
  try {
    const [, fields] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
    const [user, system, pages] = [11, 12, 21].map((i) => Number(fields.split(" ")[i]));
    return { seconds: (user + system) / 100, megabytes: (pages * 4096) / 2 ** 20 };
  } catch {
    return { seconds: 0, megabytes: 0 };
  }
}
