// Whatever the library exports is used where a reader sees it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { exampleTexts, libFolder } from "./sources";

const project = join(libFolder, "..");

/** What readers see: code of notebooks and solutions, the READMEs, and the examples of doc comments. */
async function shownCode(): Promise<string> {
  const folders = [join(project, "notebooks"), join(project, "notebooks", "solutions")];
  const files = (await Promise.all(folders.map((folder) => findNotebooks([], folder)))).flat();
  const notebooks = await Promise.all(files.map(readNotebook));
  const cells = notebooks
    .flatMap(({ cells }) => cells)
    .filter((cell) => cell.cell_type === "code")
    .map(({ source }) => source);
  const readmes = [project, libFolder].map((folder) => readFileSync(join(folder, "README.md"), "utf8"));
  const inReadmes = readmes.flatMap((text) => text.match(/```ts\n.*?```|`[^`\n]+`/gs) ?? []);
  return [...cells, ...inReadmes, ...exampleTexts()].join("\n");
}

interface Exported {
  readonly isValue: boolean;
  /** Whether a type has this name: a class is one, too. */
  readonly isType: boolean;
  /** Its declaration. */
  readonly text: string;
}

/** What a declaration file exports, by name, also from other files. */
function exportsOf(file: string): Map<string, Exported> {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.ES2022, true);
  const found = new Map<string, Exported>();
  for (const statement of source.statements) {
    if (ts.isExportDeclaration(statement)) {
      const { moduleSpecifier, exportClause } = statement;
      assert.ok(exportClause && ts.isNamedExports(exportClause));
      if (!moduleSpecifier || !ts.isStringLiteral(moduleSpecifier)) continue; // of types that others export
      const others = exportsOf(join(dirname(file), `${moduleSpecifier.text}.d.ts`));
      for (const { name, isTypeOnly } of exportClause.elements) {
        const other = others.get(name.text);
        assert.ok(other, `${moduleSpecifier.text} exports ${name.text}`);
        const isValue = other.isValue && !statement.isTypeOnly && !isTypeOnly;
        found.set(name.text, { ...other, isValue });
      }
      continue;
    }
    const isExported = ts.canHaveModifiers(statement)
      ? ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
      : false;
    if (!isExported) continue;
    const isValue = !ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement);
    const isType = !isValue || ts.isClassDeclaration(statement);
    const named = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText())
      : [(statement as ts.DeclarationStatement).name!.getText()];
    for (const name of named)
      found.set(name, { isValue, isType, text: `${found.get(name)?.text ?? ""}${statement.getText()}` });
  }
  return found;
}

/** Types that a reader may have to name: what used values take and give, and what that consists of. */
function reached(exported: ReadonlyMap<string, Exported>, used: readonly string[]): Set<string> {
  const all = new Set(used);
  for (const name of all) {
    const words = new Set(exported.get(name)!.text.match(/\w+/g));
    for (const [other, { isType }] of exported) if (isType && words.has(other)) all.add(other);
  }
  return all;
}

const entries = JSON.parse(readFileSync(join(libFolder, "package.json"), "utf8")).exports;
const subpaths = Object.entries<{ types?: string }>(entries).filter(
  ([path, { types }]) => types && !path.includes("*"),
);

for (const [path, { types }] of subpaths)
  test(`whatever "traffic-anomaly${path.slice(1)}" exports is used by a notebook, a README or an example, or is a type of such`, async (context) => {
    const exported = exportsOf(join(libFolder, types!));
    const words = new Set((await shownCode()).match(/\w+/g));
    const used = [...exported.keys()].filter((name) => words.has(name));
    const all = reached(exported, used);
    assert.deepEqual(
      [...exported.keys()].filter((name) => !all.has(name)),
      [],
    );
    const values = [...exported.values()].filter(({ isValue }) => isValue).length;
    context.diagnostic(`${values} values and ${exported.size - values} types`);
  });
