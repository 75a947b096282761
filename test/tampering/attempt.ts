// A process of its own that tampers with models and uses them, one after the other, and tells what came of it.
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom } from "traffic-anomaly";
import { type ModelName, models } from "./models";
import { type MutationKind, mutations, oneOf } from "./mutations";
import { seal } from "./seal";
import { tamperings } from "./tamperings";
import { useModel } from "./use-model";

/** What to try: a tampering by its name, or a random one by its number. */
export type Case = string | number;

export interface Outcome {
  readonly tried: Case;
  /** Ways in which the model was tampered with, the first one first. */
  readonly kinds: readonly string[];
  readonly result: "refused" | "used" | "failed";
  /** The refusal, or the stack of what is not a refusal. */
  readonly message: string;
  /** Of work: other programs may have the processor. */
  readonly milliseconds: number;
  /** How much more memory the process had at its peak than before. */
  readonly megabytes: number;
}

async function attempt(tried: Case, originals: string, folder: string): Promise<Outcome> {
  rmSync(folder, { recursive: true, force: true });
  const { kinds, name } = typeof tried === "string" ? named(tried) : random(tried);
  const before = startMeasuring();
  const start = process.cpuUsage();
  const { result, message } = await outcomeOf(() => useModel(folder, name));
  const { user, system } = process.cpuUsage(start);
  const milliseconds = (user + system) / 1000;
  return { tried, kinds, result, message, milliseconds, megabytes: peakMegabytes() - before };

  function named(title: string) {
    const tampering = tamperings.find((each) => each.title === title)!;
    cpSync(join(originals, tampering.model), folder, { recursive: true });
    tampering.tamper(folder, originals);
    seal(folder, join(originals, tampering.model));
    return { kinds: ["by name"], name: tampering.model };
  }

  function random(number: number) {
    const draw = createRandom(number, "tampering");
    const name = oneOf(Object.keys(models) as ModelName[], draw);
    const others = (Object.keys(models) as ModelName[])
      .filter((other) => other !== name && models[other] === models[name])
      .map((other) => join(originals, other));
    cpSync(join(originals, name), folder, { recursive: true });
    const kinds: MutationKind[] = [];
    for (let times = oneOf([1, 1, 1, 2, 3], draw); times > 0; times--) {
      const kind = oneOf(Object.keys(mutations) as MutationKind[], draw);
      kinds.push(kind);
      mutations[kind](folder, draw, others);
    }
    if (draw.integer(2) === 0) seal(folder, join(originals, name));
    return { kinds, name };
  }
}

/** An error that is not a refusal, or a refusal that is not one harmless sentence, has failed. */
async function outcomeOf(use: () => Promise<void>): Promise<Pick<Outcome, "result" | "message">> {
  try {
    await use();
    return { result: "used", message: "" };
  } catch (error) {
    if (!(error instanceof Error && error.name === "InputError"))
      return { result: "failed", message: error instanceof Error ? (error.stack ?? "") : String(error) };
    const { message } = error;
    const isSentence = message.length < 600 && !/\p{Cc}|undefined|\[object|\.$/u.test(message);
    return { result: isSentence ? "refused" : "failed", message };
  }
}

/** Resident memory in MB, after which Linux keeps its peak from here on. */
function startMeasuring(): number {
  globalThis.gc?.();
  if (process.platform === "linux") writeFileSync("/proc/self/clear_refs", "5");
  return process.memoryUsage.rss() / 2 ** 20;
}

function peakMegabytes(): number {
  if (process.platform !== "linux") return process.memoryUsage.rss() / 2 ** 20;
  return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))![1]) / 1024;
}

if (process.send) {
  const [originals, folder] = process.argv.slice(2);
  process.on("message", async (tried: Case) => {
    process.send!(await attempt(tried, originals, folder));
  });
  // The libraries are loaded by models that nobody tampered with.
  void useModel(join(originals, "network"), "network")
    .then(() => useModel(join(originals, "office"), "office"))
    .then(() => process.send!("ready"));
}
