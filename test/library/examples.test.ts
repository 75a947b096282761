// Compiles the `@example`s of the library's doc comments, and runs them. A line that ends in `// value` must give that value.
// An example with `await` needs files, models or time, and is only compiled; so is one that tells no value.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
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

/** What examples take for granted. */
const given = `import type { Caption, Matrix, Preprocessor, Rows, Table } from "traffic-anomaly";
import type { NamedRocCurve } from "traffic-anomaly/dist/visualize/evaluation/roc";
declare const table: Table, train: Table, test: Table, trainingRows: Rows, preprocessor: Preprocessor;
declare const normal: Matrix, traffic: Matrix, matrix: Matrix, curves: NamedRocCurve[], caption: Caption;
`;

/** An example as a module, which sees what the library and the example's file export. */
function moduleOf({ file, lines }: Example): string {
  const from = (path: string, names: readonly string[]) =>
    `import { ${names.map((name) => `${name} as $${name}`).join(", ")} } from "${path}";\n`;
  const code = lines.join("\n");
  const words = new Set(code.match(/\w+/g));
  const own = Object.keys(require(join(libFolder, "dist", file.replace(/\.ts$/, ".js"))));
  const ownNames = own.filter((name) => words.has(name));
  const names = Object.keys(library).filter((name) => words.has(name) && !own.includes(name));
  const known = [...ownNames, ...names]
    .filter((name) => !given.includes(` ${name}:`))
    .map((name) => `const ${name} = $${name};\n`);
  return (
    given +
    from("traffic-anomaly", names) +
    from(`traffic-anomaly/dist/${file.replace(/\.ts$/, "")}`, ownNames) +
    `export async function example() {\n${known.join("")}{\n${code}\n}\n}\n`
  );
}

test("every example compiles", () => {
  const folder = join(libFolder, "..", "test", "library");
  const modules = new Map(examples.map((example, i) => [join(folder, `example-${i}.ts`), example]));
  const options: ts.CompilerOptions = {
    ...{ module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Node10 },
    ...{ target: ts.ScriptTarget.ES2022, lib: ["lib.es2022.d.ts"], types: ["node"] },
    ...{ typeRoots: [join(libFolder, "..", "node_modules", "@types")] },
    ...{ strict: true, skipLibCheck: true, noEmit: true },
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => modules.has(path) || fileExists(path);
  host.getSourceFile = (path, target, ...rest) => {
    const example = modules.get(path);
    return example
      ? ts.createSourceFile(path, moduleOf(example), target)
      : getSourceFile(path, target, ...rest);
  };
  const program = ts.createProgram([...modules.keys()], options, host);
  const complaints = [...modules].flatMap(([path, { place }]) => {
    const source = program.getSourceFile(path)!;
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({ messageText }) => `${place}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`,
    );
  });
  assert.deepEqual(complaints, []);
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
