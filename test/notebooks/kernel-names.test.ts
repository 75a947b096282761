// What names mean in a cell: each is one variable of the whole notebook, and right code runs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace } from "./workspace";

test("a name of the cells is one variable", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());

  /** Runs cells in turn; gives what the last one printed. */
  const run = async (...cells: string[]): Promise<string> => {
    let text = "";
    for (const cell of cells) {
      const { status, outputs } = await kernel.execute(cell);
      text = outputs.map((output) => ("text" in output ? output.text : JSON.stringify(output))).join("");
      assert.equal(status, "ok", `${cell}\n${text}`);
    }
    return text.trimEnd();
  };

  await context.test("for functions of earlier cells, however a later cell assigns it", async () => {
    await run(`
      let threshold = 0.5, other = 1;
      const flagged = (score: number) => score > threshold;
      class Judge { judge(score: number) { return score > threshold; } }
      const judge = new Judge();
      function pair() { return [threshold, other]; }
      const callbacks = [() => threshold];`);
    assert.equal(await run("threshold = 0.9", "flagged(0.7)"), "false");
    assert.equal(await run("judge.judge(0.7)"), "false");
    assert.equal(await run("threshold++; threshold += 1; callbacks[0]()"), "2.9");
    assert.equal(await run("[threshold, other] = [other, threshold]; pair()"), "[ 1, 2.9 ]");
    assert.equal(await run("({ threshold, x: other } = { threshold: 3, x: 4 }); pair()"), "[ 3, 4 ]");
    assert.equal(
      await run("for (threshold of [5, 6]); for (other = 0; other < 7; other++); pair()"),
      "[ 6, 7 ]",
    );
    assert.equal(await run("function set(x: number) { threshold = x; }", "set(8); pair()"), "[ 8, 7 ]");
    assert.equal(await run("await null; other = await Promise.resolve(9); pair()"), "[ 8, 9 ]");
    assert.equal(await run("(() => { let threshold = 0; threshold = 1; })(); pair()"), "[ 8, 9 ]");
  });

  await context.test("for functions of earlier cells, also when a later cell declares it anew", async () => {
    await run(`
      import { join as path } from "node:path";
      let size = 1;
      const [first, ...rest] = new Set([1, 2]), { deep: { width = 5 } } = { deep: {} as { width?: number } };
      function step(): number { return size; }
      function twice(n: number): number { return n === 0 ? 0 : step() + twice(n - 1); }
      class Shape { name() { return "old"; } }
      enum Kind { a, b }
      if (size) { var nested = 1; }
      const all = () => [size, first, rest, width, step(), new Shape().name(), Kind.b, nested, path("a", "b")];`);
    assert.equal(await run("String(all())"), "1,1,2,5,1,old,1,1,a/b");
    await run(`
      import { basename as path } from "node:path";
      const size = 2, { first, rest } = { first: 3, rest: [4] };
      let width = 6;
      function step() { return 7; }
      class Shape { name() { return "new"; } }
      enum Kind { b = 8 }
      for (var nested = 0; nested < 9; nested++);`);
    assert.equal(await run("String(all())"), "2,3,4,6,7,new,8,9,a");
    assert.equal(
      await run("String([twice(2), Kind[0], step.name, Shape.name, all.name])"),
      "14,,step,Shape,all",
    );
  });

  await context.test("for a cell that is run again", async () => {
    const first = "let total = 0;\nconst add = (x: number) => (total += x);";
    assert.equal(await run(first, "const addTwo = () => add(2);", "addTwo()", first, "addTwo(); total"), "2");
    assert.equal(
      await run(
        "let unset: number | undefined;",
        "unset = 1",
        "let unset: number | undefined;\nunset === undefined",
      ),
      "true",
    );
  });

  await context.test("that functions can use before the cell has come to it", async () => {
    assert.equal(
      await run("const early = later(2);\nfunction later(x: number) { return x * 2; }\nearly"),
      "4",
    );
    assert.equal(await run("const soon = () => value + 1;\nconst value = 2;\nsoon()"), "3");
    assert.equal(
      await run(
        "class Made { static all: Made[] = [new Made()]; static { Made.all.push(new Made()); } }\nMade.all.length",
      ),
      "2",
    );
  });

  await context.test("wherever it stands", async () => {
    await run(
      "const width = 3; interface Settings { width: number } const settings = { width, deep: { width: 4 } };",
    );
    assert.equal(await run("({ width })"), "{ width: 3 }");
    assert.equal(
      await run("const { width: renamed, deep: { width: inner } } = settings; [renamed, inner]"),
      "[ 3, 4 ]",
    );
    assert.equal(await run("await (async () => width)()"), "3");
    assert.equal(
      await run(
        "for (const x of [1]) { console.log(x + await (await Promise.resolve({ f: async () => width })).f()); }",
      ),
      "4",
    );
    assert.equal(await run("for await (const x of [Promise.resolve(width)]) console.log(x);"), "3");
    assert.equal(await run("[1].map((width) => width)"), "[ 1 ]");
    await run(
      "class Bound {}\nfor (var i = 0; i < 2; i++) { var [low, { high }] = [i, { high: new Bound() }]; }",
    );
    assert.equal(await run("[i.toFixed(), low, high]"), "[ '2', 1, Bound {} ]");
    await run("export default function exported() { return width; }");
    assert.equal(await run("exported()"), "3");
    await run(
      "export const shared = 1, { length } = [1];\nexport async function later() { return shared; }\nexport class Box<T> {}\n" +
        "export interface Row { readonly a: number }\nexport type Rows = Row[];\nexport enum Side { left }\nexport { shared as other };",
    );
    assert.equal(
      await run("const rows: Rows = [{ a: Side.left }];\n[await later(), length, rows, new Box<Row>()]"),
      "[ 1, 1, [ { a: 0 } ], Box {} ]",
    );
    const many = Array.from({ length: 120 }, (_, i) => `x${i}`);
    await run(`let ${many.map((name) => `${name} = 1`).join(", ")};`);
    assert.equal(await run(`${many.join(" + ")}`), "120");
    assert.equal(await run("[typeof width, ((a = width) => a)()]"), "[ 'number', 3 ]");
  });
});
