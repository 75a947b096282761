// The exercises and quizzes of the notebooks: each has its check, its hints and a solution that the check finds right.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { verdictsIn } from "traffic-anomaly/dist/notebook/course/check";
import { exercises } from "traffic-anomaly/dist/notebook/course/exercises";
import { quizzes } from "traffic-anomaly/dist/notebook/course/quizzes";
import {
  codeCells,
  type Notebook,
  notebookName,
  readNotebook,
} from "traffic-anomaly/dist/notebook/tools/notebook";
import { runNotebook } from "traffic-anomaly/dist/notebook/tools/runner";
import { createWorkspace, writeSources } from "./workspace";

const folder = join(__dirname, "..", "..", "notebooks");

/** The notebooks with their numbers: `3` of `03-isolation-forest`. */
async function numberedNotebooks(): Promise<{ file: string; number: string; notebook: Notebook }[]> {
  const files = (await findNotebooks([], folder)).filter((file) => !file.includes("solutions"));
  return Promise.all(
    files.map(async (file) => {
      const number = String(Number(notebookName(file).slice(0, 2)));
      return { file, number, notebook: await readNotebook(file) };
    }),
  );
}

function texts({ cells }: Notebook): string {
  return cells.flatMap((cell) => (cell.cell_type === "markdown" ? [cell.source] : [])).join("\n\n");
}

/** The exercises that the code of a notebook checks. */
function checked(notebook: Notebook): string[] {
  return codeCells(notebook).flatMap(({ source }) =>
    [...source.matchAll(/\bcheck\("([^"]*)"/g)].map(([, number]) => number),
  );
}

test("every exercise of a notebook is announced, hinted at and checked there, and solved and checked in its solution", async () => {
  for (const { file, number, notebook } of await numberedNotebooks()) {
    const text = texts(notebook);
    const announced = [...text.matchAll(/^### Exercise (\d+-\d+) · \S/gm)].map(([, exercise]) => exercise);
    const known = Object.keys(exercises).filter((exercise) => exercise.startsWith(`${number}-`));
    assert.deepEqual(announced, known, `${file} announces other exercises than there are`);
    assert.deepEqual(checked(notebook), known, `${file} checks other exercises than there are`);
    for (const exercise of known)
      assert.ok(text.includes(`hint("${exercise}")`), `${file}: hint("${exercise}")`);
    const solution = join(folder, "solutions", `${notebookName(file)}.ipynb`);
    if (known.length === 0 && !existsSync(solution)) continue;
    assert.deepEqual(checked(await readNotebook(solution)), known, `${solution} checks other exercises`);
  }
});

test("every notebook's last cell of code is its quiz", async () => {
  for (const { file, number, notebook } of await numberedNotebooks()) {
    assert.ok(quizzes[number], `no quiz for ${file}`);
    assert.match(codeCells(notebook).at(-1)?.source ?? "", new RegExp(`\\bquiz\\("${number}"\\);?$`), file);
    assert.match(texts(notebook), /^## Quiz$/m, file);
  }
});

test("as committed, the answers of a notebook are open and those of its solution right", async () => {
  for (const { file, notebook } of await numberedNotebooks()) {
    const solution = join(folder, "solutions", `${notebookName(file)}.ipynb`);
    for (const { exercise, verdict } of verdictsIn(notebook)) assert.equal(verdict, "open", exercise);
    if (!existsSync(solution)) continue;
    for (const { exercise, verdict } of verdictsIn(await readNotebook(solution)))
      assert.equal(verdict, "right", `${solution}: ${exercise}`);
  }
});

test("passages that give away an answer begin and end in one cell", async () => {
  for (const { file, notebook } of await numberedNotebooks())
    for (const { source } of notebook.cells) {
      const marks = source.match(/<!-- \/?answer -->/g) ?? [];
      for (const [i, mark] of marks.entries())
        assert.equal(mark, i % 2 === 0 ? "<!-- answer -->" : "<!-- /answer -->", `${file}: ${source}`);
      assert.equal(marks.length % 2, 0, `${file}: ${source}`);
    }
});

test("a run tells what the checks said", async (context) => {
  const file = await writeSources(await createWorkspace(context), "notebook", [
    'import { check } from "traffic-anomaly/notebook";\ncheck("3-1", undefined);',
    'check("3-1", 0.5);',
    'check("3-1", 1);',
  ]);
  const { exercises: verdicts } = await runNotebook(file, { graceSeconds: 0.1 });
  assert.deepEqual(verdicts, [
    { exercise: "3-1", verdict: "open" },
    { exercise: "3-1", verdict: "right" },
    { exercise: "3-1", verdict: "wrong" },
  ]);
});
