// Runs the `@example`s of the library's doc comments. A line that ends in `// value` must give that value. An
// example with `await` needs files, models or time, and is not run; neither is one that tells no value.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as library from "traffic-anomaly";
import { libFolder, sourceFiles } from "./sources";

/** How many were run when this was written; more is better. */
const leastRun = 7;

interface Example {
  /** File and line, relative to lib/. */
  readonly place: string;
  readonly file: string;
  readonly lines: readonly string[];
}

function examplesOf(file: string): Example[] {
  const text = readFileSync(join(libFolder, file), "utf8");
  return Array.from(text.matchAll(/^ *\* @example\n((?: *\*(?!\/)(?! @).*\n)+)/gm), (match) => ({
    place: `${file}:${text.slice(0, match.index).split("\n").length}`,
    file,
    lines: match[1]
      .trimEnd()
      .split("\n")
      .map((line) => line.replace(/^ *\* ?/, "")),
  }));
}

const valued = /^(.*);\s*\/\/\s*(.*)$/;
const canRun = ({ lines }: Example) =>
  lines.some((line) => valued.test(line)) && !lines.some((line) => line.includes("await"));

/** A number of which only the first digits are told: `0.1414…`. */
class Beginning {
  constructor(readonly digits: string) {}
}

/** Evaluates code that sees what the library and the example's file export. */
function evaluate(code: string, file: string): unknown {
  const own = require(join(libFolder, "dist", file.replace(/\.ts$/, ".js")));
  const scope = { ...library, ...own, beginning: (digits: string) => new Beginning(digits) };
  return new Function(...Object.keys(scope), code)(...Object.values(scope));
}

/** The same value, with numbers of which the expected value tells the beginning cut down to it. */
function cut(actual: unknown, expected: unknown): unknown {
  if (expected instanceof Beginning)
    return typeof actual === "number" && String(actual).startsWith(expected.digits) ? expected : actual;
  if (typeof actual !== "object" || actual === null || typeof expected !== "object" || expected === null)
    return actual;
  if (Object.getPrototypeOf(actual) !== Object.prototype) return actual;
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => [
      name,
      cut(value, (expected as typeof actual)[name as never]),
    ]),
  );
}

const examples = sourceFiles().flatMap(examplesOf);
const run = examples.filter(canRun);

test("every comment that has an example is understood", (context) => {
  const texts = sourceFiles().map((file) => readFileSync(join(libFolder, file), "utf8"));
  const tags = texts.reduce((sum, text) => sum + text.split("* @example").length - 1, 0);
  assert.equal(examples.length, tags);
  context.diagnostic(`${run.length} of ${examples.length} examples are run`);
  assert.ok(run.length >= leastRun, `only ${run.length} examples can be run, there were ${leastRun}`);
});

for (const { place, file, lines } of run) {
  test(`the example at ${place} gives what it says`, () => {
    let before = "";
    let compared = 0;
    for (const line of lines) {
      const [, code, value] = valued.exec(line) ?? [];
      if (value === undefined) {
        before += `${line}\n`;
        continue;
      }
      const told = value.replace(/(-?\d+\.\d+)…/g, 'beginning("$1")');
      const expected = evaluate(`return (${told})`, file);
      const declared = /^const (\w+) = /.exec(code)?.[1];
      const actual = evaluate(
        declared ? `${before}${code};\nreturn ${declared}` : `${before}return (${code})`,
        file,
      );
      if (declared) before += `${code};\n`;
      assert.deepEqual(cut(actual, expected), expected);
      compared++;
    }
    assert.ok(compared > 0);
  });
}
