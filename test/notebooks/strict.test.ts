import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel";
import { checkTypes } from "traffic-anomaly/dist/notebook/tools/strict";
import { createWorkspace, writeSources } from "./workspace";

test("cells are checked strictly, with the place of each mistake; sound ones pass", async (context) => {
  const folder = await createWorkspace(context);
  const sound = await writeSources(folder, "sound", [
    'import { createRandom } from "traffic-anomaly";\nconst random = createRandom(1, "test");',
    "await new Promise((resolve) => setTimeout(resolve, random.uniform()));",
    "Promise.resolve(1).catch(console.error);\nconst numbers: number[] = [];\nnumbers;",
  ]);
  const unsound = await writeSources(folder, "unsound", [
    'import { nameTables } from "traffic-anomaly";\nconst square = (x) => x * x;',
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

test("what tslab breaks is refused, and what it runs is not", async (context) => {
  const folder = await createWorkspace(context);
  const first = `import { createRandom, isolationForest } from "traffic-anomaly";
const size = 1;
const settings = { size: size, deep: { width: 2 } };
async function load() { return { read: async () => [1, 2] }; }`;
  const broken: [string, RegExp][] = [
    ["({ size });", /^tslab cannot find 'size' of an earlier cell in this shorthand: write 'size: size'$/],
    ["console.log({ createRandom });", /'createRandom: createRandom'/],
    ["const { deep: inner } = settings;\ninner;", /write '….deep'$/],
    ["const { deep: { width } } = settings;\nwidth;", /write '….deep'$/],
    ["console.log(await (await load()).read());", /takes 'await \(…\)' outside of a function for a call/],
    ["for (const x of [1]) { await (await load()).read(); console.log(x); }", /a name first$/],
    ["for await (const x of [1]) console.log(x);", /put the loop into an async function$/],
  ];
  const sound = [
    "const own = 2;\n({ own, size: size });",
    "const { preprocessing: forest } = isolationForest;\nforest;",
    "const { deep } = settings;\ndeep.width;",
    "[settings].map(({ size: s }) => s);",
    "const loaded = await load();\nawait loaded.read();",
    "const read = async () => await (await load()).read();\nawait read();",
  ];
  const wrong = await writeSources(folder, "wrong", [first, ...broken.map(([source]) => source)]);
  const right = await writeSources(folder, "right", [first, ...sound]);
  const complaints = await checkTypes([wrong, right]);
  assert.deepEqual(
    complaints.map(({ file, cell }) => [file, cell]),
    broken.map((_, i) => [wrong, i + 2]),
  );
  complaints.forEach(({ message }, i) => {
    assert.match(message, broken[i][1]);
  });

  // Each does as is said on a real kernel.
  const kernel = await Kernel.create(folder);
  context.after(() => kernel.shutdown());
  await kernel.execute(first);
  for (const source of sound) assert.equal((await kernel.execute(source)).status, "ok", source);
  for (const [source] of broken) {
    assert.equal((await kernel.execute(source)).status, "error", source);
    await sleep(300); // tslab takes no cell for 200 ms
  }
});
