// Python's own tools on the notebooks of the repository.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { type Cell, type Notebook, type Output, readNotebook } from "traffic-anomaly/dist/notebooks/notebook";
import { compareOutputs } from "traffic-anomaly/dist/notebooks/runner";
import { jupyterTest } from "../fixtures/jupyter";

const notebooks = join(__dirname, "..", "..", "notebooks");
const folder = mkdtempSync(join(tmpdir(), "nbconvert-"));
after(() => rmSync(folder, { recursive: true }));

jupyterTest(
  "nbconvert --execute gives the outputs of the project's own runner",
  { data: true },
  async (env) => {
    const name = "02-preprocessing.ipynb";
    execFileSync(
      "jupyter",
      ["nbconvert", "--to", "notebook", "--execute", name, "--output-dir", folder, "--log-level", "ERROR"],
      { cwd: notebooks, env, stdio: "inherit", timeout: 600_000 },
    );
    const [ours, theirs] = await Promise.all([
      readNotebook(join(notebooks, name)),
      readNotebook(join(folder, name)),
    ]);
    assert.deepEqual(compareOutputs(ours, inOurForm(theirs, ours)), []);
  },
);

/** nbclient keeps what tslab tells it of counts, nothing, and does not join what was printed in pieces. */
function inOurForm(notebook: Notebook, ours: Notebook): Notebook {
  const cells = notebook.cells.map((cell, i): Cell => {
    const own = ours.cells[i];
    if (cell.cell_type !== "code" || own.cell_type !== "code") return cell;
    const outputs: Output[] = [];
    for (const output of cell.outputs) {
      const last = outputs.at(-1);
      if (last?.output_type === "stream" && output.output_type === "stream" && last.name === output.name) {
        outputs[outputs.length - 1] = { ...last, text: last.text + output.text };
      } else outputs.push(output);
    }
    return { ...cell, execution_count: own.execution_count, outputs };
  });
  return { ...notebook, cells };
}

jupyterTest("the page that nbconvert makes of a notebook shows its figures", {}, async (env) => {
  const name = "03-isolation-forest";
  execFileSync(
    "jupyter",
    ["nbconvert", "--to", "html", `${name}.ipynb`, "--output-dir", folder, "--log-level", "ERROR"],
    { cwd: notebooks, env, stdio: "inherit" },
  );
  const page = readFileSync(join(folder, `${name}.html`), "utf8");
  const { cells } = await readNotebook(join(notebooks, `${name}.ipynb`));
  const figures = cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .filter((output) => "data" in output && "image/png" in output.data);
  assert.ok(figures.length >= 5);
  assert.equal(page.match(/<img [^>]*src="data:image\/png;base64,/g)?.length, figures.length);
});
