// The numbers that the committed notebooks, the README and its page of figures show are those of `npm run reproduce`, see
// test/bench/reproduce.json. Needs no data.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { mean } from "simple-statistics";
import { type Notebook, parseNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { seeds as plantedSeeds } from "../bench/planted-threats";
import {
  adbenchTable,
  noveltyTable,
  oneClassTable,
  pages,
  sameRowsTable,
  threatsTable,
  unswTable,
  withTables,
} from "../bench/readme-tables";
import { readRecord } from "../bench/record";
import { judgedNames } from "../fixtures/judged-names";
import {
  disagreements,
  Figures,
  foreignWords,
  frameClaims,
  legendClaims,
  printedTexts,
  unprintedNumbers,
} from "./numbers";

const project = join(__dirname, "..", "..");
const record = readRecord();
const figures = new Figures(record);

function notebook(name: string): Notebook {
  const file = join(project, "notebooks", `${name}.ipynb`);
  return parseNotebook(readFileSync(file, "utf8"), file);
}

const names = readdirSync(join(project, "notebooks"))
  .filter((file) => file.endsWith(".ipynb"))
  .map((file) => file.replace(".ipynb", ""));
const claimsOf = (read: Notebook) => [...frameClaims(read, figures), ...legendClaims(read, figures)];

test("the record is whole: its figures are met and are those of its protocols", () => {
  const leaves = Object.values(record.protocols).flatMap((parts) =>
    Object.values(parts).flatMap((detectors) => Object.values(detectors).flatMap(Object.values)),
  );
  assert.ok(leaves.length > 50);
  for (const { values, mean: recorded } of leaves) {
    assert.ok([3, 5, record.seeds.length, plantedSeeds.length].includes(values.length));
    assert.ok(Math.abs(mean([...values]) - recorded) < 1e-7);
  }
  assert.ok(record.figures.length >= 10);
  for (const { name, values, mean: recorded, expected } of record.figures) {
    assert.ok(
      leaves.some((leaf) => leaf.values.join() === values.join()),
      name,
    );
    const met =
      "min" in expected
        ? recorded >= expected.min
        : Math.abs(recorded - expected.value) <= expected.tolerance;
    assert.ok(met, `${name}: ${recorded}`);
  }
});

/** Lines of other notebooks that show figures of the record under names of their own. */
const quotedLines: readonly (readonly [notebook: string, line: RegExp, setting: string])[] = [
  [
    "03-isolation-forest",
    /^ROC AUC (\S+); over distinct rows (\S+)$/m,
    "mixed / 10-percent / isolation-forest",
  ],
  ["03-isolation-forest", /^ *naive +(\S+) +(\S+)$/m, "mixed / 10-percent / isolation-forest"],
  ["03-isolation-forest", /^ *holdout +(\S+) +(\S+)$/m, "novelty / holdout / isolation-forest"],
  ["03-isolation-forest", /^ *corrected +(\S+) +(\S+)$/m, "novelty / corrected / isolation-forest"],
  ["04-autoencoder", /^ROC AUC (\S+), over distinct rows (\S+)$/m, "novelty / corrected / autoencoder"],
];

for (const [name, line, setting] of quotedLines) {
  test(`${name} shows ROC AUC and deduplicated ROC AUC of ${setting} in the line ${line.source}`, () => {
    const [, rocAuc, deduplicated] = line.exec(printedTexts(notebook(name)).join("\n")) ?? [];
    assert.ok(rocAuc, `${name} does not print such a line: name the new one in quotedLines`);
    const claims = [
      figures.ofSeed(`${setting} / rocAuc`, rocAuc),
      figures.ofSeed(`${setting} / deduplicated.rocAuc`, deduplicated),
    ];
    assert.deepEqual(disagreements(claims), []);
  });
}

for (const name of names) {
  test(`${name} shows the record's numbers wherever it names them`, () => {
    assert.deepEqual(disagreements(claimsOf(notebook(name))), []);
  });
}

test("05-evaluation shows every protocol, both models, the baselines and the seeds", () => {
  const read = notebook("05-evaluation");
  const claims = claimsOf(read);
  const shown = new Set(claims.map(({ name }) => name));
  for (const detector of judgedNames) {
    assert.ok(shown.has(`novelty / holdout / ${detector} / rocAuc, seed 1`), detector);
    for (const metric of [
      "rocAuc",
      "deduplicated.rocAuc",
      "averagePrecision",
      "f1",
      "recall",
      "falseAlarmRate",
    ])
      assert.ok(shown.has(`novelty / corrected / ${detector} / ${metric}, seed 1`), `${detector} ${metric}`);
    assert.ok(shown.has(`mean of novelty / corrected / ${detector} / rocAuc, seeds 1, 2, 3`), detector);
  }
  for (const part of ["mixed / 10-percent", ...["http", "smtp", "sf", "sa"].map((s) => `literature / ${s}`)])
    assert.ok(shown.has(`${part} / isolation-forest / rocAuc, seed 1`), part);
  const legends = legendClaims(read, figures).map(({ name }) => name);
  assert.equal(new Set(legends).size, judgedNames.length);
  for (const { shown: text } of claims) assert.match(text, /^\d\.\d{4}$|^–$/);
  assert.ok(printedTexts(read).some((text) => text.includes(`backend ${record.backend}`)));
});

for (const name of [...names, "solutions/05-evaluation", "solutions/07-your-own-traffic"]) {
  test(`${name} prints every number that its prose quotes`, () => {
    assert.deepEqual(unprintedNumbers(notebook(name)), []);
  });
}

test("the tables of the README and of its page of figures are those of the record", () => {
  const [readme, figuresPage] = pages.map((page) => readFileSync(page, "utf8"));
  for (const page of [readme, figuresPage]) assert.equal(page, withTables(page, record));
  for (const table of [noveltyTable, threatsTable]) assert.ok(readme.includes(table(record)));
  for (const table of [sameRowsTable, oneClassTable, unswTable, adbenchTable])
    assert.ok(figuresPage.includes(table(record)));
  assert.ok(readme.includes(`on the ${record.backend} backend`));
  assert.ok(readme.includes(`seeds ${record.seeds[0]} to ${record.seeds.at(-1)}`));
});

test("one changed digit is noticed, in a frame, a legend and the prose", () => {
  const file = "05-evaluation.ipynb";
  const text = readFileSync(join(project, "notebooks", file), "utf8");
  const changed = (pattern: RegExp, by: string) => {
    const other = text.replace(pattern, by);
    assert.notEqual(other, text, String(pattern));
    return parseNotebook(other, file);
  };
  const frame = changed(/( {2}novelty \/ holdout \/ isolation-forest {2}0\.\d{3})\d/, "$1x");
  assert.equal(disagreements(claimsOf(frame)).length, 1);
  const deviation = changed(
    /(seeds 1–3 \/ novelty \/ corrected \/ autoencoder {2}0\.\d{4} ± 0\.\d{3})\d/,
    "$1x",
  );
  assert.equal(disagreements(claimsOf(deviation)).length, 1);
  const [, area] = /"name": "Autoencoder · AUC (0\.\d{4})/.exec(text) ?? [];
  const legend = changed(/("name": "Autoencoder · AUC )0\.\d{4}/, `$1${Number(area).toFixed(3)}`);
  assert.deepEqual(disagreements(claimsOf(legend)), []); // a digit less is no other number …
  const lower = changed(/("name": "Autoencoder · AUC 0\.\d{2})\d\d/, "$10000");
  assert.equal(disagreements(claimsOf(lower)).length, 1); // … but another digit is
  const renamed = changed(/ {2}novelty \/ holdout \/ isolation-forest {2}/, "  novelty / holdout / forest  ");
  assert.ok(disagreements(claimsOf(renamed)).length > 0);
  const prose = changed(/0\.8921/g, "0.8922");
  assert.deepEqual(unprintedNumbers(parseNotebook(text, file)), []);
  assert.equal(unprintedNumbers(prose).length, 0); // changed everywhere, so that they agree
  const proseOnly = changed(/An F1 of 0\.8921/, "An F1 of 0.8922");
  assert.equal(unprintedNumbers(proseOnly).length, 1);
});

test("words for KDD'99 in outputs are noticed, and numbers for simulated traffic are not taken for those of KDD'99", () => {
  assert.ok(foreignWords(notebook("05-evaluation")).length > 10);
  const said = {
    output_type: "display_data" as const,
    metadata: {},
    data: { "text/markdown": "On KDD'99 0.21." },
  };
  const text = "Of 0.12.\n<!-- data: simulated\n0.34\n-->";
  const code = {
    cell_type: "code" as const,
    metadata: {},
    source: "n = 1_024",
    execution_count: 1,
    outputs: [said],
  };
  const cells = [{ cell_type: "markdown" as const, metadata: {}, source: `${text} 1,024 rows` }, code];
  const small: Notebook = { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
  assert.deepEqual(foreignWords(small), []);
  assert.deepEqual(unprintedNumbers(small), ["0.12 in: Of 0.12."]);
});
