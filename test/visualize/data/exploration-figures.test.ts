import assert from "node:assert/strict";
import { test } from "node:test";
import type { Table } from "traffic-anomaly";
import { categoriesByPosition } from "traffic-anomaly/dist/visualize/data/categories-by-position";
import { featureRanges } from "traffic-anomaly/dist/visualize/data/feature-ranges";
import { valueBins } from "traffic-anomaly/dist/visualize/data/value-histograms";
import {
  categoriesByPositionFigure,
  correlationFigure,
  type Figure,
  featureRangesFigure,
  matrixRowsFigure,
  rankCorrelations,
  valueHistogramsFigure,
  valuesByLabelFigure,
  varianceShares,
  varianceSharesFigure,
} from "traffic-anomaly/visualize";
import fc from "../../fixtures/fast-check";
import { caption, hostileLabel, labels } from "../examples";

const rows = labels.codes.length;
const count = Float32Array.from({ length: rows }, (_, row) => (row * 7919) % 512);
const table: Table = {
  rows,
  labels,
  features: [
    { kind: "numeric", name: "count", measure: "count", values: count },
    { kind: "numeric", name: "rate", measure: "rate", values: count.map((value) => 1 - value / 512) },
    { kind: "numeric", name: "constant", measure: "count", values: new Float32Array(rows).fill(3) },
  ],
};
const matrix = {
  rows: 6,
  columns: ["a", `s=${hostileLabel}`, "s=http"],
  data: Float32Array.from({ length: 18 }, (_, i) => (i % 5) / 4),
};

const figures: Record<string, Figure> = {
  "values by label": valuesByLabelFigure(
    [
      { name: "training", values: { normal: 10, smurf: 200, [hostileLabel]: 0 } },
      { name: "test", values: { normal: 5, perl: 2 } },
    ],
    { title: "Rows" },
    caption,
  ),
  "categories by position": categoriesByPositionFigure(labels, caption),
  "feature ranges": featureRangesFigure(table, ["count", "rate", "constant", "count"], caption),
  correlation: correlationFigure([{ name: "all", ...rankCorrelations(table, ["count", "rate"]) }], caption),
  "variance shares": varianceSharesFigure([{ name: "raw", shares: varianceShares(matrix) }], caption),
  "matrix rows": matrixRowsFigure(matrix, { ...labels, codes: labels.codes.subarray(0, 6) }, caption),
  "value histograms": valueHistogramsFigure([{ name: "count", values: count }], caption),
};

/** The parts of a trace that the tests read. */
interface Trace {
  name: string;
  x: number[];
  y: number[];
  z: number[][];
}
const traces = ({ data }: Figure) => data as unknown as Trace[];

for (const [kind, figure] of Object.entries(figures)) {
  test(`the ${kind} figure states its protocol, survives JSON, is small and shows no label's markup`, () => {
    assert.match((figure.layout.title as { text: string }).text, /scored on corrected/);
    assert.deepEqual(JSON.parse(JSON.stringify(figure)), figure);
    assert.ok(JSON.stringify(figure).length < 60_000);
    assert.ok(!JSON.stringify(figure).includes("</script>"));
  });
}

test("a label without a value has no dot, and 0 has none on the logarithmic axis", () => {
  const dots = traces(figures["values by label"]).filter(({ name }) => name === "training");
  assert.deepEqual(
    dots.flatMap(({ x }) => x),
    [10, 200],
  );
});

test("the shares of each part of a file sum to 1, and together give the categories' rows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 1, max: 70 }),
      (codes, parts) => {
        const { positions, groups } = categoriesByPosition(
          { ...labels, codes: Uint8Array.from(codes) },
          parts,
        );
        assert.equal(positions.length, Math.min(parts, codes.length));
        positions.forEach((_, part) => {
          const sum = groups.reduce((total, { shares }) => total + shares[part], 0);
          assert.ok(Math.abs(sum - 1) < 1e-12);
        });
      },
    ),
  );
});

test("percentiles are those of the category's own rows, linear between two values", () => {
  const values = Float32Array.of(0, 10, 20, 30, 40, 999);
  const codes = Uint8Array.of(2, 2, 2, 2, 2, 5);
  const small: Table = {
    rows: 6,
    labels: { ...labels, codes },
    features: [{ kind: "numeric", name: "count", measure: "count", values }],
  };
  const [normal, dos] = featureRanges(small, "count").map(({ name, rows, percentiles }) => ({
    name,
    rows,
    percentiles,
  }));
  // The 5th percentile lies 0.05 · 4 steps of 10 above the least value.
  assert.deepEqual(normal, {
    name: "normal",
    rows: 5,
    percentiles: [0.2 * 10, 10, 20, 30, 40 - 0.2 * 10],
  });
  assert.deepEqual(dos, { name: "dos", rows: 1, percentiles: [999, 999, 999, 999, 999] });
  assert.throws(() => featureRanges(small, "bytes"), RangeError);
});

test("rank correlations are those of ranks: monotone is 1, reversed -1, a constant has none", () => {
  const { values } = rankCorrelations(table, ["count", "rate", "constant"]);
  assert.ok(Math.abs((values[0][1] ?? 0) + 1) < 1e-12);
  assert.equal(values[0][0], 1);
  assert.deepEqual(values[2], [null, null, null]);
});

test("ties share their mean rank, as in scipy.stats.spearmanr", () => {
  const column = (name: string, values: number[]) =>
    ({ kind: "numeric", name, measure: "count", values: Float32Array.from(values) }) as const;
  const tied: Table = { rows: 4, features: [column("a", [1, 2, 2, 3]), column("b", [1, 3, 2, 2])] };
  // Ranks 1, 2.5, 2.5, 4 and 1, 4, 2.5, 2.5: covariance 2.25, both variances 4.5 (times n − 1).
  assert.ok(Math.abs((rankCorrelations(tied, ["a", "b"]).values[0][1] ?? 0) - 2.25 / 4.5) < 1e-12);
});

test("the shares of the variance sum to 1, add up one-hot columns, and are 0 where nothing varies", () => {
  const data = Float32Array.of(0, 1, 0, 2, 0, 1);
  const shares = varianceShares({ rows: 2, columns: ["a", "s=x", "s=y"], data });
  // Half the squared ranges: a 2, s=x 0.5, s=y 0.5.
  assert.deepEqual(shares, { a: 2 / 3, s: 1 / 3 });
  assert.deepEqual(varianceShares({ rows: 2, columns: ["a"], data: Float32Array.of(7, 7) }), { a: 0 });
});

test("a half of the mean squared distance of two rows is the variance that the shares are of", () => {
  const { rows: n, data, columns } = matrix;
  const width = columns.length;
  const distances = columns.map((_, column) => {
    let sum = 0;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) sum += (data[a * width + column] - data[b * width + column]) ** 2;
    return sum;
  });
  const total = distances.reduce((sum, distance) => sum + distance, 0);
  assert.ok(Math.abs(varianceShares(matrix).a - distances[0] / total) < 1e-9);
});

test("rows are drawn in the order of categories, and only looked at", () => {
  const before = matrix.data.slice();
  const codes = Uint8Array.of(5, 2, 5, 2, 5, 2);
  const [{ z }] = traces(matrixRowsFigure(matrix, { ...labels, codes }, caption));
  const line = (row: number) => Array.from(matrix.data.subarray(row * 3, row * 3 + 3));
  assert.deepEqual(z, [1, 3, 5, 0, 2, 4].map(line));
  assert.deepEqual(matrix.data, before);
});

test("each value lies in one bin, whatever the values", () => {
  const values = fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { maxLength: 50 });
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 20 }), (drawn, bins) => {
      const { edges, counts } = valueBins(Float64Array.from(drawn), bins);
      assert.equal(edges.length, counts.length + 1);
      assert.equal(
        counts.reduce((sum, held) => sum + held, 0),
        drawn.length,
      );
    }),
  );
});
