// The notebooks of the repository: their types, their size, and that a run gives the outputs they show.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { codeCells, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { runNotebook } from "traffic-anomaly/dist/notebook/tools/runner";
import { keptTraining } from "../fixtures/kept-training";
import { nativeInstalled } from "../fixtures/native";
import { checkTypes } from "./check-types";

const folder = join(__dirname, "..", "..", "notebooks");

test("cells pass tsc --strict, and no promise floats", async () => {
  const complaints = await checkTypes(await findNotebooks([], folder));
  assert.deepEqual(complaints, []);
});

test("every figure of a study's data has the data's remark in its caption", async () => {
  let captions = 0;
  for (const file of await findNotebooks([], folder)) {
    const cells = codeCells(await readNotebook(file)).map(({ source }) => source);
    const loading = cells.findIndex((source) => source.includes("loadStudyData({ data })"));
    if (loading === -1) continue;
    for (const source of cells.slice(loading)) {
      for (const [caption] of source.matchAll(/.{0,16}\bprotocol: /gs)) {
        assert.match(caption, /\bremark,\s+protocol: /, `${file}: ${source}`);
        captions++;
      }
    }
  }
  assert.ok(captions > 20, `${captions} captions`);
});

test("notebooks of the course have one form, imports at the top, and at most 12 names of the library there", async () => {
  const course = (await findNotebooks([], folder)).filter((file) => !file.includes("solutions"));
  for (const [number, file] of course.entries()) {
    const notebook = await readNotebook(file);
    const text = notebook.cells.map(({ source }) => source).join("\n");
    const form = [
      ...[`^# ${number} · \\S`, "^\\*\\*You will\\*\\*$", "^\\*\\*You need\\*\\* "],
      ...["^## 1 · \\S", "^## What to take away$", "^## Quiz$"],
      ...(number + 1 < course.length ? [`^\\*\\*Next:\\*\\* \\[${number + 1} · `] : []),
    ];
    const places = form.map((line) => text.search(new RegExp(line, "m")));
    assert.ok(!places.includes(-1), `${file} has no ${form[places.indexOf(-1)]}`);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
      `${file} has its parts in another order`,
    );
    const [first] = codeCells(notebook);
    const names = [...first.source.matchAll(/import \{([^}]*)\} from "traffic-anomaly/g)].flatMap(
      ([, list]) => list.split(",").filter((name) => name.trim() !== ""),
    );
    assert.ok(names.length > 0 && names.length <= 12, `${file} imports ${names.length} names`);
  }
});

test("each notebook was run from the top and is small enough for GitHub to render", async () => {
  for (const file of await findNotebooks([], folder)) {
    assert.ok(statSync(file).size < 1_000_000, `${file} has ${statSync(file).size} bytes`);
    const counts = codeCells(await readNotebook(file)).map((cell) => cell.execution_count);
    assert.deepEqual(
      counts,
      Array.from(counts, (_, i) => i + 1),
      file,
    );
  }
});

test("committed figures have a picture and the Plotly form beside it, and no HTML", async () => {
  let figures = 0;
  for (const file of await findNotebooks([], folder)) {
    for (const { outputs } of codeCells(await readNotebook(file))) {
      for (const output of outputs) {
        if (!("data" in output) || !("application/vnd.plotly.v1+json" in output.data)) continue;
        figures++;
        assert.deepEqual(
          Object.keys(output.data).sort(),
          ["application/vnd.plotly.v1+json", "image/png", "text/plain"],
          file,
        );
      }
    }
  }
  assert.ok(figures > 20, `${figures} figures`);
});

test("no output names a folder of the machine it was made on", async () => {
  for (const file of await findNotebooks([], folder)) {
    const outputs = codeCells(await readNotebook(file)).map((cell) => JSON.stringify(cell.outputs));
    for (const text of outputs) assert.doesNotMatch(text, /\/(home|root|work|tmp|Users)\//, file);
    assert.doesNotMatch(readFileSync(file, "utf8"), /Uncaught|UnhandledPromise|<rejected>/);
  }
});

const slow = process.env.CI === "true" ? false : "takes about 10 minutes in all: set CI=true to run it";
process.env.TRAFFIC_BROWSER = ""; // the book's test draws all committed figures, with which new ones are compared
Object.assign(process.env, keptTraining()); // which the kernels inherit
// The outputs were made on wasm; on native, digits differ that they print.
const ways = nativeInstalled ? "the native backend runs" : "a run changes no output of";
const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"))
  .sort();

test("there are ten notebooks, with solutions", () => assert.equal(files.length, 20));

// Two at a time: no other test takes as long.
suite("within 1.5 GB", { concurrency: 2, skip: slow }, () => {
  for (const name of files)
    test(`${ways} ${name}`, async (context) => {
      if (!process.env.TRAFFIC_DATA) throw new Error("CI is set, but TRAFFIC_DATA names no folder");
      const run = await runNotebook(join(folder, name), { check: true });
      context.diagnostic(`${run.name}: ${run.seconds.toFixed(0)} s, ${Math.round(run.peakMemory / 1e6)} MB`);
      if (!nativeInstalled) assert.deepEqual(run.stale, []);
      if (name.startsWith("solutions"))
        for (const { exercise, verdict } of run.exercises) assert.equal(verdict, "right", exercise);
      assert.ok(run.peakMemory < 1.5e9, `it held ${run.peakMemory} bytes`);
    });
});
