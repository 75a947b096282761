// Runs every test file below test/, or only those whose path contains one of the arguments. A test that does not end
// fails, and so does one that leaves a process behind.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { endLeftBehind } from "./left-behind";

const wanted = process.argv.slice(2);
const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => join(__dirname, file))
  .sort();

if (files.length === 0) throw new Error(`no test file matches ${wanted.join(", ")}`);

/** What a file does to its whole process, or may: such a file has one of its own. */
const aloneIf = /^(before|beforeEach|afterEach)\(|process\.(env|chdir|on)\b|\btensorflow\(|\bmock\b/m;

/** The files by process: the others share one by folder, since to start one takes a second. */
function grouped(): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const alone = aloneIf.test(readFileSync(file, "utf8"));
    const key = alone ? file : relative(__dirname, file).split(sep)[0];
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  // Whole notebooks take longest: they start first, so that nothing waits for them in the end.
  return [...groups.values()].sort(([a], [b]) => Number(isOfNotebooks(b)) - Number(isOfNotebooks(a)));
}

function isOfNotebooks(file: string): boolean {
  return relative(__dirname, file).startsWith(join("notebooks", sep));
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

/** What node:test tells of all files, two processes at a time; the counts come last, for all of them. */
async function* runAll(): AsyncGenerator<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "tests-"));
  const waiting = grouped();
  const lanes = Math.min(2, availableParallelism());
  const running = new Set<Promise<unknown[]>>();
  try {
    while (waiting.length > 0 || running.size > 0) {
      while (waiting.length > 0 && running.size < lanes) {
        const group = runGroup(waiting.shift()!, folder);
        running.add(group);
        group.finally(() => running.delete(group)).catch(() => {});
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
