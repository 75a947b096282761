import assert from "node:assert/strict";
import { test } from "node:test";
import { truthOf } from "traffic-anomaly";
import { withNormal } from "traffic-anomaly/dist/detect/training/training-data";
import { nominalColumn } from "../../fixtures/table";

test("benign and normal in any case are normal, background and unset labels say nothing, others are attacks", () => {
  assert.deepEqual(["Benign", "benign", "NORMAL", " normal "].map(truthOf), Array(4).fill("normal"));
  assert.deepEqual(
    ["Background", "unknown", "-", "(empty)", "", undefined].map(truthOf),
    Array(6).fill(undefined),
  );
  assert.deepEqual(["Malicious", "smurf", "From-Botnet"].map(truthOf), Array(3).fill("attack"));
});

test("spellings of normal become one label", () => {
  const { codes, categories } = withNormal(nominalColumn("label", ["Benign", "scan", "normal"]));
  assert.deepEqual(
    Array.from(codes, (code) => categories[code]),
    ["normal", "scan", "normal"],
  );
});
