// tslab compiles notebooks with TypeScript 5.0.4. What it cannot read in a declaration becomes `any` without a word.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import { declarationFiles, libFolder } from "./sources";

const declarations = declarationFiles();
const consumer = join(__dirname, "consumer.ts");

// As tslab has it; but errors in declarations are looked at, not skipped.
const program = ts.createProgram([...declarations, consumer], {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Node10,
  esModuleInterop: true,
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2022.d.ts"],
  typeRoots: [join(libFolder, "..", "node_modules", "@types")],
  types: ["node"],
  noEmit: true,
});

function problemsOf(file: string): string[] {
  const source = program.getSourceFile(file);
  assert.ok(source, file);
  const diagnostics = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  return diagnostics.map(({ start = 0, messageText }) => {
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    return `${relative(libFolder, file)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

test("the compiler is that of tslab", () => {
  assert.equal(ts.version, "5.0.4");
});

test("TypeScript 5.0.4 reads every declaration of the library without an error", () => {
  assert.ok(declarations.length > 40);
  assert.deepEqual(declarations.flatMap(problemsOf), []);
});

test("what a notebook does with the library compiles, and no result is any", () => {
  assert.deepEqual(problemsOf(consumer), []);
});

test("no type in a declaration is silently any", () => {
  const checker = program.getTypeChecker();
  const found: string[] = [];
  let looked = 0;
  for (const file of declarations) {
    const source = program.getSourceFile(file)!;
    const visit = (node: ts.Node): void => {
      // What stands between the texts of a template is no type of its own.
      const isType = ts.isTypeNode(node) && !ts.isTemplateLiteralTypeSpan(node);
      if (isType && node.kind !== ts.SyntaxKind.AnyKeyword) {
        looked++;
        if (checker.getTypeFromTypeNode(node).flags & ts.TypeFlags.Any)
          found.push(`${relative(libFolder, file)}: ${node.getText(source)}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  assert.ok(looked > 500, `looked at ${looked} types`);
  assert.deepEqual(found, []);
});

test("no declaration uses what only later compilers know", () => {
  for (const file of declarations) {
    const text = readFileSync(file, "utf8");
    for (const later of ["<ArrayBuffer", "ArrayIterator", "<SharedArrayBuffer"])
      assert.ok(!text.includes(later), `${relative(libFolder, file)} holds ${later}`);
  }
});
