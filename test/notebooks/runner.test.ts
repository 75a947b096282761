import assert from "node:assert/strict";
import { appendFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { type CellResult, Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import {
  codeCells,
  type Notebook,
  type Output,
  readNotebook,
} from "traffic-anomaly/dist/notebook/tools/notebook";
import {
  CellError,
  committed,
  compareOutputs,
  failureOf,
  type RunNotebookOptions,
  runNotebook,
  withResults,
} from "traffic-anomaly/dist/notebook/tools/runner";
import { someOf } from "../fixtures/cases";
import {
  createWorkspace,
  isRunning,
  notebookOf,
  processNumber,
  writeSources,
  writingProcessNumber,
} from "./workspace";

const quick: RunNotebookOptions = { graceSeconds: 0.3, timeoutSeconds: 60 };

suite("with a tslab kernel", { concurrency: 2 }, () => {
  test("a notebook that passes gets its outputs and numbers, and the same ones again", async (context) => {
    const folder = await createWorkspace(context);
    const sources = [
      'import { projectPath } from "traffic-anomaly";\nimport { newDisplay } from "tslab";',
      "projectPath().length > 0",
      "",
      'console.log("a"); console.error("b");',
      'const bar = newDisplay();\nbar.html("1 %");\nbar.html("100 %");',
      "await new Promise((resolve) => setTimeout(resolve, 10));\nprocess.cwd()",
      "performance.now()",
    ];
    const file = await writeSources(folder, "01-passes", sources, { 6: ["volatile"] });
    const before = await readNotebook(file);
    const progress: number[] = [];
    const run = await runNotebook(file, { ...quick, onProgress: ({ done }) => progress.push(done) });
    assert.equal(run.name, "01-passes");
    assert.equal(run.cells, 6);
    assert.ok(run.peakMemory > 50e6 && run.peakMemory < 1e9, `peak memory ${run.peakMemory}`);
    assert.deepEqual(progress, [0, 1, 2, 3, 4, 5, 6]);

    const after = await readNotebook(file);
    const stream = (name: string, text: string) => ({ output_type: "stream", name, text });
    const cells = after.cells.filter((cell) => cell.cell_type === "code");
    assert.deepEqual(
      cells.map((cell) => cell.execution_count),
      [1, 2, null, 3, 4, 5, 6],
    );
    assert.deepEqual(
      cells.slice(0, 6).map((cell) => cell.outputs),
      [
        [],
        [stream("stdout", "true\n")],
        [],
        [stream("stdout", "a\n"), stream("stderr", "b\n")],
        [{ output_type: "display_data", data: { "text/html": "100 %" }, metadata: {} }],
        [stream("stdout", `${folder}\n`)],
      ],
    );
    const rest = ({ cells }: Notebook) => cells.map(({ id, source, metadata }) => ({ id, source, metadata }));
    assert.deepEqual(rest(after), rest(before));
    assert.deepEqual(
      run.stale.map(({ cell }) => cell),
      [1, 2, 3, 4, 5],
    );

    const text = await readFile(file, "utf8");
    const checked = await runNotebook(file, { ...quick, check: true });
    assert.deepEqual(checked.stale, []);
    assert.equal(await readFile(file, "utf8"), text);
    assert.deepEqual((await readdir(folder)).sort(), ["01-passes.ipynb", "node_modules"]);
  });

  const late = "await new Promise((resolve) => setTimeout(resolve, 300));";

  test("a cell that fails is told from one that passes, whatever the kernel answers", async (context) => {
    const kernel = await Kernel.create(await createWorkspace(context));
    context.after(() => kernel.shutdown());
    const failures: [sources: string[], failing: number | "1 or 2", reason: RegExp][] = [
      [[`${late}\nthrow 7;`], 1, /^Uncaught 7$/],
      [
        ['const f = () => {\n  throw new Error("no");\n};', "\n\nf();"],
        2,
        /^Error: no\n {4}at f \(cell \[\d+\], line 2\)\n {4}at cell \[\d+\], line 3$/,
      ],
      [['const x: number = "1";'], 1, /^1:7 - Type 'string' is not/],
      [['/** @module other */\nexport const x: number = "1";'], 1, /2:14 - Type 'string'/],
      // Of what fails late it depends on the machine which cell runs then.
      [
        ['Promise.reject(new Error("no"))', late, "4"],
        "1 or 2",
        /UnhandledPromiseRejection: Error: no|<rejected>/,
      ],
      [
        ['async function work() { throw new Error("no"); }', "void work();", late, "4"],
        "1 or 2",
        /UnhandledPromiseRejection: Error: no/,
      ],
      [
        ['void setTimeout(() => { throw new Error("no"); }, 50);', late, "3"],
        "1 or 2",
        /UncaughtException: Error: no/,
      ],
    ];
    for (const [sources, failing, expected] of failures) {
      const results: CellResult[] = [];
      let reasons: (string | undefined)[] = [];
      for (const source of sources) {
        results.push(await kernel.execute(source));
        reasons = results.map((result) => failureOf(result, { timeoutSeconds: 60 }));
        if (reasons.some(Boolean)) break;
      }
      const found = reasons.findIndex(Boolean) + 1;
      assert.ok(
        failing === "1 or 2" ? found === 1 || found === 2 : found === failing,
        `${sources[0]}: ${found}`,
      );
      assert.match(reasons[found - 1]!, expected);
      await sleep(300); // tslab takes no cell for 200 ms
      assert.equal(failureOf(await kernel.execute("1"), { timeoutSeconds: 60 }), undefined);
    }
  });

  // Each with a kernel of its own.
  const failures: [string, { sources: string[]; cell: number; reason: RegExp; timeoutSeconds?: number }][] = [
    ["throws", { sources: ["1", 'throw new Error("no");', "3"], cell: 2, reason: /^Error: no$/m }],
    [
      "throws in a timer after all ran",
      {
        sources: ["1", 'void setTimeout(() => { throw new Error("no"); }, 100);'],
        cell: 2,
        reason: /UncaughtException: Error: no/,
      },
    ],
    [
      "waits for ever",
      {
        sources: ["await new Promise(() => {});"],
        cell: 1,
        reason: /not done within 1 s/,
        timeoutSeconds: 1,
      },
    ],
    [
      "loops for ever",
      { sources: [`${late}\nwhile (true) {}`], cell: 1, reason: /not done within 1 s/, timeoutSeconds: 1 },
    ],
    [
      "kills the kernel",
      {
        sources: ['process.kill(process.pid, "SIGKILL");'],
        cell: 1,
        reason: /kernel ended with signal SIGKILL/,
      },
    ],
    [
      "ends the kernel after all ran",
      {
        sources: ["void setTimeout(() => process.exit(0), 50);"],
        cell: 1,
        reason: /kernel ended with exit code 0/,
      },
    ],
  ];
  for (const [title, { sources, cell, reason, timeoutSeconds = 60 }] of someOf(failures, 2)) {
    test(`a notebook fails whose cell ${title}, and stays as it is`, async (context) => {
      const folder = await createWorkspace(context);
      // Meant to fail or not, a cell that fails does.
      const tags = Object.fromEntries(sources.map((_, i) => [i, ["raises-exception"]]));
      const file = await writeSources(folder, "fails", sources, tags);
      const text = await readFile(file, "utf8");
      const expected = sources[cell - 1];
      const passed: number[] = [];
      await assert.rejects(
        runNotebook(file, { ...quick, timeoutSeconds, onProgress: ({ done }) => passed.push(done) }),
        (error) => {
          assert.ok(error instanceof CellError, String(error));
          const { notebook, source, message } = error;
          assert.deepEqual(
            { notebook, cell: error.cell, source },
            { notebook: "fails", cell, source: expected },
          );
          assert.match(error.reason, reason);
          assert.ok(message.startsWith(`fails, cell [${cell}]: `), message);
          return true;
        },
      );
      // An un-awaited rejection may be told when the next cell has begun, but none after that begins.
      assert.ok(Math.max(...passed) <= cell);
      assert.equal(await readFile(file, "utf8"), text);
      assert.deepEqual((await readdir(folder)).sort(), ["fails.ipynb", "node_modules"]);
    });
  }

  test("an abort ends the kernel at once and changes nothing", async (context) => {
    const folder = await createWorkspace(context);
    const pidFile = join(folder, "pid");
    const file = await writeSources(folder, "waits", [
      writingProcessNumber(pidFile),
      "await new Promise(() => {});",
    ]);
    const text = await readFile(file, "utf8");
    const interrupt = new AbortController();
    const running = runNotebook(file, { ...quick, signal: interrupt.signal });
    running.catch(() => {});
    const pid = await processNumber(pidFile);
    assert.equal(await isRunning(pid), true);
    interrupt.abort(new Error("interrupted"));
    await assert.rejects(running, /^Error: interrupted$/);
    assert.equal(await isRunning(pid), false);
    assert.equal(await readFile(file, "utf8"), text);
  });

  test("a notebook that somebody saves while it runs is not overwritten", async (context) => {
    const folder = await createWorkspace(context);
    const pidFile = join(folder, "pid");
    const file = await writeSources(folder, "edited", [writingProcessNumber(pidFile), late]);
    const running = runNotebook(file, quick);
    running.catch(() => {});
    await processNumber(pidFile);
    await appendFile(file, "\n");
    const text = await readFile(file, "utf8");
    await assert.rejects(running, /edited\.ipynb was changed while it ran: nothing was written/);
    assert.equal(await readFile(file, "utf8"), text);
  });
});

const figure = (y: number, png?: string): Output => ({
  output_type: "display_data",
  data: {
    "application/vnd.plotly.v1+json": { data: [{ y: [y] }], layout: {} },
    ...(png && { "image/png": png }),
    "text/html": "<div>",
    "text/plain": "a figure",
  },
  metadata: {},
});

/** A notebook with one cell that showed something. */
function showing(output: Output, tags?: string[]): Notebook {
  const notebook = notebookOf(["show()"], tags && { 0: tags });
  const cells = notebook.cells.map((cell) =>
    cell.cell_type === "code" ? { ...cell, execution_count: 1, outputs: [output] } : cell,
  );
  return { ...notebook, cells };
}

test("a committed figure keeps its data and picture and loses its HTML; other HTML stays", () => {
  const output = committed(figure(1, "A"));
  assert.deepEqual("data" in output && Object.keys(output.data), [
    "application/vnd.plotly.v1+json",
    "image/png",
    "text/plain",
  ]);
  const table: Output = { output_type: "display_data", data: { "text/html": "<table>" }, metadata: {} };
  assert.deepEqual(committed(table), table);
});

test("outputs are compared by text and data, a figure not by its pixels, a volatile cell not at all", () => {
  const text = (value: string): Output => ({ output_type: "stream", name: "stdout", text: value });
  const numbers = (before: Output, after: Output, tags?: string[]) =>
    compareOutputs(showing(before, tags), showing(after, tags)).map(({ cell }) => cell);
  assert.deepEqual(numbers(text("1"), text("1")), []);
  assert.deepEqual(numbers(text("1"), text("2")), [1]);
  assert.deepEqual(numbers(text("1"), text("2"), ["volatile"]), []);
  assert.deepEqual(numbers(figure(1, "A"), figure(1, "B")), []);
  assert.deepEqual(numbers(figure(1, "A"), figure(2, "A")), [1]);
  assert.deepEqual(numbers(figure(1, "A"), figure(1)), []); // made where no browser is
  const picture = (png: string): Output => ({
    output_type: "display_data",
    data: { "image/png": png },
    metadata: {},
  });
  assert.deepEqual(numbers(picture("A"), picture("B")), [1]);
  assert.deepEqual(compareOutputs(notebookOf(["show()"]), showing(text("1"))).length, 1);
});

test("a figure that is what it was keeps its picture; one that had none gets it", () => {
  const pictureAfter = (before: Output, after: Output) => {
    const result = { status: "ok", executionCount: 1, outputs: [after] } as const;
    const [{ outputs }] = codeCells(withResults(showing(before), [result]));
    return "data" in outputs[0] ? outputs[0].data["image/png"] : undefined;
  };
  assert.equal(pictureAfter(figure(1, "A"), figure(1, "B")), "A");
  assert.equal(pictureAfter(figure(1, "A"), figure(1)), "A"); // where no browser is
  assert.equal(pictureAfter(figure(1), figure(1, "B")), "B");
  assert.equal(pictureAfter(figure(1, "A"), figure(2, "B")), "B");
  assert.equal(pictureAfter(figure(1, "A"), figure(2)), undefined);
});

test("an answer 'ok' is not a success when stderr or a rejected promise say otherwise", () => {
  const verdict = (output: Output) =>
    failureOf({ status: "ok", executionCount: 1, outputs: [output] }, { timeoutSeconds: 1 });
  const stream = (name: "stdout" | "stderr", text: string): Output => ({ output_type: "stream", name, text });
  assert.equal(verdict(stream("stderr", "a warning\n")), undefined);
  assert.equal(verdict(stream("stdout", "Promise { 1 }\n")), undefined);
  assert.equal(
    verdict(stream("stderr", "x\nUncaughtException: Error: no\n")),
    "UncaughtException: Error: no",
  );
  assert.equal(verdict(stream("stdout", "Promise {\n  <rejected> 7\n}\n")), "Promise {\n  <rejected> 7\n}");
  const traceback = ["Error: no", "    at cell [1], line 2"];
  assert.equal(
    verdict({ output_type: "error", ename: "Error", evalue: "no", traceback }),
    traceback.join("\n"),
  );
  assert.match(
    failureOf({ status: "abort", executionCount: null, outputs: [] }, { timeoutSeconds: 1 })!,
    /refused to run it/,
  );
});
