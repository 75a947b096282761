import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import {
  averagePathLength,
  createRandom,
  fitIsolationForest,
  type IsolationForest,
  isolationForest,
  type Matrix,
  selectMatrixRows,
} from "traffic-anomaly";
import type { ProgressUpdate } from "traffic-anomaly/dist/common/progress";
import { range } from "traffic-anomaly/dist/common/range";
import { shared } from "traffic-anomaly/dist/common/shared";
import { scoreRows } from "traffic-anomaly/dist/models/isolation-forest/anomaly-scores";
import { allocateNodes, growTree, type Nodes } from "traffic-anomaly/dist/models/isolation-forest/tree";
import { packTrees, scoreRowsPacked } from "traffic-anomaly/dist/models/kernel/forest";
import { growTree as growTreeInKernel } from "traffic-anomaly/dist/models/kernel/grow-tree";
import { packColumns } from "traffic-anomaly/dist/models/kernel/packed-columns";
import { findRepeats } from "traffic-anomaly/dist/models/kernel/repeats";
import type { LazyMatrix } from "traffic-anomaly/dist/preprocess/matrix";
import fc from "../../fixtures/fast-check";

/** Points of a round cloud, and at the end some far away. */
function cloud(rows: number, { width = 3, outliers = 0, seed = 1 } = {}): Matrix {
  const random = createRandom(seed, "test data");
  const data = new Float32Array(rows * width);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  for (let i = 0; i < data.length; i++) data[i] = normal() + (i >= (rows - outliers) * width ? 12 : 0);
  return { rows, columns: Array.from({ length: width }, (_, i) => `x${i}`), data };
}

/** The nodes below and including one, each with its depth. */
function* nodesBelow(
  { nodes }: IsolationForest,
  node: number,
  depth = 0,
): Generator<{ node: number; depth: number }> {
  yield { node, depth };
  if (nodes.column[node] < 0) return;
  yield* nodesBelow({ nodes } as IsolationForest, nodes.left[node], depth + 1);
  yield* nodesBelow({ nodes } as IsolationForest, nodes.left[node] + 1, depth + 1);
}

/** The paper's definition, written as plainly as can be. */
function slowScore({ nodes, settings }: IsolationForest, row: Float32Array): number {
  let sum = 0;
  for (const root of nodes.roots) {
    let node = root;
    while (nodes.column[node] >= 0) {
      node = row[nodes.column[node]] <= nodes.split[node] ? nodes.left[node] : nodes.left[node] + 1;
    }
    sum += nodes.pathLength[node];
  }
  return 2 ** (-(sum / settings.trees) / averagePathLength(settings.sampleSize));
}

test("rows far from the others score highest, and all scores lie in (0, 1)", async () => {
  const matrix = cloud(2000, { outliers: 10 });
  const scores = await (await fitIsolationForest(matrix)).score(matrix);
  const usual = Math.max(...scores.subarray(0, 1990));
  for (const score of scores.subarray(1990)) assert.ok(score > usual);
  assert.ok(scores.every((score) => score > 0 && score < 1));
});

test("scores follow the paper's formula", async () => {
  const matrix = cloud(500, { outliers: 5 });
  const forest = await fitIsolationForest(matrix, { trees: 20, sampleSize: 64 });
  const scores = await forest.score(matrix);
  for (let row = 0; row < matrix.rows; row++) {
    const expected = slowScore(forest, matrix.data.subarray(row * 3, row * 3 + 3));
    assert.ok(Math.abs(scores[row] - expected) <= 1e-15, `${scores[row]}, but ${expected} is right`);
  }
});

test("no path is longer than ⌈log₂ ψ⌉, and a leaf's path length is its depth + c(its rows)", async () => {
  for (const sampleSize of [2, 3, 100, 256]) {
    const matrix = cloud(1000);
    const forest = await fitIsolationForest(matrix, { trees: 10, sampleSize });
    const possible = Array.from({ length: sampleSize + 1 }, (_, n) => averagePathLength(n));
    for (const root of forest.nodes.roots) {
      for (const { node, depth } of nodesBelow(forest, root)) {
        assert.ok(depth <= Math.ceil(Math.log2(sampleSize)));
        if (forest.nodes.column[node] >= 0) continue;
        const below = forest.nodes.pathLength[node] - depth;
        assert.ok(
          possible.some((c) => Math.abs(c - below) < 1e-9),
          `${below} is no c(n)`,
        );
      }
    }
  }
});

test("each tree holds all rows of its sample, drawn without replacement", async () => {
  // Distinct values and room to the full depth: every leaf holds one row where the limit is not reached.
  const rows = 8;
  const matrix = { rows, columns: ["x"], data: Float32Array.of(0, 1, 2, 4, 8, 16, 32, 64) };
  const forest = await fitIsolationForest(matrix, { trees: 50, sampleSize: rows });
  for (const root of forest.nodes.roots) {
    // The mean path length at the root is the mean over all rows; its leaves cover c(n) for the rows cut off.
    const leaves = [...nodesBelow(forest, root)].filter(({ node }) => forest.nodes.column[node] < 0);
    const reached = new Map<number, number>();
    for (let row = 0; row < rows; row++) {
      let node = root;
      while (forest.nodes.column[node] >= 0) {
        node = forest.nodes.left[node] + (matrix.data[row] > forest.nodes.split[node] ? 1 : 0);
      }
      reached.set(node, (reached.get(node) ?? 0) + 1);
    }
    for (const { node, depth } of leaves) {
      const held = reached.get(node) ?? 0;
      assert.ok(held >= 1, "every leaf holds a row");
      assert.ok(Math.abs(forest.nodes.pathLength[node] - depth - averagePathLength(held)) < 1e-12);
    }
  }
});

test("a constant column never splits", async () => {
  const matrix = cloud(500, { width: 3 });
  for (let row = 0; row < 500; row++) matrix.data[row * 3 + 1] = 7;
  const forest = await fitIsolationForest(matrix);
  assert.ok(!forest.nodes.column.includes(1));
  assert.ok(forest.nodes.column.includes(0) && forest.nodes.column.includes(2));
});

test("constant data gives one leaf a tree and every row the score 1/2", async () => {
  const matrix = { rows: 300, columns: ["x", "y"], data: new Float32Array(600).fill(3) };
  const forest = await fitIsolationForest(matrix, { trees: 5 });
  assert.equal(forest.nodes.column.length, 5);
  // h = 0 + c(ψ), so 2^(−c(ψ)/c(ψ)) = 1/2.
  assert.ok((await forest.score(matrix)).every((score) => Math.abs(score - 0.5) < 1e-15));
});

test("two neighbouring float32 numbers are still parted", async () => {
  const next = new Float32Array(new Uint32Array([0x3f800001]).buffer)[0];
  const matrix = { rows: 2, columns: ["x"], data: Float32Array.of(1, next) };
  const forest = await fitIsolationForest(matrix, { trees: 30, sampleSize: 2 });
  assert.equal(forest.nodes.column.length, 3 * 30);
});

test("the same seed gives the same bytes, another seed others, and more trees begin with the same", async () => {
  const matrix = cloud(1000);
  const [a, b, c] = await Promise.all([1, 1, 2].map((seed) => fitIsolationForest(matrix, { seed })));
  assert.deepEqual(a.nodes, b.nodes);
  assert.notDeepEqual(a.nodes.split, c.nodes.split);
  const more = await fitIsolationForest(matrix, { seed: 1, trees: 150 });
  assert.deepEqual(more.nodes.split.subarray(0, a.nodes.split.length), a.nodes.split);
});

test("1, 2 and 8 workers grow the same trees to the bit, and stop once they are aborted", async () => {
  const { data, ...rest } = cloud(5000, { width: 30, outliers: 5 });
  const matrix = { ...rest, data: shared(data) };
  const options = { trees: 50, seed: 3 };
  const alone = await fitIsolationForest(matrix, { ...options, workers: 1 });
  assert.deepEqual(
    (await fitIsolationForest({ ...rest, data }, { ...options, workers: 2 })).nodes,
    alone.nodes,
  );
  for (const workers of [2, 8]) {
    const updates: ProgressUpdate[] = [];
    const onProgress = (update: ProgressUpdate) => updates.push(update);
    const forest = await fitIsolationForest(matrix, { ...options, workers, onProgress });
    assert.deepEqual(forest.nodes, alone.nodes);
    assert.deepEqual(forest.settings, alone.settings);
    // One for all trees: they were grown in threads.
    assert.deepEqual(updates, [{ stage: "growing the isolation forest", done: 50, total: 50 }]);
  }
  const abort = new AbortController();
  const growing = fitIsolationForest(matrix, { trees: 480, workers: 2, signal: abort.signal });
  setImmediate(() => abort.abort(new Error("enough")));
  await assert.rejects(growing, { message: "enough" });
});

test("1, 2 and 8 workers give the same scores to the bit", async () => {
  const matrix = cloud(20_001, { outliers: 20 });
  const forest = await fitIsolationForest(matrix);
  const alone = await forest.score(matrix, { workers: 1 });
  for (const workers of [2, 8]) assert.deepEqual(await forest.score(matrix, { workers }), alone);
});

test("calls at the same time do not disturb each other", async () => {
  const matrix = cloud(10_000);
  const forest = await fitIsolationForest(matrix);
  const [one, two] = await Promise.all([forest.score(matrix), forest.score(matrix)]);
  assert.deepEqual(one, two);
});

test("forests that grow at the same time, or after one that was stopped, do not disturb each other", async () => {
  const matrices = [cloud(40_000, { width: 5 }), cloud(40_001, { width: 9 }), cloud(1000)].map(
    ({ data, ...matrix }) => ({ ...matrix, data: shared(data) }),
  );
  const settings = { trees: 20, seed: 3 };
  const grow = async (workers: number, signal?: AbortSignal) => {
    const forests = matrices.map((matrix) => fitIsolationForest(matrix, { ...settings, workers, signal }));
    return (await Promise.all(forests)).map(({ nodes }) => nodes);
  };
  const expected = [];
  for (const matrix of matrices)
    expected.push((await fitIsolationForest(matrix, { ...settings, workers: 1 })).nodes);
  assert.deepEqual(await grow(1), expected);
  for (const milliseconds of [1, 5, 10, 20]) {
    const stopped = grow(2, AbortSignal.timeout(milliseconds)).catch(() => {});
    await sleep(milliseconds);
    assert.deepEqual(await grow(2), expected);
    await stopped;
  }
});

test("a row's score does not depend on the other rows or their order", async () => {
  const matrix = cloud(6000);
  const forest = await fitIsolationForest(matrix);
  const scores = await forest.score(matrix);
  const reversed = Uint32Array.from({ length: 6000 }, (_, i) => 5999 - i);
  assert.deepEqual(await forest.score(selectMatrixRows(matrix, reversed)), scores.slice().reverse());
  const few = selectMatrixRows(matrix, reversed.subarray(0, 3));
  assert.deepEqual(await forest.score(few), scores.slice(-3).reverse());
});

test("scaling and shifting a column by powers of two moves no score", async () => {
  const matrix = cloud(800);
  const moved = { ...matrix, data: matrix.data.map((value, i) => (i % 3 === 0 ? value * 1024 : value)) };
  assert.deepEqual(
    await (await fitIsolationForest(moved)).score(moved),
    await (await fitIsolationForest(matrix)).score(matrix),
  );
});

test("contributions and the baseline add up to log₂ of the score", async () => {
  const matrix = cloud(1500, { width: 4, outliers: 5 });
  const forest = await fitIsolationForest(matrix);
  const scores = await forest.score(matrix);
  let largest = 0;
  for (let row = 0; row < matrix.rows; row++) {
    const contributions = forest.explain(matrix.data.subarray(row * 4, row * 4 + 4));
    const sum = contributions.reduce((total, value) => total + value, forest.baseline);
    largest = Math.max(largest, Math.abs(sum - Math.log2(scores[row])));
  }
  assert.ok(largest < 1e-12, `largest difference ${largest}`);
});

test("the column in which a row is far away contributes most", async () => {
  const matrix = cloud(1000);
  const forest = await fitIsolationForest(matrix);
  const [x, y, z] = forest.explain(Float32Array.of(0, 9, 0));
  assert.ok(y > 5 * Math.abs(x) && y > 5 * Math.abs(z));
});

test("saving and loading keeps every bit; a truncated file is refused", async () => {
  const folder = await mkdtemp(join(tmpdir(), "forest-"));
  try {
    const matrix = cloud(1000);
    const forest = await fitIsolationForest(matrix, { trees: 7, sampleSize: 33, seed: 5 });
    await forest.save(folder);
    assert.deepEqual((await readdir(folder)).sort(), [...isolationForest.files].sort());
    const loaded = await isolationForest.load(folder, matrix.columns);
    assert.deepEqual(loaded.nodes, forest.nodes);
    assert.deepEqual(loaded.settings, { trees: 7, sampleSize: 33, seed: 5 });
    assert.deepEqual(await loaded.score(matrix), await forest.score(matrix));
    const bytes = (await readFile(join(folder, "forest.bin"))).length;
    const nodes = forest.nodes.column.length;
    await truncate(join(folder, "forest.bin"), bytes - 1);
    await assert.rejects(
      isolationForest.load(folder, matrix.columns),
      new RegExp(`forest\\.bin has ${bytes - 1} bytes, not the ${bytes} of ${nodes} nodes in 7 trees$`),
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("options out of range, too few rows and other columns are refused", async () => {
  const matrix = cloud(10);
  await assert.rejects(
    fitIsolationForest(matrix, { trees: 0 }),
    /trees must be an integer in \[1, ∞\), got 0/,
  );
  await assert.rejects(
    fitIsolationForest(matrix, { sampleSize: 1 }),
    /sampleSize must be an integer in \[2, ∞\), got 1/,
  );
  await assert.rejects(fitIsolationForest(cloud(1)), /needs at least 2 rows, got 1/);
  await assert.rejects(
    fitIsolationForest(matrix, { workers: 0 }),
    /workers must be an integer in \[1, ∞\), got 0/,
  );
  const forest = await fitIsolationForest(matrix);
  await assert.rejects(forest.score(matrix, { workers: 0 }), /workers must be an integer in \[1, ∞\), got 0/);
  await assert.rejects(forest.score({ ...matrix, columns: ["a", "b", "c"] }), RangeError);
});

test("a sample size above the number of rows becomes that number, and is readable", async () => {
  assert.equal((await fitIsolationForest(cloud(10))).settings.sampleSize, 10);
});

test("nothing that is passed is changed", async () => {
  const matrix = cloud(5000);
  const before = matrix.data.slice();
  await (await fitIsolationForest(matrix)).score(matrix, { workers: 2 });
  assert.deepEqual(matrix.data, before);
});

test("any finite data gives finite scores in (0, 1)", async () => {
  const value = fc.oneof(fc.float({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, 1, -1));
  const rows = fc.array(fc.tuple(value, value), { minLength: 2, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(rows, fc.nat(), async (points, seed) => {
      const matrix = { rows: points.length, columns: ["x", "y"], data: Float32Array.from(points.flat()) };
      const scores = await (await fitIsolationForest(matrix, { trees: 10, sampleSize: 16, seed })).score(
        matrix,
      );
      assert.ok(scores.every((score) => score > 0 && score < 1));
    }),
    { numRuns: 200 },
  );
});

test("the WebAssembly kernel gives the same bits as its TypeScript reference", async () => {
  for (const [rows, width, sampleSize] of [
    [1000, 3, 256],
    [1003, 40, 2],
    [65, 1, 64],
    [7, 2, 7],
    [40_000, 100, 1000],
  ]) {
    const { data } = cloud(rows, { width, outliers: 2 });
    for (const [i, value] of [3e38, -3e38, 1e-40, 0, -0].entries()) data[data.length - 1 - i] = value;
    data.copyWithin(3 * width, 0, width); // a row that repeats at once, and one that does so later
    data.copyWithin((rows - 3) * width, width, 2 * width);
    for (let row = 200; row < 700; row++) data.copyWithin(row * width, 0, width - 1); // alike but for one column
    const { nodes } = await fitIsolationForest(cloud(rows, { width, seed: 2 }), { trees: 30, sampleSize });
    nodes.split[0] = -0;
    const packed = packTrees(nodes, sampleSize, width);
    assert.ok(packed);
    const task = { data, width, start: 1, end: rows };
    const [expected, actual] = [new Float64Array(rows), new Float64Array(rows)];
    scoreRows({ nodes, expectedPathLength: 5 }, { ...task, scores: expected });
    scoreRowsPacked(packed, 5, { ...task, scores: actual });
    assert.deepEqual(actual, expected);
  }
});

test("the WebAssembly kernel grows the same trees to the bit as the growing that reads like the paper", async () => {
  for (const [rows, width, sampleSize] of [
    [1000, 3, 256],
    [20, 1, 2],
    [9, 2, 9],
    [5000, 118, 4096],
    [3001, 31, 3001],
  ]) {
    const matrix = cloud(rows, { width, outliers: 2 });
    const { data } = matrix;
    for (const [i, value] of [3e38, -3e38, 1e-40, 0, -0].entries()) data[data.length - 1 - i] = value;
    for (let row = 0; row < rows; row++) {
      const at = row * width;
      // Columns that are constant, 0 or 1, constant in part, or zeros of both signs, and rows that repeat.
      for (let column = 3; column < width; column++)
        if (column % 4 > 0) data[at + column] = Number(row % column === 0);
      for (let column = 4; column < width; column += 6) data[at + column] = column;
      if (width > 7) data[at + 6] = row % 2 ? 0 : -0;
      if (row % 3 === 1) data.copyWithin(at, at - width, at);
    }
    const grow = async (growOne: typeof growTree, matrix: Matrix, breathe: () => Promise<void>) => {
      const nodes = allocateNodes(4, 8 * sampleSize);
      let next = 0;
      for (let tree = 0; tree < 4; tree++)
        next = await growOne(matrix, sampleSize, createRandom(tree, "tree"), nodes, next, breathe);
      return { nodes, next };
    };
    const plain = await grow(growTree, matrix, async () => {});
    assert.ok(plain.next > 4);
    const repeating = await findRepeats(matrix, Math.ceil(rows / 3), { workers: 1 });
    assert.ok(repeating.firsts);
    assert.ok(new Set(repeating.firsts).size < 0.7 * rows);
    assert.equal(repeating.packed, undefined, "each row is drawn too seldom");
    const { perRow } = repeating.packing!;
    assert.equal(perRow < width, width > 3, "columns of zeros and ones share words");
    const packed = await packColumns(matrix, repeating.packing!, range(0, rows), { workers: 1 });
    const both = await findRepeats(matrix, rows, { workers: 1 });
    assert.equal(both.packed?.rows, new Set(repeating.firsts).size);
    for (const known of [matrix, repeating, { ...matrix, packed }, both]) {
      const grown = await grow(growTreeInKernel, known, () => assert.fail("the kernel did not grow it"));
      assert.equal(grown.next, plain.next);
      for (const array of ["column", "split", "left", "pathLength"] as const) {
        const bytes = (nodes: Nodes) => Buffer.from(nodes[array].buffer);
        assert.ok(bytes(grown.nodes).equals(bytes(plain.nodes)), `${array} of ${rows} × ${width}`);
      }
    }
  }
});

test("a row that repeats is known by the first that equals it; one that is not finite is refused by row and column", async () => {
  const matrix = cloud(9, { width: 2 });
  matrix.data.copyWithin(8, 0, 2);
  matrix.data.copyWithin(12, 0, 2);
  const few = await findRepeats(matrix, 3, { workers: 1 });
  assert.equal(few.firsts, undefined); // what so few repeats save is less than what looking for them takes
  matrix.data.copyWithin(4, 0, 2);
  const { firsts, packed } = await findRepeats(matrix, 3, { workers: 1 });
  assert.equal(packed, undefined);
  assert.deepEqual(firsts, Uint32Array.of(0, 1, 0, 3, 0, 5, 0, 7, 8));
  assert.equal((await findRepeats(matrix, 2, { workers: 1 })).firsts, undefined); // trees that draw so few gain nothing by it
  for (const value of [NaN, Infinity, -Infinity]) {
    matrix.data[15] = value;
    for (const draws of [2, matrix.rows])
      await assert.rejects(findRepeats(matrix, draws, { workers: 1 }), {
        name: "InputError",
        message: `row 7 of the matrix is ${value} in the column x1: a detector takes finite numbers only`,
      });
  }
});

test("a lazy matrix is made once where trees draw as many rows as it has, else only the rows drawn", async () => {
  const matrix = cloud(2000);
  for (const trees of [10, 4]) {
    let [made, selected] = [0, 0];
    const lazy: LazyMatrix = {
      rows: matrix.rows,
      columns: matrix.columns,
      select: (rows) => {
        selected += rows.length;
        return selectMatrixRows(matrix, rows);
      },
      whole: async () => {
        made += matrix.rows;
        return matrix;
      },
    };
    const options = { trees, sampleSize: 256 };
    const forest = await fitIsolationForest(lazy, options);
    assert.deepEqual([made, selected], trees * 256 >= 2000 ? [2000, 0] : [0, trees * 256]);
    assert.deepEqual(forest.nodes, (await fitIsolationForest(matrix, options)).nodes);
  }
});

test("growing lets timers and signals have their turn, tells its progress, and ends once it is aborted", async () => {
  const matrix = cloud(30_000);
  // Many small trees, and one whose root alone has many rows.
  for (const options of [
    { trees: 100_000, sampleSize: 64 },
    { trees: 100, sampleSize: 30_000 },
  ]) {
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error("enough")), 300);
    let [done, total] = [0, 0];
    const onProgress = (update: ProgressUpdate) => {
      assert.equal(update.stage, "growing the isolation forest");
      assert.equal(update.done, done + 1);
      ({ done, total } = update);
    };
    const growing = fitIsolationForest(matrix, { ...options, signal: abort.signal, onProgress });
    await assert.rejects(growing, { message: "enough" });
    clearInterval(timer);
    assert.ok(turns > 0); // before the abort, which is a timer too
    assert.ok(done < options.trees);
    assert.equal(total, done && options.trees);
  }
  const signal = AbortSignal.abort(new Error("before"));
  await assert.rejects(fitIsolationForest(matrix, { signal }), { message: "before" });
});

test("a forest that needs more memory than the machine has is refused before it is grown", async () => {
  const none = () => assert.fail("rows were selected");
  const matrix: LazyMatrix = { rows: 1e6, columns: ["a"], select: none, whole: none };
  await assert.rejects(fitIsolationForest(matrix, { trees: 100_000, sampleSize: 1e6 }), {
    name: "InputError",
    message: /^100,000 trees × 1,000,000 rows need 12,000 GB of memory; this machine has [\d.,]+$/,
  });
});
