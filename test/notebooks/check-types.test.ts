import assert from "node:assert/strict";
import { test } from "node:test";
import { checkTypes } from "./check-types";
import { createWorkspace, writeSources } from "./workspace";

test("cells are checked strictly, with the place of each mistake; sound ones pass", async (context) => {
  const folder = await createWorkspace(context);
  const sound = await writeSources(folder, "sound", [
    'import { createRandom } from "traffic-anomaly";\nconst random = createRandom(1, "test");',
    "await new Promise((resolve) => setTimeout(resolve, random.uniform()));",
    "Promise.resolve(1).catch(console.error);\nconst numbers: number[] = [];\nnumbers;",
  ]);
  const unsound = await writeSources(folder, "unsound", [
    'import { nameTables } from "traffic-anomaly/notebook";\nconst square = (x) => x * x;',
    "const name: string | undefined = [].at(0);\n\nname.length;",
    "nameTables({});",
    "[1].map((x) => Promise.resolve(x));",
    "nameTables({}).then(() => {});",
    "const twice = 1;",
    "const twice = 2;",
  ]);
  const complaints = await checkTypes([sound, unsound]);
  assert.ok(complaints.every(({ file }) => file === unsound));
  assert.deepEqual(
    complaints.map(({ cell, line, message }) => `[${cell}] ${line}: ${message}`),
    [
      "[1] 2: Parameter 'x' implicitly has an 'any' type.",
      "[2] 3: 'name' is possibly 'undefined'.",
      "[6] 1: Cannot redeclare block-scoped variable 'twice'.",
      "[7] 1: Cannot redeclare block-scoped variable 'twice'.",
      "[3] 1: this promise is not awaited",
      "[4] 1: this promise is not awaited",
      "[5] 1: this promise is not awaited",
    ],
  );
});
