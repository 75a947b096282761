import assert from "node:assert/strict";
import { test } from "node:test";
import { averagePathLength } from "traffic-anomaly";
import { harmonicNumber } from "traffic-anomaly/dist/models/isolation-forest/average-path-length";

test("c(1) = 0 and c(2) = 1", () => {
  assert.equal(averagePathLength(0), 0);
  assert.equal(averagePathLength(1), 0);
  assert.equal(averagePathLength(2), 1);
});

test("c(3) = 2 · (1 + 1/2) − 2 · 2/3", () => {
  assert.ok(Math.abs(averagePathLength(3) - (2 * 1.5 - 4 / 3)) < 1e-15);
});

test("c(n) is the mean depth at which an unsuccessful search in a random binary search tree ends", () => {
  // E(n) = mean over the root's rank k of (1 + E of the subtree the search goes to); n + 1 ends are equally likely.
  const external = [0];
  for (let n = 1; n <= 256; n++) {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += external[k] + external[n - 1 - k];
    external[n] = n + 1 + sum / n; // total depth of the n + 1 ends
  }
  // c(n) of the paper is that of a tree whose n rows are its ends, which has n − 1 inner nodes.
  for (const n of [2, 3, 10, 256]) {
    assert.ok(Math.abs(averagePathLength(n) - external[n - 1] / n) < 1e-12, `c(${n})`);
  }
});

test("c(n) grows with n, also where the harmonic number passes to its series", () => {
  for (let n = 1; n < 3000; n++) assert.ok(averagePathLength(n + 1) > averagePathLength(n), `c(${n})`);
});

test("the series of the harmonic number agrees with the sum to 13 digits", () => {
  let sum = 0;
  for (let i = 1; i <= 5000; i++) {
    sum += 1 / i;
    assert.ok(Math.abs(harmonicNumber(i) - sum) < 1e-12, `H(${i})`);
  }
});
