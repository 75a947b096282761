// A reader runs a cell again, after a change or by mistake. What that breaks without a word is found by reading the cells.
import assert from "node:assert/strict";
import { join, relative } from "node:path";
import { test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";

const folder = join(__dirname, "..", "..", "notebooks");

/** Methods of arrays, maps and sets that do something else when they are called again. */
const changing = /^(push|unshift|splice|pop|shift|reverse|delete|clear)$/;

/** The names that a statement declares. */
function declared(statement: ts.Statement): { name: string; value: string }[] {
  const names = (name: ts.BindingName): string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((element) => (ts.isOmittedExpression(element) ? [] : names(element.name)));
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name, initializer }) =>
      names(name).map((name) => ({ name, value: initializer?.getText() ?? "" })),
    );
  const name =
    ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ? statement.name : undefined;
  return name ? [{ name: name.text, value: "" }] : [];
}

/** The variable that an expression is, or is a part of. */
function variable(expression: ts.Expression): string | undefined {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ||
    ts.isElementAccessExpression(expression) ||
    ts.isNonNullExpression(expression) ||
    ts.isParenthesizedExpression(expression)
    ? variable(expression.expression)
    : undefined;
}

/** What cells do to variables of earlier cells, or draw from their generators, that comes out differently when a cell is run again. */
function differsAgain(cells: readonly string[]): string[] {
  const found: string[] = [];
  const earlier = new Map<string, string>();
  for (const cell of cells) {
    const source = ts.createSourceFile("cell.ts", cell, ts.ScriptTarget.ES2022, true);
    const own = source.statements.flatMap(declared);
    for (const { name } of own) earlier.delete(name);
    const visit = (node: ts.Node, hidden: ReadonlySet<string>): void => {
      // Parameters and variables of inner blocks hide names of earlier cells.
      const inner = new Set(hidden);
      const isScope =
        ts.isFunctionLike(node) || ts.isBlock(node) || ts.isForStatement(node) || ts.isForOfStatement(node);
      if (isScope)
        ts.forEachChild(node, function collect(child): void {
          if ((ts.isParameter(child) || ts.isVariableDeclaration(child)) && ts.isIdentifier(child.name))
            inner.add(child.name.text);
          if (!ts.isFunctionLike(child)) ts.forEachChild(child, collect);
        });
      const ofEarlier = (expression: ts.Expression) => {
        const name = variable(expression);
        return name !== undefined && earlier.has(name) && !inner.has(name);
      };
      const counts =
        (ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) &&
        [ts.SyntaxKind.PlusPlusToken, ts.SyntaxKind.MinusMinusToken].includes(node.operator) &&
        ofEarlier(node.operand);
      const adds =
        ts.isBinaryExpression(node) &&
        node.operatorToken.kind > ts.SyntaxKind.EqualsToken &&
        node.operatorToken.kind <= ts.SyntaxKind.LastAssignment &&
        ofEarlier(node.left);
      const changes =
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        changing.test(node.expression.name.text) &&
        ofEarlier(node.expression.expression);
      const draws =
        ts.isIdentifier(node) &&
        earlier.get(node.text)?.match(/^([\w.]*\.)?createRandom\(/) &&
        ofEarlier(node);
      const isName =
        (ts.isPropertyAccessExpression(node.parent) || ts.isPropertyAssignment(node.parent)) &&
        node.parent.name === node;
      if (counts || adds || changes || (draws && !isName)) found.push(node.parent.getText().split("\n")[0]);
      ts.forEachChild(node, (child) => visit(child, inner));
    };
    for (const statement of source.statements) visit(statement, new Set());
    for (const { name, value } of own) earlier.set(name, value);
  }
  return found;
}

test("what comes out differently when a cell is run again is found", () => {
  const first = 'const list = [1], total = { sum: 0 }; let n = 0; const random = createRandom(1, "a");';
  const bad = [
    "list.push(2)",
    "for (const x of [1]) total.sum += x;",
    "n++",
    "const y = random.uniform();",
    "list[0]--",
  ];
  const good = [
    "n = 1",
    "const list = [2]; list.push(3)",
    "const twice = (list: number[]) => list.push(1);",
    "[3].forEach((n) => n++)",
    "for (let n = 0; n < 2; n++);",
    'const random = createRandom(1, "a"); random.uniform();',
    "({ random: 1, push: list })",
  ];
  for (const cell of bad) assert.equal(differsAgain([first, cell]).length, 1, cell);
  for (const cell of good) assert.deepEqual(differsAgain([first, cell]), [], cell);
});

test("each cell of a notebook can be run again: none adds to what an earlier cell declared, or draws from its generator", async () => {
  const files = (
    await Promise.all([folder, join(folder, "solutions")].map((place) => findNotebooks([], place)))
  ).flat();
  assert.ok(files.length > 8);
  for (const file of files) {
    const { cells } = await readNotebook(file);
    const code = cells.filter((cell) => cell.cell_type === "code").map(({ source }) => source);
    assert.deepEqual(differsAgain(code), [], relative(folder, file));
  }
});
