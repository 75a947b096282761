// Compiles the `@example`s of the library's doc comments, and runs them where files of the names that they use hold simulated
// traffic. A line that ends in `// value` must give that value.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import * as library from "traffic-anomaly";
import { writeSimulatedStudy } from "traffic-anomaly/dist/traffic/simulator/write-simulated";
import * as notebook from "traffic-anomaly/notebook";
import * as visualize from "traffic-anomaly/visualize";
import { tryAll } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { realFiles } from "../fixtures/real-data";
import { libFolder, sourceFiles } from "./sources";

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

/** A line that tells the value of what stands before it. */
const valued = /^(const (\w+) = )?(.*);\s*\/\/ ((?:-?\d|"|\[|\{|true\b|\w+\.of\().*)$/;

const examples = sourceFiles().flatMap(examplesOf);
const telling = examples.filter(({ lines }) => lines.some((line) => valued.test(line)));

test("every comment that has an example is understood", (context) => {
  const texts = sourceFiles().map((file) => readFileSync(join(libFolder, file), "utf8"));
  const tags = texts.reduce((sum, text) => sum + text.split("* @example").length - 1, 0);
  assert.equal(examples.length, tags);
  context.diagnostic(`${examples.length} examples, ${telling.length} of which tell values`);
  assert.ok(telling.length > 20);
});

/** What examples take for granted. */
const given = `import type { Matrix, Preprocessor, Rows, Table } from "traffic-anomaly";
import type { Caption } from "traffic-anomaly/visualize";
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
  const namesIn = (module: object) =>
    Object.keys(module).filter((name) => words.has(name) && !own.includes(name));
  const names = { "": namesIn(library), "/notebook": namesIn(notebook), "/visualize": namesIn(visualize) };
  const known = [...ownNames, ...Object.values(names).flat()]
    .filter((name) => !given.includes(` ${name}:`))
    .map((name) => `const ${name} = $${name};\n`);
  return (
    given +
    Object.entries(names)
      .map(([path, found]) => from(`traffic-anomaly${path}`, found))
      .join("") +
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

/** A number of which only the first digits are told: `0.1414…`. */
class Beginning {
  constructor(readonly digits: string) {}
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

/** Code that hands each value that a line tells to `compare`, beside what was computed. */
function comparing(line: string): string {
  const [, declaration, name, code, value] = valued.exec(line) ?? [];
  if (value === undefined) return line;
  const told = value.replace(/(-?\d+\.\d+)…/g, 'beginning("$1")');
  return declaration
    ? `${declaration}${code};\ncompare(${name}, (${told}));`
    : `compare((${code}), (${told}));`;
}

/** Makes files of the names that examples use, small ones of simulated traffic, and all that they take for granted. */
async function surroundings(): Promise<Record<string, unknown>> {
  mkdirSync("notebooks");
  mkdirSync(join("logs", "2024-04-19"), { recursive: true });
  symlinkSync(join(libFolder, "..", "node_modules"), "node_modules");
  const files = { train: join("data", "kddcup.data_10_percent.gz"), test: join("data", "corrected.gz") };
  mkdirSync("data");
  await writeSimulatedStudy(files, { connections: 3000 });
  await library.writeSimulatedLog(join("logs", "2024-04-19", "conn.log"), { connections: 500 });
  const train = await library.readTable(files.train);
  const test = await library.readTable(files.test);
  const trainingRows = library.rowsWhere(train, (label) => label === "normal");
  const preprocessor = library.fitPreprocessor(train, library.autoencoder.preprocessing, trainingRows);
  const matrix = library.transform(preprocessor, train, library.allRows(train).subarray(0, 400));
  const network = await library.fitAutoencoder(matrix, { epochs: 1 });
  mkdirSync(join("models", "autoencoder"), { recursive: true });
  await network.save(join("models", "autoencoder"));
  const steps = library.scoreSteps(
    await network.score(matrix),
    library.anomalousRows(library.labels(train)).subarray(0, 400),
  );
  const curves = [{ name: "autoencoder", curve: library.rocCurve(steps), rocAuc: library.rocAuc(steps) }];
  const caption = { protocol: "simulated" };
  const rows = { normal: matrix, traffic: matrix, matrix };
  return { table: train, train, test, trainingRows, preprocessor, curves, caption, ...rows };
}

suite("every example runs, and gives what it says", () => {
  const folder = temporaryFolder("examples");
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  let around: Record<string, unknown> = {};

  before(async () => {
    process.chdir(folder);
    process.env.TRAFFIC_BROWSER = ""; // figures need no pictures here
    around = await surroundings();
  });
  after(() => process.chdir(join(libFolder, "..")));

  test("README's example reads, fits, judges and saves, KDD'99's files or a CSV of one's own", async () => {
    const readme = readFileSync(join(libFolder, "..", "README.md"), "utf8");
    const [, code] = /## In your own code\n\n```ts\n(.*?)```/s.exec(readme)!;
    const body = code.replace(/^import .*\n/, "").trim();
    const own = '"my.csv", { label: "Class", normal: "0" }';
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 7},${"abc"[i % 3]},${i % 20 === 3 ? 1 : 0}`);
    writeFileSync("my.csv", `size,colour,Class\n${rows.join("\n")}\n`);
    assert.ok(body.includes(own), "the comment names the options");
    for (const file of [undefined, own]) {
      const lines = file ? body.replaceAll(/readTable\("[^"]+"\)/g, `readTable(${file})`) : body;
      const run = new AsyncFunction(...Object.keys(library), `${lines}\nreturn [scores, anomalous];`);
      const [scores, anomalous] = await run(...Object.values(library));
      assert.ok(
        scores.length > 0 && anomalous.length === scores.length && existsSync("models/forest/manifest.json"),
      );
      assert.ok(scores.every((score: number) => score > 0 && score < 1));
    }
  });

  for (const { place, file, lines } of examples) {
    const example = lines.map(comparing).join("\n");
    test(`the example at ${place}`, async (context) => {
      // write-simulated.test.ts makes it, too.
      if (example.includes("simulatedDataset(") && !tryAll) return context.skip("makes 100,000 connections");
      if (example.includes("download(")) {
        const real = (await realFiles()).get("10-percent");
        if (!real) return context.skip("TRAFFIC_DATA names no folder with KDD'99's files");
        rmSync(join("data", "kddcup.data_10_percent.gz"));
        symlinkSync(real, join("data", "kddcup.data_10_percent.gz"));
      }
      for (const name of ["log", "warn"] as const) context.mock.method(console, name, () => {}); // which is how a page or a table is shown here
      let compared = 0;
      const own = require(join(libFolder, "dist", file.replace(/\.ts$/, ".js")));
      const scope = {
        ...library,
        ...notebook,
        ...visualize,
        ...own,
        ...around,
        beginning: (digits: string) => new Beginning(digits),
        compare(actual: unknown, expected: unknown) {
          compared++;
          assert.deepEqual(cut(actual, expected), expected);
        },
      };
      // In a block, since an example may declare a name that the library has.
      await new AsyncFunction(...Object.keys(scope), `{\n${example}\n}`)(...Object.values(scope));
      assert.equal(compared, lines.filter((line) => valued.test(line)).length);
    });
  }
});
