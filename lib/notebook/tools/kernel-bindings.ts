import { SourceMap } from "node:module";
import type {
  ImportDeclaration,
  Node,
  ScriptTarget,
  SourceFile,
  Statement,
  VariableDeclarationList,
} from "@tslab/typescript-for-tslab";

export type Compiler = typeof import("@tslab/typescript-for-tslab");

/** A cell as the body of a function of `exports` and `require`. */
export interface BoundCell {
  readonly code: string;
  /** The line of the cell, from 1, that a place in the code comes from. */
  lineOf(line: number, column: number): number | undefined;
}

/**
 * Makes every top-level name of a cell a property of `exports`, which all cells share: a name is the same variable
 * wherever it is used, whoever declares it anew. (tslab makes it a variable of the cell and copies its value to
 * `exports` for later cells, so that functions of the cell never see what a later one assigns.)
 *
 * What is declared with `export let` TypeScript reads and writes as `exports.name`, in all places and no more; so
 * each name becomes that, the cell's own and those of earlier cells.
 *
 * @param script the cell as tslab emits it: a module in JavaScript, which exports all its names at its end, with a source map
 * @param earlier names that earlier cells declared
 */
export function bindNames(
  ts: Compiler,
  script: string,
  earlier: readonly string[],
  target: ScriptTarget,
): BoundCell {
  const { text, lines } = exportingLet(ts, script, earlier);
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: "cell.js",
    compilerOptions: {
      ...{ module: ts.ModuleKind.CommonJS, esModuleInterop: true, target, noImplicitUseStrict: true },
      ...{ newLine: ts.NewLineKind.LineFeed, sourceMap: true },
    },
    transformers: { after: [() => (file) => withoutReset(ts, file)] },
  });
  const maps = [sourceMapText!, inlineMap(script)].map((map) => () => new SourceMap(JSON.parse(map)));
  return {
    code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    lineOf(line, column) {
      const bound = maps[0]().findEntry(line - 1, column - 1);
      if (!("originalLine" in bound)) return undefined;
      const emitted = maps[1]().findEntry(lines[bound.originalLine], bound.originalColumn);
      // tslab puts a line of its own before the cell
      return "originalLine" in emitted ? emitted.originalLine : undefined;
    },
  };
}

/** The module with each name declared by `export let`, and for each of its lines that of the script it comes from. */
function exportingLet(
  ts: Compiler,
  script: string,
  earlier: readonly string[],
): { text: string; lines: number[] } {
  const source = ts.createSourceFile("cell.js", script, ts.ScriptTarget.ESNext, true, ts.ScriptKind.JS);
  const own = new Set(source.statements.flatMap((statement) => exportedNames(ts, statement)));
  const declared = new Set(source.statements.flatMap((statement) => declaredNames(ts, statement)));
  const others = [...new Set([...earlier, ...own])].filter((name) => !declared.has(name));
  const functions: Statement[] = [];
  const rest: Statement[] = [];
  for (const statement of source.statements) {
    if (exportedNames(ts, statement).length > 0) continue;
    (ts.isFunctionDeclaration(statement) ? functions : rest).push(statement);
  }
  const text: string[] = [others.length > 0 ? `export let ${others.join(", ")};` : ""];
  const lines = [0];
  for (const statement of [...functions, ...rest]) {
    const first = source.getLineAndCharacterOfPosition(statement.getStart(source)).line;
    const exporting = exportingStatement(ts, source, statement, own).split("\n");
    text.push(...exporting);
    lines.push(...exporting.map((_, i) => first + i));
  }
  return { text: text.join("\n"), lines };
}

/** The names in `export { a, b }`, which tslab puts at the end. */
function exportedNames(ts: Compiler, statement: Statement): string[] {
  if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier || !statement.exportClause) return [];
  return ts.isNamedExports(statement.exportClause)
    ? statement.exportClause.elements.map(({ name }) => name.text)
    : [];
}

function declaredNames(ts: Compiler, statement: Statement): string[] {
  if (ts.isVariableStatement(statement)) return namesOf(ts, statement.declarationList);
  if (ts.isImportDeclaration(statement)) return importedNames(ts, statement).map(({ text }) => text);
  if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement))
    return statement.name ? [statement.name.text] : [];
  return [];
}

function namesOf(ts: Compiler, node: Node): string[] {
  if (ts.isIdentifier(node)) return [node.text];
  if (ts.isVariableDeclarationList(node)) return node.declarations.flatMap(({ name }) => namesOf(ts, name));
  if (ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    return node.elements.flatMap((element) =>
      ts.isOmittedExpression(element) ? [] : namesOf(ts, element.name),
    );
  return [];
}

function importedNames(ts: Compiler, { importClause }: ImportDeclaration) {
  const bindings = importClause?.namedBindings;
  const named = bindings && ts.isNamespaceImport(bindings) ? [bindings] : (bindings?.elements ?? []);
  return [importClause, ...named].flatMap((place) => place?.name ?? []);
}

/** A statement that declares the cell's names by `export let`; it has as many lines as before. */
function exportingStatement(
  ts: Compiler,
  source: SourceFile,
  statement: Statement,
  own: ReadonlySet<string>,
): string {
  const { text } = source;
  const start = statement.getStart(source);
  if (!declaredNames(ts, statement).some((name) => own.has(name))) return withoutVar(ts, source, statement);
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations
      .map(({ name, initializer, pos, end }) => {
        // The commas and line breaks between declarations stay as white space.
        const before = text.slice(pos, name.getStart(source));
        if (!initializer) return `${before}export let ${text.slice(name.getStart(source), end)} = void 0;`;
        const assignment = text.slice(name.getStart(source), end);
        return ts.isIdentifier(name)
          ? `${before}export let ${assignment};`
          : `${before}export let ${namesOf(ts, name).join(", ")}; (${assignment});`;
      })
      .join("");
  if (ts.isImportDeclaration(statement)) {
    const names = importedNames(ts, statement);
    const edits = names.map((name) => {
      const renamed = `${name.text}$imported`;
      const short = ts.isImportSpecifier(name.parent) && !name.parent.propertyName;
      return {
        start: name.getStart(source),
        end: name.end,
        text: short ? `${name.text} as ${renamed}` : renamed,
      };
    });
    const values = names.map((name) => `${name.text} = ${name.text}$imported`);
    return `${edited(text, start, statement.end, edits)} export let ${values.join(", ")};`;
  }
  const declaration = statement as Statement & { readonly name: Node };
  // A class sees itself in its body before it is assigned; a function takes its name from what it is assigned to.
  const { name } = declaration;
  const edits = ts.isClassDeclaration(statement)
    ? []
    : [{ start: name.getStart(source), end: name.end, text: "" }];
  return `export let ${name.getText(source)} = ${edited(text, start, statement.end, edits)};`;
}

/** A statement whose inner `var`s, which are names of the whole cell, are plain assignments. */
function withoutVar(ts: Compiler, source: SourceFile, statement: Statement): string {
  const { text } = source;
  const edits: Edit[] = [];
  const visit = (node: Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclarationList(node) && isVar(node)) {
      const [first] = node.declarations;
      edits.push({ start: node.getStart(source), end: first.name.getStart(source), text: "" });
      if (ts.isForInStatement(node.parent) || ts.isForOfStatement(node.parent)) return;
      for (const { name, end } of node.declarations)
        if (!ts.isIdentifier(name))
          edits.push({ ...at(name.getStart(source)), text: "(" }, { ...at(end), text: ")" });
    }
    ts.forEachChild(node, visit);
  };
  // A top-level `var` that is not the cell's own is the compiler's.
  if (!ts.isVariableStatement(statement)) visit(statement);
  return edited(text, statement.getStart(source), statement.end, edits);

  function isVar({ flags }: VariableDeclarationList): boolean {
    return (flags & ts.NodeFlags.BlockScoped) === 0;
  }
  function at(position: number) {
    return { start: position, end: position };
  }
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(text: string, start: number, end: number, edits: readonly Edit[]): string {
  let result = "";
  let position = start;
  for (const edit of edits) {
    result += text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return result + text.slice(position, end);
}

/** Without TypeScript's `exports.a = exports.b = void 0`: earlier cells gave the names values. */
function withoutReset(ts: Compiler, file: SourceFile): SourceFile {
  const isReset = (statement: Statement): boolean => {
    if (statement.pos >= 0 || !ts.isExpressionStatement(statement)) return false;
    let value = statement.expression;
    while (ts.isBinaryExpression(value)) value = value.right;
    return ts.isVoidExpression(value);
  };
  return ts.factory.updateSourceFile(
    file,
    file.statements.filter((statement) => !isReset(statement)),
  );
}

function inlineMap(script: string): string {
  const [, base64] = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)\s*$/.exec(script)!;
  return Buffer.from(base64, "base64").toString();
}
