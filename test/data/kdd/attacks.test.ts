import assert from "node:assert/strict";
import { test } from "node:test";
import { anomalousRows, categories, categoryOf, labels, type Table } from "traffic-anomaly";
import { realTableTest } from "../../fixtures/real-tables";
import { nominalColumn } from "../../fixtures/table";

test("the types that public maps disagree about are as the contest counted them", () => {
  const types = ["normal", "smurf", "satan", "warezmaster", "worm", "httptunnel", "xterm"];
  assert.deepEqual(types.map(categoryOf), ["normal", "dos", "probe", "r2l", "r2l", "u2r", "u2r"]);
});

test("an attack that the contest does not know is other, whatever its name", () => {
  for (const label of ["heartbleed", "", "Smurf", "smurf.", "constructor", "__proto__"])
    assert.equal(categoryOf(label), "other");
});

test("every row that is not normal is anomalous", () => {
  assert.deepEqual(
    anomalousRows(nominalColumn("label", ["normal", "smurf", "heartbleed", "normal"])),
    Uint8Array.of(0, 1, 1, 0),
  );
  assert.deepEqual(anomalousRows(nominalColumn("label", ["smurf"])), Uint8Array.of(1), "no normal rows");
});

function totals(table: Table): Record<string, number> {
  const { codes, categories: names } = labels(table);
  const counts = Object.fromEntries(categories.map((category) => [category, 0]));
  for (const code of codes) counts[categoryOf(names[code])]++;
  return counts;
}

realTableTest("the categories have the contest's totals", ["10-percent", "corrected"], (train, later) => {
  assert.deepEqual(totals(train), {
    normal: 97_278,
    dos: 391_458,
    probe: 4_107,
    r2l: 1_126,
    u2r: 52,
    other: 0,
  });
  assert.deepEqual(totals(later), {
    normal: 60_593,
    dos: 229_853,
    probe: 4_166,
    r2l: 16_189,
    u2r: 228,
    other: 0,
  });
});

realTableTest(
  "corrected holds 17 attack types that the 10 % set lacks, in 18,729 rows",
  ["10-percent", "corrected"],
  (train, later) => {
    const known = new Set(labels(train).categories);
    const { codes, categories: names } = labels(later);
    assert.equal(names.filter((name) => !known.has(name)).length, 17);
    assert.equal(codes.filter((code) => !known.has(names[code])).length, 18_729);
  },
);
