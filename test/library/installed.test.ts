// The package as others get it: packed, and installed into an empty project outside of this one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, suite, test } from "node:test";
import { promisify } from "node:util";
import { onlyInCi, tryAll } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { copyProject } from "./project-copy";
import { libFolder, sourceFiles } from "./sources";

const run = promisify(execFile);
const compiler = join(libFolder, "..", "node_modules", "typescript", "bin", "tsc");

/** What `npm install` of the package alone brings, with what these bring. */
const light = [
  ...[
    "commander",
    "fs-native-extensions",
    "fzstd",
    "pure-rand",
    "simple-statistics",
    "traffic-anomaly",
    "valibot",
  ],
  ...["bare-addon-resolve", "bare-module-resolve", "bare-semver", "require-addon", "which-runtime"],
];

suite("the package in an empty project", { skip: onlyInCi("half a minute") }, () => {
  const project = temporaryFolder("installed");
  let packed: string[] = [];
  let noRegistry: string | undefined;

  const write = (name: string, text: string) => writeFileSync(join(project, name), text);
  const node = async (...parameters: string[]) =>
    (await run(process.execPath, parameters, { cwd: project })).stdout.trim();

  async function npm(folder: string, ...parameters: string[]): Promise<string> {
    const options = { cwd: folder, shell: process.platform === "win32", maxBuffer: 2 ** 26 };
    return (await run("npm", [...parameters, "--no-audit", "--no-fund"], options)).stdout;
  }

  /** Installs packages, unless a registry is out of reach. */
  async function install(...packages: string[]): Promise<void> {
    try {
      await npm(project, "install", "--prefer-offline", ...packages);
    } catch (error) {
      const { stderr } = error as { stderr: string };
      if (process.env.CI || !/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(stderr))
        throw error;
      noRegistry = "npm's registry is out of reach";
    }
  }

  before(async () => {
    const source = join(project, "source");
    copyProject(source);
    for (const folder of ["node_modules", join("lib", "node_modules")])
      symlinkSync(join(libFolder, "..", folder), join(source, folder));
    for (const folder of ["pipeline", "models"]) {
      mkdirSync(join(source, "lib", "dist", folder), { recursive: true });
      writeFileSync(join(source, "lib", "dist", folder, "of-a-source-that-is-gone.js"), "");
    }
    const report = await npm(join(source, "lib"), "pack", "--json", "--pack-destination", project);
    const [{ filename, files }] = JSON.parse(report);
    packed = files.map((file: { path: string }) => file.path);
    write("package.json", "{}");
    await install(join(project, filename), "@types/node@20");
  });

  test("it is built when it is packed: README, licence, code, declarations and kernels, nothing stale, no sources", () => {
    for (const name of [
      ...["README.md", "LICENSE", "traffic-anomaly.js", "dist/index.js", "dist/index.d.ts"],
      ...["spark/README.md", "spark/traffic_anomaly_spark.py"],
    ])
      assert.ok(packed.includes(name), name);
    assert.ok(packed.includes("dist/models/kernel/kernel.wasm"));
    for (const page of ["notebook/playground", "visualize/report"])
      assert.ok(packed.includes(`dist/${page}/main.bundle.js`), page);
    const known =
      /^(README\.md|LICENSE|package\.json|traffic-anomaly\.js|spark\/(README\.md|\w+\.py)|dist\/.*\.(js|d\.ts|wasm)|dist\/models\/onnx\/onnx\.(proto|LICENSE))$/;
    assert.deepEqual(
      packed.filter((path) => !known.test(path)),
      [],
    );
    const sources = sourceFiles().map((file) => join("dist", file.replace(/(\.as)?\.ts$/, "")));
    const stale = packed.filter(
      (path) =>
        /\.(js|d\.ts)$/.test(path) &&
        path.startsWith("dist/") &&
        !sources.includes(path.replace(/(\.d\.ts|(\.bundle)?\.js)$/, "")),
    );
    assert.deepEqual(stale, []);
  });

  test("npm would publish it as it is, and has nothing to correct or to warn of", async () => {
    const options = { cwd: join(project, "source", "lib"), shell: process.platform === "win32" };
    const { stderr } = await run("npm", ["publish", "--dry-run", "--ignore-scripts"], options); // it was built to be packed
    const warnings = stderr.split("\n").filter((line) => /^npm (warn|error)/i.test(line));
    assert.deepEqual(
      warnings.filter((line) => !line.includes("requires you to be logged in")),
      [],
    );
    assert.match(stderr, /^npm notice total files: \d{3}/m);
  });

  test("it brings only what a forest and a table need", async (context) => {
    if (noRegistry) return context.skip(noRegistry);
    const { packages } = JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));
    const names = Object.keys(packages).flatMap((path) => path.split("node_modules/").slice(1));
    assert.deepEqual(
      names.filter((name) => !/^(@types\/node|undici-types)$/.test(name)).sort(),
      light.sort(),
    );
  });

  test("ES modules and CommonJS import it, its README's example runs", async (context) => {
    if (noRegistry) return context.skip(noRegistry);
    const readme = readFileSync(join(libFolder, "README.md"), "utf8");
    write("readme.mjs", /```ts\n(.*?)```/s.exec(readme)![1]);
    assert.match(await node("readme.mjs"), /^\d+ of 2000 rows are anomalous$/);
    const use = "console.log(typeof fitIsolationForest, averagePathLength(2))";
    write("use.cjs", `const { fitIsolationForest, averagePathLength } = require("traffic-anomaly");\n${use}`);
    write("use.mjs", `import { fitIsolationForest, averagePathLength } from "traffic-anomaly";\n${use}`);
    assert.equal(await node("use.cjs"), "function 1");
    assert.equal(await node("use.mjs"), "function 1");
  });

  test("strict TypeScript takes it without skipLibCheck, by nodenext and for bundlers", async (context) => {
    if (!tryAll) return context.skip("compiles for ten seconds: set CI=true to run it");
    if (noRegistry) return context.skip(noRegistry);
    const code = `import { fitIsolationForest, tensorflow, type Matrix } from "traffic-anomaly";
      import { query } from "traffic-anomaly/notebook";
      import { rocFigure } from "traffic-anomaly/visualize";
      const matrix: Matrix = { rows: 2, columns: ["a"], data: new Float32Array(2) };
      export const scores: Promise<Float64Array> = fitIsolationForest(matrix).then((forest) => forest.score(matrix));
      // @ts-expect-error: no option
      export const wrong = fitIsolationForest(matrix, { nTrees: 3 });
      import { fitIsolationForest as alone } from "traffic-anomaly/isolation-forest";
      export const forest: ReturnType<typeof fitIsolationForest> = alone(matrix);
      export { query, rocFigure, tensorflow };`;
    for (const name of ["strict.mts", "strict.cts", "strict.ts"]) write(name, code);
    write("readme.mts", readFileSync(join(project, "readme.mjs"), "utf8"));
    const compile = (kind: string, ...files: string[]) => {
      const [module, moduleResolution] = kind.split(" ");
      const modules = ["--module", module, "--moduleResolution", moduleResolution];
      const options = ["--ignoreConfig", "--strict", "--noEmit", "--target", "es2022", "--types", "node"];
      return node(compiler, ...options, ...modules, ...files);
    };
    const complaints = await Promise.all([
      compile("nodenext nodenext", "strict.mts", "strict.cts", "readme.mts"),
      compile("esnext bundler", "strict.ts", "readme.mts"),
    ]).catch((error) => [error.stdout]);
    assert.equal(complaints.join(""), "");
  });

  test("a command says in a sentence what it lacks, and the doctor names all of it", async (context) => {
    if (noRegistry) return context.skip(noRegistry);
    const command = join("node_modules", "traffic-anomaly", "traffic-anomaly.js");
    await node(command, "simulate", "--format", "zeek", "--connections", "500", "--out", "conn.log");
    await assert.rejects(node(command, "train", "conn.log", "--out", "model"), {
      code: 2,
      stderr:
        "error: this needs the package plotly.js-basic-dist-min, which is not installed: npm install plotly.js-basic-dist-min@4.1.1\n",
    });
    const findings = JSON.parse(await node(command, "doctor", "--json"));
    const { state, words } = findings.find(({ name }: { name: string }) => name === "Packages");
    assert.equal(state, "optional");
    for (const name of ["@duckdb/node-api", "@tensorflow/tfjs", "tslab", "zeromq"])
      assert.ok(words.includes(name));
  });

  test("a cell of a tslab notebook imports it", async (context) => {
    if (!tryAll) return context.skip("installs tslab: set CI=true to run it");
    if (!noRegistry) await install("tslab@1.0.22");
    if (noRegistry) return context.skip(noRegistry);
    write(
      "cell.cjs",
      `const { Kernel } = require("traffic-anomaly/dist/notebook/tools/kernel-client");
      (async () => {
        const kernel = await Kernel.create(".");
        for (const line of ["console.log(averagePathLength(2))", "const wrong: string = averagePathLength(2);"]) {
          const { outputs } = await kernel.execute('import { averagePathLength } from "traffic-anomaly";\\n' + line);
          console.log(JSON.stringify(outputs));
        }
        await kernel.shutdown();
      })();`,
    );
    const [right, wrong] = (await node("cell.cjs")).split("\n");
    assert.match(right, /"stdout","text":"1\\n"/);
    assert.match(wrong, /Type 'number' is not assignable to type 'string'/); // so tslab knows the types
  });
});
