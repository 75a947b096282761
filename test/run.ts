// Runs every test file below test/, or only those whose path contains one of the arguments, or all but those whose path
// contains what --except=PART says. A test that does not end fails, and so does one that leaves a process behind.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { endLeftBehind } from "./left-behind";

// The processes of the tests need tsx for CommonJS only, which takes a third of the time to start.
process.execArgv = ["--require", require.resolve("tsx/cjs")];

const exception = /^--except=(.+)$/.exec(process.argv[2] ?? "")?.[1];
const wanted = exception ? [] : process.argv.slice(2);
const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .filter((file) => !exception || !file.includes(exception))
  .map((file) => join(__dirname, file))
  .sort();

if (files.length === 0) throw new Error(`no test file matches ${wanted.join(", ")}`);

/** What a file does to its whole process, or may: such a file has one of its own. */
const aloneIf = /^\s*delete process\.env|process\.(env\.\w+ \??=|chdir|on)\b|\btensorflow\(|\bmock\b/m;

/** Folders whose files take long: each has a process of its own, and they start first, so that nothing waits in the end. */
const slow = ["notebooks", "cli", "browser", "notebook", "study"];

/** The files by process: the others share one by folder, since to start one takes a second. */
function grouped(): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const folder = folderOf(file);
    const isAlone = slow.includes(folder) || aloneIf.test(readFileSync(file, "utf8"));
    const key = isAlone ? file : folder;
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const place = (file: string) => (slow.indexOf(folderOf(file)) + slow.length + 1) % (slow.length + 1);
  // Among the others the process with most files is first, so that none is left alone in the end.
  return [...groups.values()].sort(
    (a, b) => lanesOf(b) - lanesOf(a) || place(a[0]) - place(b[0]) || b.length - a.length,
  );
}

function folderOf(file: string): string {
  return relative(__dirname, file).split(sep)[0];
}

type Event = { readonly type: string; readonly data: { name?: string; nesting?: number; message?: string } };

const counts = new Map<string, number>();

/** Runs some files in one process; gives what node:test tells of them, but for the counts. */
async function runGroup(group: readonly string[], folder: string): Promise<unknown[]> {
  const names = group.map((file) => relative(process.cwd(), file));
  const title = names.length > 1 ? `${names[0]} and ${names.length - 1} more` : names[0];
  // The processes that the tests start have the files' names too, by which those left behind are known.
  const entry = join(folder, `${names[0].replaceAll(/\W/g, "-")}.cjs`);
  const mark = `TEST_FILES=${JSON.stringify(group)}`;
  writeFileSync(
    entry,
    `process.env.TEST_FILES = ${JSON.stringify(JSON.stringify(group))};\nrequire(${JSON.stringify(join(__dirname, "group.ts"))});\n`,
  );
  let stalled: string | undefined;
  const events: unknown[] = [];
  for await (const event of run({ files: [entry], concurrency: 1 })) {
    const { type, data } = event as Event;
    const [, what, count] = /^(\w+) ([\d.]+)$/.exec(data.message ?? "") ?? [];
    if (type === "test:fail") process.exitCode = 1;
    if (type === "test:stderr" && data.message?.includes("nothing more came in"))
      stalled = data.message.trim(); // from stall-guard.cjs
    if (type === "test:diagnostic" && data.nesting === 0 && what)
      counts.set(what, (counts.get(what) ?? 0) + Number(count));
    else events.push(data.name === entry ? { type, data: { ...data, name: stalled ?? title } } : event);
  }
  for (const left of await endLeftBehind(mark)) {
    process.exitCode = 1;
    counts.set("fail", (counts.get("fail") ?? 0) + 1);
    const error = new Error(`a process was left behind: ${left}`);
    const details = { duration_ms: 0, error: Object.assign(error, { cause: error.message }) };
    events.push({ type: "test:fail", data: { name: title, nesting: 0, testNumber: 0, details } });
  }
  return events;
}

/**
 * Processes at a time. Tests wait for others half of the time, but in CI two passes run side by side, and the one that tries all
 * has notebooks, which do not wait.
 */
const cores = Math.min(4, availableParallelism());
const lanes = process.env.CI
  ? Math.min(2, cores) + (process.env.TEST_CASES === "few" ? 0 : 1)
  : 2 * cores + 1;

/** Files whose tests run two at a time where all cases are tried: they take two lanes. */
const wide = ["committed", "simulated"].map((name) => join(__dirname, "notebooks", `${name}.test.ts`));

function lanesOf([file]: readonly string[]): number {
  return process.env.CI && wide.includes(file) ? 2 : 1;
}

/** What node:test tells of all files; the counts come last, for all of them. */
async function* runAll(): AsyncGenerator<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "tests-"));
  const waiting = grouped();
  const running = new Set<Promise<unknown[]>>();
  let taken = 0;
  try {
    while (waiting.length > 0 || running.size > 0) {
      for (;;) {
        const next = waiting.findIndex((files) => taken === 0 || taken + lanesOf(files) <= lanes);
        if (next === -1) break;
        const [files] = waiting.splice(next, 1);
        const group = runGroup(files, folder);
        taken += lanesOf(files);
        running.add(group);
        group
          .finally(() => {
            running.delete(group);
            taken -= lanesOf(files);
          })
          .catch(() => {});
      }
      yield* await Promise.race(running);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [what, count] of counts)
    yield { type: "test:diagnostic", data: { nesting: 0, message: `${what} ${count}` } };
}

Readable.from(runAll()).compose(new spec()).pipe(process.stdout);
