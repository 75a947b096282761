import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type {
  Declaration,
  Node,
  Program,
  SourceFile,
  Type,
  TypeChecker,
  Symbol as TypeSymbol,
} from "@tslab/typescript-for-tslab";
import { InputError } from "../../common/errors";
import { codeCells, type Notebook, readNotebook } from "./notebook";

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
 * Type-checks notebooks as strictly as the library, which tslab does not; finds promises that nobody awaits, and code
 * that is right but that tslab breaks, so that it would end in a strange ReferenceError or SyntaxError. A notebook counts as one module, its cells in order; so no name may be declared or imported twice, although tslab
 * allows it: a cell that is run again would else mean another thing than before.
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
      ...brokenByTslab(ts, program, modules),
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

interface CheckedModule {
  readonly file: string;
  readonly path: string;
  readonly places: readonly Pick<Complaint, "cell" | "line">[];
}

interface Finding {
  readonly module: CheckedModule;
  /** From 0. */
  readonly line: number;
  readonly message: string;
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

type Compiler = typeof import("@tslab/typescript-for-tslab");

function tslabCompiler(require: NodeJS.Require): Compiler {
  return createRequire(require.resolve("tslab"))("@tslab/typescript-for-tslab");
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

/** Calls `look` for every node of every notebook; what it answers is what is wrong with the node. */
function findingsOf(
  ts: Compiler,
  program: Program,
  modules: readonly CheckedModule[],
  look: (node: Node, source: SourceFile, module: CheckedModule) => string | undefined,
): Finding[] {
  const findings: Finding[] = [];
  for (const module of modules) {
    const source = program.getSourceFile(module.path)!;
    const visit = (node: Node): void => {
      const message = look(node, source, module);
      if (message !== undefined) findings.push({ module, line: lineOf(node, source), message });
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return findings;
}

function lineOf(node: Node, source: SourceFile): number {
  return source.getLineAndCharacterOfPosition(node.getStart(source)).line;
}

/**
 * Statements that are a promise and no more. Biome's rule looks at no types of other modules, so it would miss each
 * promise of the library; tslab's own compiler knows them.
 */
function floatingPromises(ts: Compiler, program: Program, modules: readonly CheckedModule[]): Finding[] {
  const checker = program.getTypeChecker();
  return findingsOf(ts, program, modules, (node) => {
    if (!ts.isExpressionStatement(node) || isHandled(node.expression)) return undefined;
    return isPromise(checker.getTypeAtLocation(node.expression), checker)
      ? "this promise is not awaited"
      : undefined;
  });

  /** Whether a promise's failure has somewhere to go: `….catch(f)`, `….then(f, g)`. */
  function isHandled(expression: Node): boolean {
    if (!ts.isCallExpression(expression) || !ts.isPropertyAccessExpression(expression.expression))
      return false;
    const method = expression.expression.name.text;
    const { length } = expression.arguments;
    return (method === "catch" && length > 0) || (method === "then" && length > 1);
  }
}

/**
 * tslab turns a name of an earlier cell into `exports.name`, but not in `{ name }`, and wrongly in `const { name: other }`
 * where that cell declared the property; and outside of a function it takes `await (…)` for a call and overlooks
 * `for await`.
 */
function brokenByTslab(ts: Compiler, program: Program, modules: readonly CheckedModule[]): Finding[] {
  const checker = program.getTypeChecker();
  return findingsOf(ts, program, modules, (node, source, { places }) => {
    const isEarlier = (symbol: TypeSymbol | undefined): boolean =>
      symbol?.declarations?.some(
        (declaration: Declaration) =>
          declaration.getSourceFile() === source &&
          places[lineOf(declaration, source)].cell < places[lineOf(node, source)].cell,
      ) ?? false;
    if (ts.isShorthandPropertyAssignment(node)) {
      const name = node.name.text;
      return isEarlier(checker.getShorthandAssignmentValueSymbol(node))
        ? `tslab cannot find '${name}' of an earlier cell in this shorthand: write '${name}: ${name}'`
        : undefined;
    }
    if (ts.isBindingElement(node) && node.propertyName && ts.isIdentifier(node.propertyName)) {
      return isOfVariable(node) && isEarlier(checker.getSymbolAtLocation(node.propertyName))
        ? `tslab breaks '{ ${node.propertyName.text}: … }' of an earlier cell's type: write '….${node.propertyName.text}'`
        : undefined;
    }
    if (ts.isAwaitExpression(node) && ts.isParenthesizedExpression(leftmost(node.expression)))
      return isInFunction(node)
        ? undefined
        : "tslab takes 'await (…)' outside of a function for a call: give what is in the parentheses a name first";
    if (ts.isForOfStatement(node) && node.awaitModifier && !isInFunction(node))
      return "tslab overlooks 'for await' outside of a function: put the loop into an async function";
    return undefined;
  });

  /** Whether a part of a pattern belongs to a variable; tslab does no harm to a parameter's. */
  function isOfVariable(node: Node): boolean {
    if (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
      return isOfVariable(node.parent);
    return ts.isVariableDeclaration(node);
  }

  /** What an expression begins with: `(f)` of `(f)(1).x`. */
  function leftmost(node: Node): Node {
    return ts.isCallExpression(node) ||
      ts.isPropertyAccessExpression(node) ||
      ts.isElementAccessExpression(node)
      ? leftmost(node.expression)
      : node;
  }

  function isInFunction(node: Node): boolean {
    return ts.findAncestor(node, (ancestor) => ts.isFunctionLike(ancestor)) !== undefined;
  }
}

/** Whether a value may be a promise, or an array of promises. */
function isPromise(type: Type, checker: TypeChecker): boolean {
  const kinds = type.isUnion() ? type.types : [type];
  return kinds.some((kind) =>
    [kind, kind.getNumberIndexType()].some((value) => {
      const then = value?.getProperty("then");
      const declaration = then?.valueDeclaration;
      if (!then || !declaration) return false;
      return checker.getTypeOfSymbolAtLocation(then, declaration).getCallSignatures().length > 0;
    }),
  );
}
