// A reader runs a cell again, after a change or by mistake. What that breaks without a word is found by reading the cells, and
// by running each twice.
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { suite, test } from "node:test";
import ts from "@tslab/typescript-for-tslab";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { verdictsIn } from "traffic-anomaly/dist/notebook/course/check";
import { type CellResult, Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { codeCells, type Notebook, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { parametersOf } from "traffic-anomaly/dist/notebook/tools/parameters";
import { prepareCopy } from "traffic-anomaly/dist/notebook/tools/run-copy";
import { compareOutputs, failureOf, withResults } from "traffic-anomaly/dist/notebook/tools/runner";
import { noNetwork } from "../fixtures/no-network";
import { foreignWords, unprintedNumbers } from "./numbers";

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
  const files = await findNotebooks([], folder);
  assert.ok(files.some((file) => file.includes("solutions")));
  for (const file of files) {
    const { cells } = await readNotebook(file);
    const code = cells.filter((cell) => cell.cell_type === "code").map(({ source }) => source);
    assert.deepEqual(differsAgain(code), [], relative(folder, file));
  }
});

// The kernels inherit it: captions are asked for, not pictures, and there is no other data.
process.env.TRAFFIC_BROWSER = "";
delete process.env.TRAFFIC_DATA;
Object.assign(process.env, noNetwork);

/** Runs a notebook on simulated traffic, each cell twice in a row; gives it with what was shown first, and what again. */
async function runTwice(file: string): Promise<readonly Notebook[]> {
  const hasData = parametersOf(await readNotebook(file)).has("data");
  const notebook = await prepareCopy(file, new Map(hasData ? [["data", "simulated"]] : []));
  const runs: CellResult[][] = [[], []];
  const kernel = await Kernel.create(dirname(file));
  try {
    for (const { source } of codeCells(notebook))
      for (const run of runs) {
        const result = await kernel.execute(source);
        assert.equal(failureOf(result, { timeoutSeconds: 0, ending: kernel.ending }), undefined, source);
        run.push({ ...result, executionCount: null });
      }
  } finally {
    await kernel.shutdown();
  }
  return runs.map((run) => withResults(notebook, run));
}

/** Those that CI runs: the cheapest notebook, and a solution that reads data. */
const cheap = ["00-welcome", "solutions/01-exploration"];

suite("with each cell run twice, on simulated traffic,", async () => {
  for (const file of await findNotebooks([], folder)) {
    const name = relative(folder, file).replace(/\.ipynb$/, "");
    const runs = process.env.TEST_CASES === "all" || (process.env.CI === "true" && cheap.includes(name));
    test(`${name} shows the same again, which its text agrees with, and solutions are right`, {
      skip: runs ? false : "takes a quarter of an hour in all: set TEST_CASES=all to run it",
    }, async () => {
      const [first, second] = await runTwice(file);
      assert.deepEqual(compareOutputs(first, second), []);
      assert.deepEqual([...unprintedNumbers(second), ...foreignWords(second)], []);
      const expected = name.startsWith("solutions") ? "right" : "open";
      for (const { exercise, verdict } of verdictsIn(second)) assert.equal(verdict, expected, exercise);
    });
  }
});
