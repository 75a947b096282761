// What types of earlier cells mean after a later cell has declared them anew.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace } from "./workspace";

test("a type that a later cell declares anew", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());

  /** Runs a cell; gives what it printed, or what the compiler says of it. */
  const run = async (cell: string): Promise<string> => {
    const { status, outputs } = await kernel.execute(cell);
    if (status === "error") await sleep(300); // tslab takes no cell for 200 ms
    return outputs
      .map((output) =>
        "text" in output ? output.text : "traceback" in output ? output.traceback.join("\n") : "",
      )
      .join("")
      .trimEnd();
  };

  await context.test("is what it was in the signatures of earlier cells", async () => {
    await run(`
      type Point = { x: number; y: number };
      interface Tree { readonly size: number; readonly left?: Tree }
      class Model { private seen = 1; fit() { return this.seen; } }
      enum Kind { a = 1, b }
      const norm = (point: Point) => Math.hypot(point.x, point.y);
      function grow(size: number): Tree { return { size, left: { size: 1 } }; }
      function same<Point>(point: Point): Point { return point; }
      const model = new Model(), kind: Kind = Kind.b;
      const use = (model: Model) => model.fit();`);
    assert.equal(
      await run(`
      type Point = string;
      interface Tree { readonly children: readonly Tree[] }
      class Model { predict() { return 2; } }
      enum Kind { c = 3 }
      const point: Point = "p", tree: Tree = { children: [] };
      [norm({ x: 3, y: 4 }), grow(5).left?.size, same(6), model.fit(), use(model), kind].join()`),
      "5,1,6,1,1,2",
    );
    assert.equal(
      await run("[norm({ x: 3, y: 4 }), tree.children.length, point, new Model().predict()].join()"),
      "5,0,p,2",
    );
    assert.equal(
      await run("norm(point)"),
      "1:6 - Argument of type 'string' is not assignable to parameter of type 'Point (of an earlier cell)'. " +
        "A later cell has declared Point anew: run again what was declared with the earlier one.",
    );
  });

  await context.test("is the same where its cell is run again as it was", async () => {
    const cell = "class Counter { private count = 0; next() { return ++this.count; } }";
    await run(cell);
    await run("const next = (counter: Counter) => counter.next();");
    await run(cell);
    assert.equal(await run("next(new Counter())"), "1");
  });

  await context.test("stays that of a package where an earlier cell imported it", async () => {
    await run('import { Stats } from "node:fs";\nconst size = (stats: Pick<Stats, "size">) => stats.size;');
    await run("interface Stats { readonly mean: number }\nconst stats: Stats = { mean: 1 };");
    assert.equal(await run("size({ size: 7 }) + stats.mean"), "8");
  });
});
