// Runs every test file below test/, or only those whose path contains one of the arguments. A test that does not end
// fails, and so does one that leaves a process behind.
import { readdirSync } from "node:fs";
import { delimiter, join, relative } from "node:path";
import { Readable } from "node:stream";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { endLeftBehind, markProcesses } from "./left-behind";

const wanted = process.argv.slice(2);
const files = readdirSync(__dirname, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .map((file) => join(__dirname, file))
  .sort();

if (files.length === 0) throw new Error(`no test file matches ${wanted.join(", ")}`);

type Event = { readonly type: string; readonly data: { name?: string; nesting?: number; message?: string } };

/** What node:test tells of all files; the counts come last, for all of them. */
async function* events(groups: readonly string[][]): AsyncGenerator<unknown> {
  const counts = new Map<string, number>();
  for (const group of groups) {
    let name = named(group); // or, from stall-guard.cjs, what hangs in it
    process.env.TEST_FILES = group.join(delimiter);
    for await (const event of run({ files: [join(__dirname, "group.ts")], concurrency: 1 })) {
      const { type, data } = event as Event;
      const [, what, count] = /^(\w+) ([\d.]+)$/.exec(data.message ?? "") ?? [];
      if (type === "test:fail") process.exitCode = 1;
      if (type === "test:stderr" && data.message?.includes("nothing more came in"))
        name = data.message.trim();
      if (type === "test:diagnostic" && data.nesting === 0 && what)
        counts.set(what, (counts.get(what) ?? 0) + Number(count));
      else yield data.name?.endsWith("group.ts") ? { type, data: { ...data, name } } : event;
    }
    for (const left of await endLeftBehind()) {
      process.exitCode = 1;
      counts.set("fail", (counts.get("fail") ?? 0) + 1);
      const error = new Error(`a process was left behind: ${left}`);
      const details = { duration_ms: 0, error: Object.assign(error, { cause: error.message }) };
      yield { type: "test:fail", data: { name: named(group), nesting: 0, testNumber: 0, details } };
    }
  }
  for (const [what, count] of counts)
    yield { type: "test:diagnostic", data: { nesting: 0, message: `${what} ${count}` } };
}

function named(group: readonly string[]): string {
  return group.map((file) => relative(process.cwd(), file)).join(", ");
}

markProcesses();
Readable.from(events(files.map((file) => [file])))
  .compose(new spec())
  .pipe(process.stdout);
