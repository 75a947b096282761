import assert from "node:assert/strict";
import { test } from "node:test";
import { scoreHistogram } from "traffic-anomaly/dist/visualize/evaluation/histogram";
import fc from "../../fixtures/fast-check";

const labels = (codes: number[]) => ({
  kind: "nominal" as const,
  name: "label",
  codes: Uint8Array.from(codes),
  categories: ["normal", "perl", "smurf", "unheard-of"],
});
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

test("the shares of each category sum to 1 and split at the threshold, on either scale", () => {
  // Below 1e-300, bounds of bins are no longer told apart.
  const number = fc.double({ noNaN: true, min: 0, max: 1e6 }).map((value) => (value < 1e-300 ? 0 : value));
  const row = fc.record({
    score: fc.oneof(number, fc.constantFrom(0, 1e-300, 0.5)),
    code: fc.nat(3),
  });
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 50 }),
      fc.constantFrom("linear" as const, "log" as const),
      fc.option(number, { nil: undefined }),
      (rows, scale, threshold) => {
        const scores = Float64Array.from(rows, ({ score }) => score);
        const column = labels(rows.map(({ code }) => code));
        const { edges, groups } = scoreHistogram(scores, column, { scale, threshold });
        assert.ok(edges.length <= 83);
        assert.equal(
          groups.reduce((total, group) => total + group.rows, 0),
          rows.length,
        );
        const bound = threshold ? edges.indexOf(threshold) : -1;
        for (const { shares, flagged } of groups) {
          assert.ok(Math.abs(sum(shares) - 1) < 1e-9);
          if (threshold) assert.ok(Math.abs(sum(shares.subarray(bound)) - flagged!) < 1e-9);
        }
      },
    ),
  );
});

test("the threshold bounds two bins, and exactly the flagged rows lie in the bins above it", () => {
  const threshold = 0.3;
  const scores = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000).map((i) => i / 1000);
  const { edges, groups } = scoreHistogram(scores, labels(Array(1000).fill(2)), { threshold });
  const bound = edges.indexOf(threshold);
  assert.ok(bound > 0);
  assert.ok(Math.abs(sum(groups[0].shares.subarray(bound)) - 699 / 1000) < 1e-9);
  assert.equal(groups[0].flagged, 699 / 1000);
});

test("a threshold outside the scores is inside the bins", () => {
  for (const threshold of [-3, 9]) {
    const { edges, groups } = scoreHistogram(Float64Array.of(1, 2), labels([0, 0]), { threshold });
    assert.ok(edges[0] <= threshold && threshold <= edges[edges.length - 1]);
    assert.equal(groups[0].flagged, threshold < 1 ? 1 : 0);
  }
});

test("on the logarithmic scale a score of 0 lies in the first bin", () => {
  const { groups } = scoreHistogram(Float64Array.of(0, 1, 10, 100), labels([0, 0, 0, 0]), { scale: "log" });
  assert.equal(groups[0].shares[0], 2 / 4);
});

test("groups are categories, in the usual order, and only those with rows", () => {
  const { groups } = scoreHistogram(Float64Array.of(1, 2, 3), labels([3, 2, 0]));
  assert.deepEqual(
    groups.map(({ name }) => name),
    ["normal", "dos", "other"],
  );
});

test("equal scores, one row and no row make a histogram", () => {
  assert.equal(sum(scoreHistogram(Float64Array.of(5, 5, 5), labels([0, 0, 0])).groups[0].shares), 1);
  assert.equal(sum(scoreHistogram(Float64Array.of(0), labels([0]), { scale: "log" }).groups[0].shares), 1);
  assert.deepEqual(scoreHistogram(new Float64Array(0), labels([])).groups, []);
});
