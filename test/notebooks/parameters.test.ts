import assert from "node:assert/strict";
import { test } from "node:test";
import { onOtherData } from "traffic-anomaly/dist/notebook/tools/data-passages";
import { codeCells } from "traffic-anomaly/dist/notebook/tools/notebook";
import { parametersOf, withParameters } from "traffic-anomaly/dist/notebook/tools/parameters";
import { notebookOf } from "./workspace";

const source = `// What you may change.
const data: string = "kdd"; // or "simulated; const seed = 3"
const seed = 1, share = -0.5;
let quick = false;
const logs: string[] = []; // such as ["a.log"]
const reading: Options = { label: "class", "no use": [1, true] };
const computed = seed + 1;
const file = join("a", "b");`;
const notebook = notebookOf(["const before = 1;", source, "const later = 2;"], {
  1: ["other", "parameters"],
});
const changed = (values: Record<string, string>) =>
  codeCells(withParameters(notebook, new Map(Object.entries(values)), "05-evaluation"))[1].source;

test("parameters are what the cell with their tag declares with a value written out", () => {
  assert.deepEqual(
    Array.from(parametersOf(notebook).values(), ({ name, value }) => [name, value]),
    [
      ["data", "kdd"],
      ["seed", 1],
      ["share", -0.5],
      ["quick", false],
      ["logs", []],
      ["reading", { label: "class", "no use": [1, true] }],
    ],
  );
  assert.equal(parametersOf(notebookOf([source])).size, 0);
});

test("a value is replaced where it stands, and nothing else is changed", () => {
  assert.equal(changed({}), source);
  assert.equal(
    changed({ quick: "true", seed: "7", share: "1e-3", data: 'a "b"\n$&' }),
    source
      .replace('= "kdd"', () => '= "a \\"b\\"\\n$&"')
      .replace("seed = 1,", "seed = 7,")
      .replace("-0.5", "0.001")
      .replace("quick = false", "quick = true"),
  );
  assert.match(
    changed({ logs: '["a.log", "b.log"]' }),
    /^const logs: string\[\] = \["a\.log","b\.log"\]; \/\/ such/m,
  );
  assert.match(changed({ reading: '{"label": "y"}' }), /= \{"label":"y"\};$/m);
});

test("an unknown name and a wrong type are refused in a sentence that lists the parameters", () => {
  const list = 'its parameters are data \\("kdd"\\), seed \\(1\\), share \\(-0\\.5\\), .*\\)$';
  const refused: [string, string, string][] = [
    ["sed", "7", "05-evaluation has no parameter sed: "],
    ["computed", "7", "05-evaluation has no parameter computed: "],
    ["seed", "seven", "05-evaluation: seed must be a number, got seven: "],
    ["seed", "null", "05-evaluation: seed must be a number, got null: "],
    ["seed", "", "05-evaluation: seed must be a number, got : "],
    ["quick", "1", "05-evaluation: quick must be true or false, got 1: "],
    ["logs", "a.log", "05-evaluation: logs must be a list as JSON, such as \\[.*\\], got a\\.log: "],
    ["reading", "[]", "05-evaluation: reading must be an object as JSON, such as .*, got \\[\\]: "],
  ];
  for (const [name, value, message] of refused)
    assert.throws(() => changed({ [name]: value }), new RegExp(`^InputError: ${message}${list}`));
  assert.throws(
    () => withParameters(notebookOf(["1"]), new Map([["seed", "7"]]), "01-a"),
    /^InputError: 01-a has no parameter seed: it has no cell with the tag parameters$/,
  );
});

const text = `Before.

<!-- data: kdd -->
The forest finds 99 %.

All of them.
<!-- /data -->
<!-- data: simulated
The forest finds $\`$& 71 %.
-->

Between.

<!-- data: kdd -->
Only of KDD'99.
<!-- /data -->

After.`;

/** The text cells of a notebook with that text, as it is read with other data. */
function texts(markdown: string, data: string): string[] {
  const read = notebookOf(["1"]);
  const cells = [
    ...read.cells,
    { cell_type: "markdown" as const, id: "text", metadata: {}, source: markdown },
  ];
  return onOtherData({ ...read, cells }, "01-a", data)
    .cells.slice(2)
    .map((cell) => cell.source);
}

test("a passage on other data gives way to the one for simulated traffic, or goes", () => {
  assert.deepEqual(texts(text, "simulated"), [
    "Before.\n\nThe forest finds $`$& 71 %.\n\nBetween.\n\nAfter.",
  ]);
  assert.deepEqual(texts(text, "flows.csv"), ["Before.\n\nBetween.\n\nAfter."]);
  assert.deepEqual(texts("<!-- data: kdd -->\nAll.\n<!-- /data -->", "simulated"), []);
  assert.deepEqual(
    texts("Found: <!-- data: kdd -->99<!-- /data --><!-- data: simulated\n71\n--> %.", "simulated"),
    ["Found: 71 %."],
  );
});

test("a mark that opens or ends nothing is refused", () => {
  for (const mark of [
    "<!-- data: kdd -->",
    "<!-- /data -->",
    "<!-- data: simulated\nText.\n-->",
    "<!--data: kdd-->\nA\n<!-- /data -->",
  ])
    assert.throws(
      () => texts(`Text.\n${mark}`, "simulated"),
      /^InputError: 01-a, cell 3: <!--.* opens or ends no passage$/,
    );
});
