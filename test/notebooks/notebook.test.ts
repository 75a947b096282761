import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  codeCells,
  formatNotebook,
  parseNotebook,
  readNotebook,
  writeNotebook,
} from "traffic-anomaly/dist/notebook/tools/notebook";
import { createWorkspace, notebookOf } from "./workspace";

/** As nbformat 5.10 writes it: `json.dumps(…, ensure_ascii=False, indent=1, sort_keys=True)` and a line end. */
const fromJupyter = `{
 "cells": [
  {
   "cell_type": "markdown",
   "id": "a1",
   "metadata": {},
   "source": [
    "# Größe\\n",
    "\\n",
    "Text"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": 1,
   "id": "b2",
   "metadata": {
    "tags": [
     "volatile"
    ]
   },
   "outputs": [
    {
     "name": "stdout",
     "output_type": "stream",
     "text": [
      "1\\n",
      "2\\n"
     ]
    },
    {
     "data": {
      "application/vnd.plotly.v1+json": {
       "data": [],
       "layout": {
        "height": 400,
        "opacity": 2.5e-05,
        "sizes": [
         -1e-07,
         0.0001,
         1.5e-12
        ]
       }
      },
      "image/png": "iVBORw0KGgo=\\n",
      "text/plain": [
       "A figure"
      ]
     },
     "metadata": {},
     "output_type": "display_data"
    }
   ],
   "source": [
    "draw();\\n"
   ]
  },
  {
   "cell_type": "code",
   "execution_count": null,
   "id": "c3",
   "metadata": {},
   "outputs": [],
   "source": []
  }
 ],
 "metadata": {
  "kernelspec": {
   "display_name": "TypeScript",
   "language": "typescript",
   "name": "tslab"
  }
 },
 "nbformat": 4,
 "nbformat_minor": 5
}
`;

test("a notebook that Jupyter wrote is written back to the byte", () => {
  assert.equal(formatNotebook(parseNotebook(fromJupyter, "a.ipynb")), fromJupyter);
});

test("texts are one string, JSON stays JSON, and blank cells are not run", () => {
  const notebook = parseNotebook(fromJupyter, "a.ipynb");
  assert.equal(notebook.cells[0].source, "# Größe\n\nText");
  const [cell, ...others] = codeCells(notebook);
  assert.equal(others.length, 0);
  assert.deepEqual(cell.outputs[0], { output_type: "stream", name: "stdout", text: "1\n2\n" });
  assert.deepEqual("data" in cell.outputs[1] && cell.outputs[1].data["application/vnd.plotly.v1+json"], {
    data: [],
    layout: { height: 400, opacity: 0.000025, sizes: [-1e-7, 0.0001, 1.5e-12] },
  });
});

test("what is no TypeScript notebook is refused in a sentence that names the file", () => {
  const kernel = (kernelspec: object) =>
    JSON.stringify({ cells: [], nbformat: 4, nbformat_minor: 5, metadata: { kernelspec } });
  const refused: [string, RegExp][] = [
    ["<<<<<<< HEAD", /^InputError: a\.ipynb is not a notebook: it is not JSON/],
    ["null", /a\.ipynb is not a notebook: it lacks 'nbformat' or 'cells'/],
    ['{"cells": []}', /lacks 'nbformat'/],
    ['{"cells": [], "nbformat": 3}', /has notebook format 3, not 4: open and save it in JupyterLab/],
    ['{"cells": [{"cell_type": "code"}], "nbformat": 4}', /a\.ipynb, cell 1: a cell needs/],
    [
      kernel({ name: "python3", display_name: "Python 3", language: "python" }),
      /a\.ipynb is for the kernel 'Python 3', not for TypeScript/,
    ],
    [kernel({ name: "jslab", display_name: "JavaScript" }), /'JavaScript', not for TypeScript/],
    ['{"cells": [], "nbformat": 4}', /is for no kernel/],
  ];
  for (const [text, message] of refused) assert.throws(() => parseNotebook(text, "a.ipynb"), message);
  assert.doesNotThrow(() => parseNotebook(kernel({ name: "tslab", display_name: "TypeScript" }), "a.ipynb"));
});

test("reading a file that is not there says so", async () => {
  await assert.rejects(
    readNotebook("missing.ipynb"),
    /^InputError: cannot read missing\.ipynb: no such file/,
  );
});

test("writing replaces the file and leaves nothing beside it", async (context) => {
  const folder = await createWorkspace(context);
  const file = join(folder, "a.ipynb");
  await writeFile(file, "before");
  await writeNotebook(file, notebookOf(["1 + 1"]));
  assert.equal(await readFile(file, "utf8"), formatNotebook(notebookOf(["1 + 1"])));
  assert.deepEqual((await readdir(folder)).sort(), ["a.ipynb", "node_modules"]);
  await assert.rejects(writeNotebook(join(file, "a.ipynb"), notebookOf([])), /a part of the path is a file/);
});
