import { SourceMap, type SourceMapping } from "node:module";
import type {
  ImportDeclaration,
  Node,
  ScriptTarget,
  SourceFile,
  Statement,
  SymbolTable,
  TypeChecker,
  VariableDeclarationList,
} from "@tslab/typescript-for-tslab";

export type Compiler = typeof import("@tslab/typescript-for-tslab");

/** A cell as the body of a function of `exports` and `require`. */
export interface BoundCell {
  readonly code: string;
  /** Its own names. */
  readonly names: readonly string[];
  /** The line of the cell, from 1, that a place in the code comes from. */
  lineOf(line: number, column: number): number | undefined;
}

/** A cell with spaces for each `export`, which says nothing here: all names are every cell's, and tslab exports them itself. */
export function withoutExports(ts: Compiler, cell: string): string {
  const source = ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.ESNext, true);
  const parts = source.statements.flatMap((statement): readonly Node[] => {
    if (ts.isExportDeclaration(statement)) return statement.moduleSpecifier ? [] : [statement];
    const isNameless = "name" in statement && statement.name === undefined;
    const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined;
    const { ExportKeyword, DefaultKeyword } = ts.SyntaxKind;
    return isNameless || !modifiers
      ? []
      : modifiers.filter(({ kind }) => kind === ExportKeyword || kind === DefaultKeyword);
  });
  let text = cell;
  for (const part of parts) {
    const start = part.getStart(source);
    const blank = text.slice(start, part.end).replace(/[^\r\n]/g, " ");
    text = text.slice(0, start) + blank + text.slice(part.end);
  }
  return text;
}

/** Declares each `var` of a block for later cells: it is a name of the whole cell. */
export function declareInnerVars(
  ts: Compiler,
  checker: TypeChecker,
  { locals, statements }: SourceFile & { readonly locals: SymbolTable },
): string {
  const outer = new Set(statements.filter(ts.isVariableStatement).map((s) => s.declarationList));
  const isInner = (node: Node | undefined): boolean =>
    node !== undefined && (ts.isVariableDeclarationList(node) ? !outer.has(node) : isInner(node.parent));
  const declarations: string[] = [];
  locals.forEach((symbol, name) => {
    const { valueDeclaration } = symbol;
    if (!valueDeclaration || !isInner(valueDeclaration)) return;
    const type = checker.getTypeOfSymbolAtLocation(symbol, valueDeclaration);
    const text = checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
    declarations.push(`declare let ${name}: ${text};\n`);
  });
  return declarations.join("");
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
  const { text, lines, names } = exportingLet(ts, script, earlier);
  const { outputText, sourceMapText } = ts.transpileModule(text, {
    fileName: "cell.js",
    compilerOptions: {
      ...{ module: ts.ModuleKind.CommonJS, esModuleInterop: true, target, noImplicitUseStrict: true },
      ...{ newLine: ts.NewLineKind.LineFeed, sourceMap: true },
    },
    transformers: { after: [() => (file) => withoutReset(ts, file)] },
  });
  return {
    code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    names,
    lineOf(line, column) {
      const bound = origin(sourceMapText!, line - 1, column - 1);
      const emitted = bound && origin(inlineMap(script), lines[bound.originalLine], bound.originalColumn);
      return emitted?.originalLine; // from 1, as tslab puts a line of its own before the cell
    },
  };
}

/** Where a place comes from by a source map; all from 0. */
function origin(map: string, line: number, column: number): SourceMapping | undefined {
  const sourceMap = new SourceMap(JSON.parse(map));
  // Before the first place of a line that the map knows there is nothing to find; then any of the line does.
  for (const place of [column, Number.MAX_SAFE_INTEGER]) {
    const found = sourceMap.findEntry(line, place);
    if ("originalLine" in found && found.generatedLine === line) return found;
  }
  return undefined;
}

/** The module with each name declared by `export let`, for each of its lines that of the script it comes from, and the names. */
function exportingLet(
  ts: Compiler,
  script: string,
  earlier: readonly string[],
): { text: string; lines: number[]; names: string[] } {
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
  return { text: text.join("\n"), lines, names: [...own] };
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
  const names = declaredNames(ts, statement).filter((name) => own.has(name));
  if (names.length === 0) return withoutVar(ts, source, statement);
  if (ts.isVariableStatement(statement)) return exportingVariables(ts, source, statement.declarationList);
  if (ts.isImportDeclaration(statement)) return exportingImport(ts, source, statement);
  const { name } = statement as Statement & { readonly name: Node };
  // A class sees itself in its body before it is assigned; a function takes its name from what it is assigned to.
  const nameless = { start: name.getStart(source), end: name.end, text: "" };
  const value = edited(source, statement, ts.isClassDeclaration(statement) ? [] : [nameless]);
  return `export let ${name.getText(source)} = ${value};`;
}

function exportingVariables(ts: Compiler, { text }: SourceFile, { declarations }: VariableDeclarationList) {
  const statements = declarations.map(({ name, initializer, pos, end }) => {
    const assignment = text.slice(name.getStart(), end);
    // What is between two declarations, such as the end of a line, stays.
    const space = text.slice(pos, name.getStart());
    if (!initializer) return `${space}export let ${assignment} = void 0;`;
    if (ts.isIdentifier(name)) return `${space}export let ${assignment};`;
    return `${space}export let ${namesOf(ts, name).join(", ")}; (${assignment});`;
  });
  return statements.join("");
}

/** `import { a as a$imported } from "b"; export let a = a$imported;` */
function exportingImport(ts: Compiler, source: SourceFile, statement: ImportDeclaration): string {
  const names = importedNames(ts, statement);
  const edits = names.map((name) => {
    const start = ts.isImportSpecifier(name.parent) && !name.parent.propertyName ? `${name.text} as ` : "";
    return { start: name.getStart(source), end: name.end, text: `${start}${name.text}$imported` };
  });
  const values = names.map(({ text }) => `${text} = ${text}$imported`);
  return `${edited(source, statement, edits)} export let ${values.join(", ")};`;
}

/** A statement whose inner `var`s, which are names of the whole cell, are plain assignments. */
function withoutVar(ts: Compiler, source: SourceFile, statement: Statement): string {
  const edits: Edit[] = [];
  const visit = (node: Node): void => {
    if (ts.isFunctionLike(node) || ts.isClassLike(node)) return;
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.BlockScoped) === 0) {
      const [first] = node.declarations;
      edits.push({ start: node.getStart(source), end: first.name.getStart(source), text: "" });
      const isAssigned = !ts.isForInStatement(node.parent) && !ts.isForOfStatement(node.parent);
      for (const { name, end } of node.declarations)
        if (isAssigned && !ts.isIdentifier(name)) {
          const start = name.getStart(source);
          edits.push({ start, end: start, text: "(" }, { start: end, end, text: ")" });
        }
    }
    ts.forEachChild(node, visit);
  };
  // A top-level `var` that is not the cell's own is the compiler's.
  if (!ts.isVariableStatement(statement)) visit(statement);
  return edited(source, statement, edits);
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function edited(source: SourceFile, statement: Statement, edits: readonly Edit[]): string {
  let text = "";
  let position = statement.getStart(source);
  for (const edit of edits) {
    text += source.text.slice(position, edit.start) + edit.text;
    position = edit.end;
  }
  return text + source.text.slice(position, statement.end);
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
