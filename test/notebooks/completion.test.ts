// What an author's editor asks the kernel while a cell is written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace } from "./workspace";

test("an editor", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const imports = 'import { fitIsolationForest, isolationForest, type Matrix } from "traffic-anomaly";';
  const { status } = await kernel.execute(`${imports}\ndeclare const matrix: Matrix;`);
  assert.equal(status, "ok");

  const completions = async (code: string) => {
    const reply = await kernel.request("complete_request", { code, cursor_pos: code.length });
    return { matches: reply.matches as string[], start: reply.cursor_start };
  };
  const description = async (code: string, at: string, cursor = code.indexOf(at) + 1) => {
    const reply = await kernel.request("inspect_request", { code, cursor_pos: cursor, detail_level: 0 });
    return (reply.data as Record<string, string>)["text/plain"];
  };

  await context.test("is offered the members of what an earlier cell imported", async () => {
    const { matches, start } = await completions("isolationForest.");
    assert.equal(start, "isolationForest.".length);
    assert.deepEqual(matches.sort(), [
      "blindSpot",
      "files",
      "fit",
      "kind",
      "load",
      "prepare",
      "preprocessing",
      "scores",
      "title",
    ]);
  });

  await context.test("is offered the methods of a result, and the options of a function", async () => {
    const { matches } = await completions("(await fitIsolationForest(matrix)).");
    for (const method of ["explain", "score", "settings"]) assert.ok(matches.includes(method), method);
    const options = await completions("fitIsolationForest(matrix, { ");
    assert.deepEqual(options.matches.sort(), [
      "onProgress",
      "sampleSize",
      "seed",
      "signal",
      "trees",
      "workers",
    ]);
  });

  await context.test("is offered what the library exports, in the import itself", async () => {
    const code = 'import { fitAuto } from "traffic-anomaly";';
    const reply = await kernel.request("complete_request", { code, cursor_pos: code.indexOf(" }") });
    assert.ok((reply.matches as string[]).includes("fitAutoencoder"));
    for (const code of [
      "import { fitAuto",
      "import { rocAuc, fitAuto }",
      "const x = 1;\nimport { fitAuto\nx.toFixed()",
    ]) {
      const start = code.indexOf("fitAuto");
      const cursor = start + "fitAuto".length;
      const reply = await kernel.request("complete_request", { code, cursor_pos: cursor });
      assert.deepEqual(reply.matches, ["fitAutoencoder"], code);
      assert.deepEqual([reply.cursor_start, reply.cursor_end], [start, cursor]);
    }
    for (const [code, name] of [
      ["import { rocFig", "rocFigure"],
      ["import { reloadL", "reloadLibrary"],
    ])
      assert.deepEqual((await completions(code)).matches, [name], code);
  });

  await context.test("is told of a function between its parentheses, as by Shift-Tab", async () => {
    for (const code of [
      "fitIsolationForest(",
      "await fitIsolationForest(matrix, { trees: Math.max(1, 2) }, ",
    ])
      assert.match(await description(code, code.at(-1)!, code.length), /Fits an isolation forest/, code);
    assert.match(await description("fitIsolationForest(matrix, Math.max(", "(", 36), /Math\.max/);
  });

  await context.test("is told the type and the doc comment of a name", async () => {
    const text = await description("const forest = await fitIsolationForest(matrix);", "fitIso");
    assert.match(
      text,
      /fitIsolationForest\(matrix: Matrix.*, options\?: IsolationForestOptions & ScoreOptions\): Promise<IsolationForest>/,
    );
    assert.match(text, /Fits an isolation forest/);
    assert.match(
      await description("const forest = await fitIsolationForest(matrix);", "forest"),
      /IsolationForest/,
    );
  });
});
