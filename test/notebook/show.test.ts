import assert from "node:assert/strict";
import { test } from "node:test";
import { frameHtml, frameText, tableFrame } from "traffic-anomaly/dist/notebook/frame";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace } from "../notebooks/workspace";

const frame = {
  columns: ["name", "share"],
  index: [0, 1],
  values: [
    ["a<b", 0.123456789],
    ["c", 2],
  ],
};

test("a frame as text has aligned columns and at most six digits", () => {
  assert.equal(frameText(frame), ["   name     share", "0   a<b  0.123457", "1     c         2"].join("\n"));
});

test("a frame as HTML escapes what its cells hold", () => {
  assert.match(frameHtml(frame), /<td>a&lt;b<\/td><td>0\.123457<\/td>/);
});

test("no line breaks in a number of a frame as HTML", () => {
  const values = ["0.98 ± 0.01", "1.5e-9", "-2", "3 of 4 hosts", "usual: http 39 %"].map((value) => [value]);
  const html = frameHtml({ columns: ["a"], index: [0, 1, 2, 3, 4], values });
  for (const number of ["0.98 ± 0.01", "1.5e-9", "-2"])
    assert.ok(html.includes(`<td style="white-space: nowrap">${number}</td>`), number);
  assert.ok(html.includes("<td>3 of 4 hosts</td>") && html.includes("<td>usual: http 39\u00a0%</td>"));
});

test("a frame's cells are neither markup nor formulas as HTML, and each is on one line as text", () => {
  const hostile = { columns: ["<b>"], index: ["$"], values: [["$\\href{javascript:1}{x}$\n\x1b[2J"]] };
  assert.match(
    frameHtml(hostile),
    /<th>&lt;b&gt;<\/th>.*<th><span>&#36;<\/span><\/th><td><span>&#36;<\/span>\\href\{javascript:1\}\{x\}<span>&#36;<\/span>/s,
  );
  assert.equal(frameText(hostile).split("\n")[1].trim(), "$  $\\href{javascript:1}{x}$\ufffd\ufffd[2J");
});

test("only the first 20 rows of a frame are shown, the others counted", () => {
  const values = Array.from({ length: 25 }, (_, i) => [i]);
  const long = { columns: ["x"], index: values.map((_, i) => i), values };
  assert.match(frameText(long), /\n… 5 more rows$/);
  assert.equal(frameHtml(long).match(/<tr>/g)?.length, 21);
});

test("a notebook shows a frame of danfojs as one, whatever its columns are called, and a table of a file as a table", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const { status, outputs } = await kernel.execute(`
    import { DataFrame } from "danfojs-node";
    import { writeFileSync } from "node:fs";
    import { readTable } from "traffic-anomaly";
import { show } from "traffic-anomaly/notebook";
    await show(new DataFrame({ features: [1, 2], layout: ["a", "b"] }));
    writeFileSync("small.csv", "bytes,port\\n5,tcp\\n7,udp\\n");
    await show(await readTable("small.csv"));`);
  assert.equal(status, "ok", JSON.stringify(outputs));
  assert.deepEqual(
    outputs.map((output) => "data" in output && output.data["text/plain"]),
    [
      ["   features  layout", "0         1       a", "1         2       b"].join("\n"),
      ["   bytes  port", "0      5   tcp", "1      7   udp"].join("\n"),
    ],
  );
});

test("a table's first rows become a frame with names for codes, and the label last", () => {
  const table = {
    rows: 3,
    features: [
      {
        kind: "numeric" as const,
        name: "bytes",
        measure: "amount" as const,
        values: Float64Array.of(1, 2, 3),
      },
      {
        kind: "nominal" as const,
        name: "service",
        codes: Uint8Array.of(1, 0, 1),
        categories: ["dns", "http"],
      },
    ],
    labels: {
      kind: "nominal" as const,
      name: "label",
      codes: Uint8Array.of(0, 0, 0),
      categories: ["normal"],
    },
  };
  assert.deepEqual(tableFrame(table, 2), {
    columns: ["bytes", "service", "label"],
    index: [0, 1],
    values: [
      [1, "http", "normal"],
      [2, "dns", "normal"],
    ],
  });
});

test("a figure that moves has its frames in a notebook, for Plotly's renderers and as HTML", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const { outputs } = await kernel.execute(`
    import { show } from "traffic-anomaly/notebook";
import { treeGrowthFigure } from "traffic-anomaly/visualize";
    const matrix = { rows: 2, columns: ["x", "y"], data: Float32Array.of(0, 0, 1, 1) };
    const tree = { rows: 2, column: 0, value: 0.5, low: { rows: 1 }, high: { rows: 1 } };
    await show(treeGrowthFigure({ tree, matrix }, { protocol: "two rows" }));`);
  const [data] = outputs.flatMap((output) => ("data" in output ? [output.data] : []));
  assert.ok(data, JSON.stringify(outputs));
  const { frames } = data["application/vnd.plotly.v1+json"] as { frames: unknown[] };
  assert.equal(frames.length, 2);
  assert.ok(String(data["text/html"]).includes(`"frames":${JSON.stringify(frames)}`));
});
