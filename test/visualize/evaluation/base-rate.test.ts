import assert from "node:assert/strict";
import { test } from "node:test";
import { baseRateFigure, precisionAtBaseRate } from "traffic-anomaly/visualize";

const good = { recall: 0.93, falseAlarmRate: 0.045 };

test("Axelsson's example: at 1 % attacks five alarms of six are false", () => {
  const [attacks, normals] = [1_000, 99_000];
  const [found, falseAlarms] = [0.93 * attacks, 0.045 * normals];
  assert.equal(precisionAtBaseRate(good, 0.01).toFixed(10), (found / (found + falseAlarms)).toFixed(10));
  assert.equal(precisionAtBaseRate(good, 0.01).toFixed(2), "0.17");
});

test("precision is 0 without attacks or without alarms, 1 without normal rows, and rises in between", () => {
  assert.equal(precisionAtBaseRate(good, 0), 0);
  assert.equal(precisionAtBaseRate(good, 1), 1);
  assert.equal(precisionAtBaseRate({ recall: 0, falseAlarmRate: 0 }, 0.5), 0);
  const rates = Array.from({ length: 101 }, (_, i) => i / 100);
  const precisions = rates.map((rate) => precisionAtBaseRate(good, rate));
  assert.deepEqual(
    precisions,
    precisions.slice().sort((a, b) => a - b),
  );
});

test("a detector that flags everything is right as often as there are attacks", () => {
  for (const rate of [1e-5, 0.01, 0.8])
    assert.ok(Math.abs(precisionAtBaseRate({ recall: 1, falseAlarmRate: 1 }, rate) - rate) < 1e-15);
});

test("the figure has a curve a detector, a line a mark, and survives JSON", () => {
  const figure = baseRateFigure(
    [
      { name: "autoencoder", ...good },
      { name: "another", recall: 0.5, falseAlarmRate: 0.001 },
    ],
    { "1 % attacks": 0.01, corrected: 0.8 },
    { protocol: "scored on corrected" },
  );
  const [first, second] = figure.data as unknown as { name: string; x: number[]; y: number[] }[];
  assert.equal(first.name, "Autoencoder · recall 93.0 %, false alarms 4.5 %");
  assert.deepEqual([first.x[0], first.x.at(-1), first.y.at(-1)], [1e-5, 1, 1]);
  const at = first.x.indexOf(0.01);
  assert.equal(first.y[at], Number(precisionAtBaseRate(good, 0.01).toFixed(5)));
  assert.ok(second.y[at] > first.y[at]);
  assert.deepEqual(
    (figure.layout.shapes as { x0: number }[]).map(({ x0 }) => x0),
    [0.01, 0.8],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure);
  assert.ok(JSON.stringify(figure).length < 20_000);
});
