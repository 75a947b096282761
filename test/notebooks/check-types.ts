import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Program } from "@tslab/typescript-for-tslab";
import { InputError } from "traffic-anomaly/dist/common/errors";
import { loadPackage } from "traffic-anomaly/dist/common/packages";
import type { Compiler } from "traffic-anomaly/dist/notebook/tools/kernel-bindings";
import { codeCells, type Notebook, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { type CheckedModule, type Finding, floatingPromises } from "./floating-promises";

/** What is wrong in a cell. */
export interface Complaint {
  readonly file: string;
  /** The cell's number when all are run from the top: the 7 of `[7]`. */
  readonly cell: number;
  /** The line in the cell, from 1. */
  readonly line: number;
  readonly message: string;
}

/**
 * Type-checks notebooks as strictly as the library, which tslab does not, and finds promises that nobody awaits. A
 * notebook counts as one module, its cells in order; so no name may be declared or imported twice, although the kernel
 * allows it: a cell that is run again would otherwise mean another thing than before.
 *
 * Takes about 2 seconds and 1 more for each notebook.
 *
 * @throws {InputError} if a file is no TypeScript notebook, or the project's tools are not installed beside it
 */
export async function checkTypes(files: readonly string[]): Promise<Complaint[]> {
  if (files.length === 0) return [];
  const folder = await realpath(await mkdtemp(join(tmpdir(), "traffic-anomaly-strict-")));
  try {
    const require = createRequire(resolve(files[0]));
    await symlink(nodeModules(require, files[0]), join(folder, "node_modules"), "junction");
    const modules: CheckedModule[] = [];
    for (const [i, file] of files.entries()) {
      const { text, places } = moduleOf(await readNotebook(file));
      const path = join(folder, `notebook-${i}.ts`);
      await writeFile(path, text);
      modules.push({ file, path, places });
    }
    const ts = tslabCompiler(require);
    const program = programOf(ts, folder, modules);
    const findings = [
      ...(await typeErrors(require, folder, modules)),
      ...floatingPromises(ts, program, modules),
    ];
    return findings.map(({ module: { file, places }, line, message }) => ({
      file,
      ...places[line],
      message,
    }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A notebook's cells as one module, and where each of its lines comes from. */
export function moduleOf(notebook: Notebook): { text: string; places: Pick<Complaint, "cell" | "line">[] } {
  const lines: string[] = [];
  const places: Pick<Complaint, "cell" | "line">[] = [];
  for (const [i, { source }] of codeCells(notebook).entries()) {
    for (const [j, line] of source.split("\n").entries()) {
      lines.push(line);
      places.push({ cell: i + 1, line: j + 1 });
    }
  }
  return { text: `${lines.join("\n")}\nexport {};\n`, places };
}

function nodeModules(require: NodeJS.Require, file: string): string {
  try {
    return dirname(dirname(require.resolve("typescript/package.json")));
  } catch {
    throw new InputError(
      `TypeScript is not installed beside ${file}: run 'npm install' in the project's folder`,
    );
  }
}

async function typeErrors(
  require: NodeJS.Require,
  folder: string,
  modules: readonly CheckedModule[],
): Promise<Finding[]> {
  const compiler = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
  const options =
    "--ignoreConfig --strict --noEmit --skipLibCheck --pretty false --target es2022 --lib es2022";
  const modern = "--module esnext --moduleResolution bundler --types node";
  const parameters = [
    compiler,
    ...options.split(" "),
    ...modern.split(" "),
    ...modules.map(({ path }) => path),
  ];
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, parameters, { cwd: folder, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve(error && stdout === "" ? stderr || error.message : stdout);
    });
  });
  const findings: Finding[] = [];
  for (const line of output.trimEnd().split("\n")) {
    const found = /^notebook-(\d+)\.ts\((\d+),\d+\): error TS\d+: (.*)/.exec(line);
    if (found) findings.push({ module: modules[+found[1]], line: +found[2] - 1, message: found[3] });
    else if (/^\S/.test(line)) throw new Error(`the compiler failed: ${output}`);
  }
  return findings;
}

function tslabCompiler(require: NodeJS.Require): Compiler {
  return createRequire(loadPackage("tslab", () => require.resolve("tslab")))("@tslab/typescript-for-tslab");
}

function programOf(ts: Compiler, folder: string, modules: readonly CheckedModule[]): Program {
  return ts.createProgram(
    modules.map(({ path }) => path),
    {
      ...{ strict: true, noEmit: true, skipLibCheck: true, esModuleInterop: true },
      ...{ typeRoots: [join(folder, "node_modules", "@types")], types: ["node"] },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, lib: ["lib.es2022.d.ts"] },
      moduleResolution: ts.ModuleResolutionKind.Node10,
    },
  );
}
