import assert from "node:assert/strict";
import { test } from "node:test";
import { fitPreprocessor, type Matrix } from "traffic-anomaly";
import type { Detector, DetectorKind } from "traffic-anomaly/dist/models/detector";
import { detectors } from "traffic-anomaly/dist/models/detectors";
import { firstNotFinite } from "traffic-anomaly/dist/preprocess/matrix";
import { someOf } from "../fixtures/cases";

const columns = Array.from({ length: 7 }, (_, i) => `column ${i}`);
const rows = 20_000; // enough for threads

function matrixOf(change: (data: Float32Array) => void = () => {}): Matrix {
  const data = Float32Array.from({ length: rows * columns.length }, (_, i) => Math.sin(i * i));
  change(data);
  return { rows, columns, data };
}

const forest = { trees: 10 };
const network = { epochs: 1, patience: 0, layers: [4] };
const sample = { neighbours: 3, sampleSize: 50 };
/** Options of each detector, with which it is quick. */
const own: Readonly<Record<(typeof detectors)[number]["kind"], object>> = {
  "isolation-forest": forest,
  autoencoder: network,
  combined: { "isolation-forest": forest, autoencoder: network },
  "principal-components": { components: 2 },
  mahalanobis: { majorShare: 0.5 },
  ecod: {},
  "nearest-neighbours": sample,
  "local-outlier-factor": sample,
};

for (const detector of detectors as readonly DetectorKind<keyof typeof own>[]) {
  const options = own[detector.kind];
  const fit = (matrix: Matrix, more: object = {}): Promise<Detector> =>
    detector.fit(matrix, { ...options, ...more });

  test(`the ${detector.title} refuses a value that is not finite, in fitting, scoring and explaining`, async () => {
    const fitted = await fit(matrixOf());
    for (const value of someOf([NaN, Infinity, -Infinity], 3)) {
      const bad = matrixOf((data) => {
        data[17_001 * 7 + 3] = value;
      });
      const place = /row 17001 of the matrix .*column "?column 3"?/;
      const refusal = (error: Error) => error.name === "InputError" && place.test(error.message);
      await assert.rejects(fit(bad), refusal);
      await assert.rejects(fitted.score(bad), refusal);
      await assert.rejects(fitted.score(bad, { workers: 1 }), refusal);
      await assert.rejects(fitted.explainRows(bad), { name: "InputError", message: /column 3/ });
      const row = bad.data.subarray(17_001 * 7, 17_002 * 7);
      assert.throws(() => fitted.explain(row), { name: "InputError", message: /column 3/ });
    }
  });

  test(`the ${detector.title} refuses numbers that are no matrix of its columns`, async () => {
    const fitted = await fit(matrixOf());
    const { data } = matrixOf();
    for (const [wrong, sentence] of [
      [
        { rows, columns, data: data.subarray(7) },
        /must have 20000 rows × 7 columns = 140000 numbers, got 139993/,
      ],
      [{ rows: 1.5, columns, data }, /can't have 1.5 rows/],
      [{ rows: -1, columns, data }, /can't have -1 rows/],
      [{ rows, columns: columns.length, data }, /the columns of a matrix must be a list of their names/],
      [null, /a matrix must be an object of rows, columns and data, got null/],
      [{ rows, columns, data: Array.from(data) }, /must be a Float32Array, got \[object Array\]/],
      [
        { rows, columns, data: Float64Array.from(data) },
        /must be a Float32Array, got \[object Float64Array\]/,
      ],
    ] as [unknown, RegExp][] as [Matrix, RegExp][]) {
      const refusal = { name: "RangeError", message: sentence };
      await assert.rejects(fit(wrong), refusal);
      await assert.rejects(fitted.score(wrong), refusal);
      await assert.rejects(fitted.explainRows(wrong), refusal);
    }
    for (const length of [0, 6, 8]) assert.throws(() => fitted.explain(new Float32Array(length)), RangeError);
    await assert.rejects(fitted.score({ ...matrixOf(), columns: [...columns].reverse() }), RangeError);
  });

  test(`the ${detector.title} refuses an option that it does not have, and names those that it has`, async () => {
    await assert.rejects(fit(matrixOf(), { nTrees: 200 }), (error: Error) => {
      assert.match(error.message, /^there is no option "nTrees"/);
      const names = detector.kind === "combined" ? ["seed"] : Object.keys(options);
      return error.name === "InputError" && names.every((name) => error.message.includes(name));
    });
  });
}

test("preprocessing refuses an option that it does not have", () => {
  const table = {
    rows: 2,
    features: [{ kind: "numeric", name: "a", measure: "amount", values: new Float32Array(2) }],
  } as unknown as Parameters<typeof fitPreprocessor>[0];
  assert.throws(() => fitPreprocessor(table, { scale: "z-score" } as object), {
    name: "InputError",
    message: 'there is no option "scale"; the options are encoding, logarithm, logarithmOf, scaling',
  });
});

test("the first value that is not finite is found, wherever it is", () => {
  for (const length of [0, 1, 3, 4, 5, 64, 1001])
    for (const value of [NaN, Infinity, -Infinity])
      for (let at = 0; at < length; at += 1 + Math.floor(length / 9)) {
        const data = new Float32Array(length).fill(3e38);
        assert.equal(firstNotFinite(data), -1);
        data[at] = value;
        data[length - 1] = value;
        assert.equal(firstNotFinite(data), at);
      }
});
