import assert from "node:assert/strict";
import { test } from "node:test";
import { anomalyWords, labelGroups } from "traffic-anomaly/dist/data/label-groups";

const kinds = Array.from({ length: 13 }, (_, i) => `kind ${i}`);

test("labels of KDD'99 fall into its categories, with strange ones among them as other", () => {
  const { names, places } = labelGroups(["normal", "smurf", "nmap", "teapot"]);
  assert.deepEqual(names, ["normal", "dos", "probe", "r2l", "u2r", "other"]);
  assert.deepEqual(places, [0, 1, 2, 5]);
});

test("kinds of anomalies of another table are groups of their own, normal first", () => {
  const { names, places } = labelGroups(["Exploits", "normal", "Worms"]);
  assert.deepEqual(names, ["normal", "Exploits", "Worms"]);
  assert.deepEqual(places, [1, 0, 2]);
});

test("one kind, and more than can be told apart, are anomalous rows", () => {
  assert.deepEqual(labelGroups(["1", "normal"]), { names: ["normal", "anomalous"], places: [1, 0] });
  assert.deepEqual(labelGroups(kinds).names, ["normal", "anomalous"]);
  assert.deepEqual(labelGroups(kinds.slice(1)).names, ["normal", ...kinds.slice(1)]);
  assert.deepEqual(labelGroups(["normal"]).places, [0]);
});

test("a single name that KDD'99 has too does not make labels KDD'99's", () => {
  assert.deepEqual(labelGroups(["land", "sea", "air", "normal"]).names, ["normal", "land", "sea", "air"]);
  assert.equal(anomalyWords(["land", "sea", "air", "normal"]).many, "anomalies");
  assert.equal(anomalyWords(["land", "normal"]).many, "attacks");
});
