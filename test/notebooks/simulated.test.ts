// A notebook on a machine without data and network; browser/lab.test.ts does the same with another in JupyterLab.
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { runNotebook } from "traffic-anomaly/dist/notebook/tools/runner";
import { noNetwork } from "../fixtures/no-network";
import { createWorkspace } from "./workspace";

const notebooks = join(__dirname, "..", "..", "notebooks");
process.env.TRAFFIC_BROWSER = ""; // the captions are asked for, not the pictures

const slow = process.env.CI === "true" ? false : "takes a quarter of a minute: set CI=true to run it";

test("without data and network a notebook runs on simulated traffic, and every figure of it says so", {
  skip: slow,
}, async (context) => {
  const folder = await createWorkspace(context);
  const { TRAFFIC_DATA, NODE_OPTIONS } = process.env;
  context.after(() => {
    if (TRAFFIC_DATA !== undefined) process.env.TRAFFIC_DATA = TRAFFIC_DATA;
    if (NODE_OPTIONS === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = NODE_OPTIONS;
  });
  Object.assign(process.env, noNetwork); // the kernel inherits it
  delete process.env.TRAFFIC_DATA;
  for (const file of await findNotebooks(["01"], notebooks)) {
    const copy = join(folder, "notebook.ipynb");
    await copyFile(file, copy);
    const run = await runNotebook(copy);
    context.diagnostic(`${file}: ${run.seconds.toFixed(0)} s, ${Math.round(run.peakMemory / 1e6)} MB`);
    const cells = codeCells(await readNotebook(copy));
    const loading = cells.findIndex(({ source }) => source.includes("loadStudyData({ data: data })"));
    const printed = JSON.stringify(cells[loading].outputs);
    assert.match(
      printed,
      /KDD'99 was not found and could not be downloaded: simulated traffic is used instead, /,
    );
    const shown = cells.slice(loading).flatMap(({ outputs }) => outputs.filter((output) => "data" in output));
    const figures = shown.filter(({ data }) => "application/vnd.plotly.v1+json" in data);
    assert.ok(figures.length > 3, `${figures.length} figures`);
    for (const { data } of figures) assert.match(String(data["text/plain"]), /^Simulated traffic: /);
  }
});
