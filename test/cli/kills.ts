// Commands that are killed right after any of their changes to the disk, and what the next command finds.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeSimulatedLog } from "traffic-anomaly";
import { mend } from "traffic-anomaly/dist/common/unfinished";
import { noNetwork } from "../fixtures/no-network";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { timeless } from "../study/same-files";
import { contents, served } from "./command";

const hook = join(__dirname, "..", "fixtures", "kill-after.cjs");
const project = join(__dirname, "..", "..");
const program = join(project, "node_modules", ".bin", "traffic-anomaly");
const small = ["--trees", "2", "--sample-size", "16", "--epochs", "1", "--quiet"];
const aside = /(\/|^)\.(unfinished|traffic-anomaly\.json)/;

/** Commands that write, in a folder in which each has been run before with other results. */
export const writers: Readonly<Record<string, (seed: number) => string[]>> = {
  train: (seed) => ["train", "conn.log", "--out", "models/office", "--seed", `${seed}`, ...small],
  run: (seed) => ["run", "--data", "train.csv", "--test", "train.csv", "--seed", `${seed}`, ...small],
  "score logs": (seed) => [
    "score",
    "conn.log",
    "--model",
    `given/${seed}`,
    "--out",
    "alerts.jsonl",
    "--quiet",
  ],
  "score rows": (seed) => [
    ...["score", "test.csv", "--model", `given/study-${seed}/isolation-forest`, "--skip-bad-rows"],
    ...["--out", "scores.csv", "--quiet"],
  ],
  "simulate a log": (seed) => [
    "simulate",
    "--format",
    "zeek",
    "--connections",
    "300",
    "--seed",
    `${seed}`,
    "--out",
    "new.log",
  ],
  "simulate a study": (seed) => ["simulate", "--connections", "300", "--seed", `${seed}`, "--out", "study"],
  "student-edition": (seed) => ["student-edition", "--folder", `notebooks-${seed}`, "--out", "edition"],
  html: (seed) => ["html", "--folder", `notebooks-${seed}`, "--out", "pages"],
};

/** Files of the user's in the folders that commands write to. */
const mine = [
  "models/notes.txt",
  "models/office/kept.log",
  "outputs/thesis.tex",
  "study/mine.csv",
  "edition/mine.ipynb",
];

/** Makes the inputs of all commands. */
export async function prepareInputs(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await writeSimulatedLog(join(folder, "conn.log"), { connections: 500, seed: 1 });
  await writeLines(join(folder, "train.csv"), trafficLines({ rows: 400 }));
  await writeLines(join(folder, "test.csv"), [...trafficLines({ rows: 300, seed: 2 }), "bad"]);
  writeFileSync(join(folder, "package.json"), "{}"); // a student edition is of a project
  for (const seed of [1, 2]) {
    const notebooks = join(folder, `notebooks-${seed}`);
    mkdirSync(notebooks);
    for (const number of ["01", "02"]) {
      const notebook = JSON.parse(readFileSync(join(project, "notebooks", "01-exploration.ipynb"), "utf8"));
      const cells = [{ cell_type: "markdown", id: "a", metadata: {}, source: [`seed ${seed}`] }];
      writeFileSync(join(notebooks, `${number}-a.ipynb`), JSON.stringify({ ...notebook, cells }));
    }
    const out = ["--out", `given/${seed}`, "--outputs", "given/outputs"];
    const alerting = ["--false-alarm-rate", "0.2"];
    await succeed(folder, ["train", "conn.log", ...out, "--seed", `${seed}`, ...alerting, ...small]);
    const study = ["--models", `given/study-${seed}`, "--outputs", "given/study", "--seed", `${seed}`];
    await succeed(folder, ["run", "--data", "train.csv", "--test", "train.csv", ...study, ...small]);
  }
}

async function succeed(cwd: string, parameters: readonly string[]): Promise<void> {
  const { code, stderr } = await served(parameters, { cwd });
  assert.equal(code, 0, `${parameters.join(" ")}: ${stderr}`);
}

/** A moment to kill a command at: after this many changes to the disk, or after this many milliseconds. */
export type Moment = { readonly change: number } | { readonly milliseconds: number };

/** A command that was run before, to be run again with other results. */
export interface Killable {
  /** Changes to the disk that it makes, and how long it takes. */
  readonly changes: number;
  readonly milliseconds: number;
  /** Folders as they are before and after it. */
  readonly before: string;
  readonly after: string;
  /**
   * Mends a folder as the next command does, and requires that all results are those of the run before, or all those of
   * the new run, which it gives, and that what others put there stays.
   */
  requireWhole(folder: string, at: string): Promise<boolean>;
  /** Kills it in a new copy of the folder, which must be whole then. */
  kill(moment: Moment): Promise<void>;
}

/** Kills a command after some of its changes, of which `choose` is told the number; gives how often it was killed. */
export async function killCommand(
  name: string,
  inputs: string,
  folder: string,
  choose: (changes: number) => readonly number[],
): Promise<number> {
  const command = await killable(name, inputs, folder);
  const chosen = choose(command.changes);
  for (const change of chosen) await command.kill({ change });
  return chosen.length;
}

/** Runs a command twice, for the results before and after. */
export async function killable(name: string, inputs: string, folder: string): Promise<Killable> {
  const copy = (from: string, to: string) => {
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true, preserveTimestamps: true });
  };
  const [before, after, work] = ["before", "after", "work"].map((part) => join(folder, part));
  copy(inputs, before);
  await succeed(before, writers[name](1));
  for (const path of mine) {
    mkdirSync(join(before, path, ".."), { recursive: true });
    writeFileSync(join(before, path), "mine");
  }
  copy(before, after);
  const log = join(folder, "changes");
  rmSync(log, { force: true });
  const start = performance.now();
  assert.equal(await run(after, writers[name](2), { KILL_LOG: log }), 0, `${name} again`);
  const milliseconds = performance.now() - start;
  const [old, all] = [resultsIn(before), resultsIn(after)];
  assert.notDeepEqual(old, all, `${name} changes nothing`);
  const requireWhole = async (folder: string, at: string) => {
    for (const place of ["", "models", "outputs", "study", "edition", "pages", "outputs/office"])
      if (existsSync(join(folder, place))) await mend(join(folder, place));
    const found = resultsIn(folder);
    const isNew = Object.keys(all).some((path) => found[path] === all[path] && old[path] !== all[path]);
    assert.deepEqual(found, isNew ? all : old, at);
    const left = Object.keys(contents(folder)).filter((path) => path.includes("/.unfinished"));
    assert.deepEqual(left, [], `${at}: unfinished work is left`);
    return isNew;
  };
  return {
    before,
    after,
    changes: Number(readFileSync(log, "utf8")),
    milliseconds,
    requireWhole,
    async kill(moment) {
      copy(before, work);
      await run(work, writers[name](2), {}, moment);
      await requireWhole(work, `${name}, killed after ${JSON.stringify(moment)}`);
    },
  };
}

/** What is below a folder by name; of files in which times are noted, only the seed or what else they say. */
function resultsIn(folder: string): Record<string, string> {
  const found = Object.entries(contents(folder)).map(([path, sha256]): [string, string] => {
    const name = path.slice(folder.length + 1);
    if (/^outputs\/(metrics|run)\.json$/.test(name))
      return [name, `seed ${JSON.parse(readFileSync(path, "utf8")).seed}`];
    return [name, name === "outputs/report.html" ? timeless(readFileSync(path, "utf8")) : sha256];
  });
  return Object.fromEntries(found.filter(([path]) => !aside.test(path)));
}

/** Runs the command, killed at a moment if one is given; undefined if it was. */
async function run(
  cwd: string,
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  moment?: Moment,
): Promise<number | undefined> {
  const { TRAFFIC_DATA, ...env } = process.env;
  const killAfter = moment && "change" in moment ? { KILL_AFTER: String(moment.change) } : {};
  const child = spawn(process.execPath, ["-r", hook, program, ...parameters], {
    cwd,
    env: { ...env, ...noNetwork, TRAFFIC_BROWSER: "", ...environment, ...killAfter },
    stdio: ["ignore", "ignore", moment ? "ignore" : "inherit"],
  });
  const timer =
    moment && "milliseconds" in moment && setTimeout(() => child.kill("SIGKILL"), moment.milliseconds);
  const [code] = await once(child, "exit");
  if (timer) clearTimeout(timer);
  return code ?? undefined;
}
