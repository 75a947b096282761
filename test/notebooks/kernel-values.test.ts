// What a cell's last expression shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace } from "./workspace";

test("the value of a cell's last expression is shown as a reader wants it", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());

  /** What a cell shows: printed text, and a display's plain text and HTML. */
  const shown = async (code: string): Promise<{ text: string; html: string }> => {
    const { status, outputs } = await kernel.execute(code);
    assert.equal(status, "ok", `${code}\n${JSON.stringify(outputs)}`);
    const parts = outputs.map((output) =>
      "text" in output
        ? { text: output.text, html: "" }
        : "data" in output
          ? { text: `${output.data["text/plain"]}\n`, html: String(output.data["text/html"]) }
          : { text: "", html: "" },
    );
    return { text: parts.map(({ text }) => text).join(""), html: parts.map(({ html }) => html).join("") };
  };

  await context.test("numbers and objects as Node.js prints them, and nothing for nothing", async () => {
    assert.equal((await shown("[1, { a: 2 }]")).text, "[ 1, { a: 2 } ]\n");
    assert.equal((await shown("undefined")).text, "");
    assert.equal((await shown("() => 1")).text, "[Function (anonymous)]\n");
    assert.equal((await shown("let unused = 1;")).text, "");
  });

  await context.test("a promise as advice", async () => {
    assert.equal(
      (await shown("Promise.resolve(1)")).text,
      "This is a promise, not yet its value: put await before it.\n",
    );
    assert.equal(
      (await shown("[1, 2].map(async (x) => x)")).text,
      "These are promises, not yet their values: put await Promise.all(…) around them.\n",
    );
  });

  await context.test("advice for each promise before it that nothing waits for", async () => {
    const { text } = await shown(`
      const later = async () => 1;
      later();
      for (let i = 0; i < 2; i++) later();
      void later(); await later(); later().catch(() => {});
      setTimeout(() => { later(); });
      const kept = later();
      "last"`);
    const advice = "nothing waits for this promise: put await before it, or void if that is meant";
    assert.equal(text, `line 3: ${advice}\nline 4: ${advice}\nlast\n`);
  });

  await context.test("a table and a matrix by size, columns and first rows", async () => {
    const { text, html } = await shown(`
      import {
  fitIsolationForest,
  fitPreprocessor,
  fitModel,
  isolationForest,
  transform,
  type Matrix,
  type Table,
} from "traffic-anomaly";
      const values = Float32Array.from({ length: 2000 }, (_, row) => row % 97);
      const table: Table = { rows: 2000, features: [{ kind: "numeric", name: "count", measure: "count", values }] };
      table`);
    assert.match(text, /^table: 2,000 rows × 1 columns\n +count\n0 +0\n1 +1\n/);
    assert.match(html, /^<p>table: 2,000 rows × 1 columns<\/p><table>.*<th>count<\/th>/);
    const matrix = await shown(`
      const matrix: Matrix = { rows: 1000, columns: Array.from({ length: 20 }, (_, i) => "c" + i), data: new Float32Array(20000).fill(0.5) };
      matrix`);
    assert.match(matrix.text, /^matrix: 1,000 rows × 20 columns\n +c0 .* c11 +…\n0 +0\.5 /);
    assert.equal(matrix.text.trimEnd().split("\n").length, 7);
  });

  await context.test(
    "a fitted detector by kind, settings and columns; a model by its threshold, too",
    async () => {
      const { text } = await shown("await fitIsolationForest(matrix, { trees: 10, seed: 3 })");
      assert.match(
        text,
        /^isolation forest, fitted\n {2}settings: \{ trees: 10, .*seed: 3.*\}\n {2}20 columns: c0, .*, …\n$/,
      );
      const model = await shown("await fitModel(table, isolationForest, { falseAlarmRate: 0.05 })");
      assert.match(
        model.text,
        /^isolation forest, fitted\n.*\n {2}1 columns: count\n {2}threshold: 0\.\d+, for a false-alarm rate of 0\.05\n$/,
      );
    },
  );

  await context.test("a figure drawn, a frame and a query's rows as a table", async () => {
    const { text, html } = await shown(
      '({ data: [{ type: "bar", y: [1] }], layout: { title: { text: "Bars" }, height: 300 } })',
    );
    assert.match(text, /Bars \(figure with 1 trace\)\n$/);
    assert.match(html, /Plotly\.newPlot/);
    const frame = await shown('({ columns: ["a"], index: [0, 1], values: [[1], ["<b>"]] })');
    assert.match(frame.html, /^<table>.*<td>&lt;b&gt;<\/td>/);
  });

  await context.test("a tensor and a network of TensorFlow.js as they print themselves", async () => {
    const own = 'import { tensorflow } from "traffic-anomaly";\n(await tensorflow("cpu")).tf.scalar(2)';
    assert.match((await shown(own)).text, /^tensor of float32, shape \[\]/);
    const { text } = await shown('import * as tf from "@tensorflow/tfjs";\ntf.tensor2d([[1, 2], [3, 4]])');
    assert.match(text, /tensor of float32, shape \[2, 2\]\nTensor\n +\[\[1, 2\],\n/);
    const network = await shown(
      "tf.sequential({ layers: [tf.layers.dense({ units: 3, inputShape: [4] })] })",
    );
    assert.match(network.text, /Total params: 15/);
  });
});
