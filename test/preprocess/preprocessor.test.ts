import assert from "node:assert/strict";
import { test } from "node:test";
import {
  allRows,
  fitPreprocessor,
  InputError,
  lazyTransform,
  type Matrix,
  type PreprocessOptions,
  selectMatrixRows,
  selectRows,
  type Table,
  transform,
  unseenCategories,
} from "traffic-anomaly";
import { missingName } from "traffic-anomaly/dist/data/table";
import { transformInTurns } from "traffic-anomaly/dist/preprocess/preprocessor";
import { assertAbortable } from "../fixtures/abort";
import fc from "../fixtures/fast-check";
import { tableOf, type Values } from "../fixtures/table";

const scalings = ["min-max", "standard", "quantile", "none"] as const;
const encodings = ["one-hot", "ordinal", "none"] as const;
const everyMeasure = ["amount", "count", "rate", "flag"] as const;

const measures = { bytes: "amount", errors: "rate", land: "flag" } as const;
const services = ["dns", "ftp", "http", "smtp"];
const makeTable = (values: Values): Table => tableOf(values, { measures });

/** Four connections, whose numbers are easy to follow. */
const small = makeTable({
  bytes: [0, 9, 99, 999],
  service: ["http", "dns", "http", "smtp"],
  hot: [4, 4, 4, 4],
  errors: [0, 0.25, 0.5, 1],
});

const option: fc.Arbitrary<PreprocessOptions> = fc.record({
  encoding: fc.constantFrom(...encodings),
  logarithm: fc.subarray([...everyMeasure]),
  scaling: fc.constantFrom(...scalings),
});

/** Connections of any finite numbers ≥ 0, tiny, huge and equal ones among them. */
const connection = fc.record({
  bytes: fc.oneof(
    fc.double({ min: 0, max: 1e30, noNaN: true }),
    fc.constantFrom(0, 5e-324, 1e-200, 693_375_640),
  ),
  service: fc.constantFrom(...services),
  hot: fc.oneof(fc.nat(3), fc.constantFrom(30, NaN)),
  errors: fc.oneof(fc.float({ min: 0, max: 1, noNaN: true }), fc.constantFrom(NaN, Infinity, -Infinity)),
  /** Says nothing of what it measures. */
  reading: fc.oneof(fc.double({ min: -1e30, max: 1e30 }), fc.constantFrom(0, -0, 1, 2, 1e9, Infinity)),
  land: fc.constantFrom(0, 1),
});
type Connection = typeof connection extends fc.Arbitrary<infer C> ? C : never;
const connections = fc.array(connection, { minLength: 1, maxLength: 30 });

function tableOfRows(rows: readonly Connection[], dictionary?: readonly string[]): Table {
  const column = <K extends keyof Connection>(name: K) => rows.map((row) => row[name]);
  const values = {
    bytes: column("bytes"),
    service: column("service"),
    hot: column("hot"),
    errors: column("errors"),
    land: column("land"),
  };
  const table = tableOf(values, { measures, dictionaries: dictionary ? { service: dictionary } : {} });
  const reading = {
    kind: "numeric",
    name: "reading",
    values: Float64Array.from(column("reading")),
  } as const;
  return { ...table, features: [...table.features, reading] };
}

function columnOf({ columns, data, rows }: Matrix, name: string): number[] {
  const at = columns.indexOf(name);
  assert.ok(at >= 0, `no column ${name}`);
  return Array.from({ length: rows }, (_, row) => data[row * columns.length + at]);
}

const runs = { numRuns: 300 };

test("a constant column becomes 0 in every scaling, with a logarithm or without", () => {
  for (const scaling of scalings) {
    for (const logarithm of [[], everyMeasure]) {
      const preprocessor = fitPreprocessor(small, { scaling, logarithm });
      assert.deepEqual(columnOf(transform(preprocessor, small), "hot"), [0, 0, 0, 0]);
      const later = makeTable({ bytes: [1], service: ["dns"], hot: [7], errors: [0] });
      assert.deepEqual(columnOf(transform(preprocessor, later), "hot"), [0], "whatever later rows hold");
    }
  }
});

test("a nominal column of one category becomes 0 as a number", () => {
  const table = makeTable({ service: ["dns", "dns"] });
  for (const scaling of scalings) {
    const preprocessor = fitPreprocessor(table, { encoding: "ordinal", scaling });
    assert.deepEqual(columnOf(transform(preprocessor, table), "service"), [0, 0]);
  }
});

test("finite numbers become finite numbers, however close to each other or far apart", () => {
  fc.assert(
    fc.property(connections, connections, option, (training, others, options) => {
      const preprocessor = fitPreprocessor(tableOfRows(training), options);
      for (const rows of [training, others]) {
        const { data } = transform(preprocessor, tableOfRows(rows));
        assert.ok(!data.some(Number.isNaN));
        if (rows === training) assert.ok(data.every(Number.isFinite));
      }
    }),
    runs,
  );
});

test("min-max scaling spans exactly [0, 1] over the training rows", () => {
  fc.assert(
    fc.property(connections, option, (rows, options) => {
      const table = tableOfRows(rows);
      const matrix = transform(fitPreprocessor(table, { ...options, scaling: "min-max" }), table);
      for (const name of matrix.columns) {
        const values = columnOf(matrix, name);
        const least = Math.min(...values);
        const greatest = Math.max(...values);
        if (least === greatest && !name.includes("=")) assert.equal(least, 0);
        else if (!name.includes("=")) assert.deepEqual([least, greatest], [0, 1], name);
        else assert.ok(values.every((value) => value === 0 || value === 1));
      }
    }),
    runs,
  );
});

test("min-max scaling does not clip later values", () => {
  const preprocessor = fitPreprocessor(makeTable({ hot: [2, 4] }));
  // (x − 2) / (4 − 2)
  assert.deepEqual(columnOf(transform(preprocessor, makeTable({ hot: [0, 3, 8] })), "hot"), [-1, 0.5, 3]);
});

test("standard scaling gives the training rows mean 0 and standard deviation 1", () => {
  const table = makeTable({
    bytes: Array.from({ length: 1000 }, (_, i) => i * i),
    hot: Array.from({ length: 1000 }, (_, i) => (i % 7 === 0 ? 3 : 0)),
  });
  const matrix = transform(fitPreprocessor(table, { scaling: "standard" }), table);
  for (const name of matrix.columns) {
    const values = columnOf(matrix, name);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    assert.ok(Math.abs(mean) < 1e-6, `${name}: mean ${mean}`);
    assert.ok(Math.abs(variance - 1) < 1e-6, `${name}: variance ${variance}`);
  }
});

test("the logarithm is taken of the measures asked for, of amounts by default", () => {
  const log = (x: number) => Math.fround(Math.log1p(x));
  const columns = (options: PreprocessOptions) => {
    const matrix = transform(fitPreprocessor(small, { ...options, scaling: "none" }), small);
    return { bytes: columnOf(matrix, "bytes"), errors: columnOf(matrix, "errors") };
  };
  const bytes = [0, 9, 99, 999];
  const errors = [0, 0.25, 0.5, 1];
  assert.deepEqual(columns({}), { bytes: bytes.map(log), errors });
  assert.deepEqual(columns({ logarithm: [] }), { bytes, errors });
  assert.deepEqual(columns({ logarithm: ["rate"] }), { bytes, errors: errors.map(log) });
  assert.deepEqual(columns({ logarithm: everyMeasure }), { bytes: bytes.map(log), errors: errors.map(log) });
});

test("one-hot encoding makes a 0/1 column of each category, in alphabetical order", () => {
  const preprocessor = fitPreprocessor(small);
  assert.deepEqual(preprocessor.columns, [
    ...["bytes", "service=dns", "service=http", "service=smtp"],
    ...["hot", "errors"],
  ]);
  const matrix = transform(preprocessor, small);
  assert.deepEqual(columnOf(matrix, "service=dns"), [0, 1, 0, 0]);
  assert.deepEqual(columnOf(matrix, "service=http"), [1, 0, 1, 0]);
  assert.deepEqual(columnOf(matrix, "service=smtp"), [0, 0, 0, 1]);
});

test("ordinal encoding numbers the categories in alphabetical order, and scales the numbers", () => {
  const service = (scaling: PreprocessOptions["scaling"]) =>
    columnOf(transform(fitPreprocessor(small, { encoding: "ordinal", scaling }), small), "service");
  assert.deepEqual(service("none"), [1, 0, 1, 2]);
  assert.deepEqual(service("min-max"), [1 / 2, 0 / 2, 1 / 2, 2 / 2]);
  // Mean 1, variance (0 + 1 + 0 + 1) / 4.
  assert.deepEqual(service("standard"), [0, -Math.fround(Math.SQRT2), 0, Math.fround(Math.SQRT2)]);
});

test("without encoding, nominal features are left out", () => {
  assert.deepEqual(fitPreprocessor(small, { encoding: "none" }).columns, ["bytes", "hot", "errors"]);
});

test("options that were left out are readable on the fitted preprocessor", () => {
  assert.deepEqual(fitPreprocessor(small).options, {
    encoding: "one-hot",
    logarithm: ["amount"],
    scaling: "min-max",
  });
});

test("an unseen category is zeros in its one-hot group, and the number after the last as a number", () => {
  const later = makeTable({ bytes: [0, 0], service: ["ftp", "smtp"], hot: [4, 4], errors: [0, 0] });
  const oneHot = transform(fitPreprocessor(small), later);
  for (const name of ["service=dns", "service=http"]) assert.deepEqual(columnOf(oneHot, name), [0, 0]);
  assert.deepEqual(columnOf(oneHot, "service=smtp"), [0, 1]);
  const ordinal = transform(fitPreprocessor(small, { encoding: "ordinal", scaling: "none" }), later);
  assert.deepEqual(columnOf(ordinal, "service"), [3, 2]);
});

test("unseen categories are counted with their rows, most frequent first", () => {
  const later = tableOf({
    bytes: [0, 0, 0, 0, 0],
    service: ["ftp", "http", "x11", "x11", "http"],
    hot: [4, 4, 4, 4, 4],
    errors: [0, 0, 0, 0, 0],
  });
  const expected = [
    { feature: "service", category: "x11", rows: 2 },
    { feature: "service", category: "ftp", rows: 1 },
  ];
  for (const encoding of ["one-hot", "ordinal"] as const) {
    const preprocessor = fitPreprocessor(small, { encoding });
    assert.deepEqual(unseenCategories(preprocessor, later), expected);
    assert.deepEqual(unseenCategories(preprocessor, later, Uint32Array.of(0, 1)), [expected[1]]);
    assert.deepEqual(unseenCategories(preprocessor, small), []);
  }
  assert.deepEqual(unseenCategories(fitPreprocessor(small, { encoding: "none" }), later), []);
});

test("a category that only other rows hold is unseen, though the table's dictionary lists it", () => {
  const preprocessor = fitPreprocessor(small, {}, Uint32Array.of(0, 1));
  assert.ok(!preprocessor.columns.includes("service=smtp"));
  assert.deepEqual(unseenCategories(preprocessor, small), [
    { feature: "service", category: "smtp", rows: 1 },
  ]);
});

test("fitting sees the training rows only", () => {
  fc.assert(
    fc.property(connections, connections, connections, option, (training, some, others, options) => {
      const rows = Uint32Array.from(training, (_, i) => i);
      const fit = (rest: Connection[]) => fitPreprocessor(tableOfRows([...training, ...rest]), options, rows);
      assert.deepEqual(fit(some), fit(others));
      assert.deepEqual(fit(some), fitPreprocessor(tableOfRows(training), options));
    }),
    runs,
  );
});

test("a preprocessor that went through JSON transforms to the same bytes", () => {
  fc.assert(
    fc.property(connections, connections, option, (training, others, options) => {
      const preprocessor = fitPreprocessor(tableOfRows(training), options);
      const restored = JSON.parse(JSON.stringify(preprocessor));
      assert.deepEqual(restored, preprocessor);
      const table = tableOfRows([...training, ...others]);
      assert.deepEqual(transform(restored, table), transform(preprocessor, table));
    }),
    runs,
  );
});

test("the order and size of a table's dictionary do not matter", () => {
  const dictionary = fc.shuffledSubarray([...services, "zzz"], { minLength: 5 });
  fc.assert(
    fc.property(connections, option, dictionary, (rows, options, names) => {
      const table = tableOfRows(rows);
      const other = tableOfRows(rows, names);
      const preprocessor = fitPreprocessor(table, options);
      assert.deepEqual(fitPreprocessor(other, options), preprocessor);
      assert.deepEqual(transform(preprocessor, other), transform(preprocessor, table));
      assert.deepEqual(unseenCategories(preprocessor, other), []);
    }),
    runs,
  );
});

test("transforming some rows is the same as selecting them from the transform of all", () => {
  const some = fc.array(fc.nat(), { maxLength: 10 });
  fc.assert(
    fc.property(connections, option, some, (rows, options, numbers) => {
      const table = tableOfRows(rows);
      const wanted = Uint32Array.from(numbers, (number) => number % rows.length);
      const preprocessor = fitPreprocessor(table, options);
      const all = transform(preprocessor, table);
      const selected = selectMatrixRows(all, wanted);
      assert.deepEqual({ ...transform(preprocessor, table, wanted) }, selected);
      assert.deepEqual(transform(preprocessor, selectRows(table, wanted)), selected);
      assert.deepEqual(transform(preprocessor, table, allRows(table)), all);
    }),
    runs,
  );
});

test("a lazy transform gives the same rows", () => {
  fc.assert(
    fc.property(connections, option, (rows, options) => {
      const table = tableOfRows(rows);
      const preprocessor = fitPreprocessor(table, options);
      const backwards = allRows(table).reverse();
      const all = lazyTransform(preprocessor, table);
      assert.equal(all.rows, table.rows);
      assert.deepEqual(all.columns, preprocessor.columns);
      assert.deepEqual(all.select(backwards), transform(preprocessor, table, backwards));
      const reversed = lazyTransform(preprocessor, table, backwards);
      const last = Uint32Array.of(rows.length - 1);
      assert.deepEqual(reversed.select(last), transform(preprocessor, table, Uint32Array.of(0)));
    }),
    runs,
  );
});

test("a long table is transformed as row by row", () => {
  const rows = 2500; // more than two of the blocks that it goes by
  const table = makeTable({
    bytes: Array.from({ length: rows }, (_, i) => i),
    service: Array.from({ length: rows }, (_, i) => services[i % 4]),
  });
  const preprocessor = fitPreprocessor(table, { scaling: "none", logarithm: [] });
  const matrix = transform(preprocessor, table);
  for (let row = 0; row < rows; row++) {
    const expected = [row, ...services.map((_, code) => Number(row % 4 === code))];
    assert.deepEqual([...matrix.data.subarray(row * 5, row * 5 + 5)], expected);
  }
});

test("the columns of a later table may stand in another order", () => {
  const preprocessor = fitPreprocessor(small);
  const reordered = { ...small, features: [...small.features].reverse() };
  assert.deepEqual(transform(preprocessor, reordered), transform(preprocessor, small));
});

test("a missing column and a column of another kind are refused by name", () => {
  const preprocessor = fitPreprocessor(small);
  const without = { ...small, features: small.features.filter(({ name }) => name !== "hot") };
  const refusal = new InputError("the data has no column hot, which the model was fitted on");
  assert.throws(() => transform(preprocessor, without), refusal);
  const other = makeTable({ bytes: [0], service: [3], hot: [0], errors: [0] });
  const otherKind = new InputError("the column service is numeric in the data, but not in the model");
  assert.throws(() => transform(preprocessor, other), otherKind);
  assert.throws(() => unseenCategories(preprocessor, other), otherKind);
});

test("no training rows, and rows without any column to use, are refused", () => {
  const noRows = new InputError("preprocessing needs at least one training row");
  assert.throws(() => fitPreprocessor(small, {}, Uint32Array.of()), noRows);
  const nothing = new InputError("no column of the training rows has a value that preprocessing can use");
  assert.throws(() => fitPreprocessor(makeTable({ hot: [NaN, Infinity] })), nothing);
  assert.throws(() => fitPreprocessor(makeTable({ service: ["dns"] }), { encoding: "none" }), nothing);
});

/** Columns that do not say what they measure. */
const undeclared = (columns: Readonly<Record<string, readonly number[]>>): Table => ({
  rows: Object.values(columns)[0].length,
  features: Object.entries(columns).map(([name, values]) => ({
    kind: "numeric",
    name,
    values: Float64Array.from(values),
  })),
});

test("a missing number becomes the median of training, with a column that says where if training lacked some", () => {
  const training = undeclared({ a: [0, NaN, 4, 10, 2], b: [0, 1, 2, 3, 4] });
  const preprocessor = fitPreprocessor(training, { logarithm: [] });
  assert.deepEqual(preprocessor.columns, ["a", "a=(missing)", "b"]);
  const [a, b] = preprocessor.steps;
  assert.deepEqual(a.kind === "number" && a.missing, { replacement: 3, column: true });
  assert.deepEqual(b.kind === "number" && b.missing, { replacement: 2, column: false });
  assert.deepEqual(columnOf(transform(preprocessor, training), "a"), [0, 0.3, 0.4, 1, 0.2].map(Math.fround));
  assert.deepEqual(columnOf(transform(preprocessor, training), "a=(missing)"), [0, 1, 0, 0, 0]);
  const later = undeclared({ b: [NaN, Infinity, 4], a: [-Infinity, 10, NaN] });
  assert.deepEqual(columnOf(transform(preprocessor, later), "b"), [0.5, 0.5, 1]);
  assert.deepEqual(columnOf(transform(preprocessor, later), "a=(missing)"), [1, 0, 1]);
});

test("an infinite number counts as missing, in training and later", () => {
  const finite = fitPreprocessor(undeclared({ a: [1, NaN, 3], b: [1, 2, 3] }));
  const infinite = fitPreprocessor(undeclared({ a: [1, Infinity, 3], b: [1, 2, 3] }));
  assert.deepEqual(infinite, finite);
});

test("a number that says what it measures is replaced by the middle of its range where only later rows lack it", () => {
  const preprocessor = fitPreprocessor(makeTable({ land: [0, 1, 1, 1] }));
  assert.ok(!("missing" in preprocessor.steps[0]));
  assert.deepEqual(columnOf(transform(preprocessor, makeTable({ land: [NaN, 1] })), "land"), [0.5, 1]);
});

test("a column without any training value is left out, whatever later rows hold", () => {
  const table = undeclared({ a: [1, 2, 3], b: [NaN, NaN, 5] });
  const preprocessor = fitPreprocessor(table, {}, Uint32Array.of(0, 1));
  assert.deepEqual(preprocessor.columns, ["a"]);
  assert.doesNotThrow(() => transform(preprocessor, undeclared({ a: [1] })));
});

test("missing names are a category of their own", () => {
  const preprocessor = fitPreprocessor(makeTable({ service: ["dns", missingName, "http"] }));
  assert.deepEqual(preprocessor.columns, ["service=(missing)", "service=dns", "service=http"]);
});

test("undeclared numbers become logarithms where they are heavy-tailed, unless it is said otherwise", () => {
  const heavy = Array.from({ length: 100 }, (_, i) => 2 ** (i / 5));
  const even = Array.from({ length: 100 }, (_, i) => i);
  const table = undeclared({ heavy, even });
  const logarithms = (options: PreprocessOptions) =>
    fitPreprocessor(table, options).steps.map((step) => step.kind === "number" && step.logarithm);
  assert.deepEqual(logarithms({}), [true, false]);
  assert.deepEqual(logarithms({ logarithm: [] }), [false, false], "the published preset takes none");
  assert.deepEqual(logarithms({ logarithmOf: { even: true, heavy: false } }), [false, true]);
  assert.deepEqual(logarithms({ logarithm: [], logarithmOf: { heavy: true } }), [true, false]);
  for (const name of ["other", "__proto__"])
    assert.throws(
      () => fitPreprocessor(table, { logarithmOf: Object.fromEntries([[name, true]]) }),
      new InputError(
        `the logarithm of ${name} is asked for or ruled out, but it is no numeric column of the data`,
      ),
    );
});

test("numbers too far apart to be scaled are refused, unless their logarithm is taken", () => {
  const table = undeclared({ a: [-1.5e308, 0, 1.5e308] });
  for (const scaling of ["min-max", "standard"] as const) {
    assert.throws(() => fitPreprocessor(table, { scaling }), {
      name: "InputError",
      message: /^the column a goes from -1\.5e\+308 to 1\.5e\+308, which is too far apart to be scaled: /,
    });
    const { data } = transform(fitPreprocessor(table, { scaling, logarithmOf: { a: true } }), table);
    assert.ok(data.every(Number.isFinite));
  }
});

test("a declared number is what it says, however its values are spread", () => {
  const heavy = Array.from({ length: 100 }, (_, i) => 2 ** (i / 5));
  const [step] = fitPreprocessor(tableOf({ heavy })).steps;
  assert.equal(step.kind === "number" && step.logarithm, false);
});

test("the logarithm of a number below 0 is that of its opposite, with the sign turned", () => {
  const table = undeclared({ a: [-9, 0, 9] });
  const preprocessor = fitPreprocessor(table, { scaling: "none", logarithmOf: { a: true } });
  const log = Math.fround(Math.log1p(9));
  assert.deepEqual(columnOf(transform(preprocessor, table), "a"), [-log, 0, log]);
});

test("nothing that is passed is changed", () => {
  for (const encoding of encodings) {
    const table = structuredClone(small);
    const rows = Uint32Array.of(3, 1);
    const options = { encoding, logarithm: ["amount"], scaling: "standard" } as const;
    const preprocessor = fitPreprocessor(table, options, rows);
    const fitted = structuredClone(preprocessor);
    transform(preprocessor, table, rows);
    lazyTransform(preprocessor, table, rows).select(Uint32Array.of(1, 0));
    unseenCategories(preprocessor, table, rows);
    assert.deepEqual(table, small);
    assert.deepEqual(rows, Uint32Array.of(3, 1));
    assert.deepEqual(preprocessor, fitted);
  }
});

test("the matrix lies in memory that threads can share", () => {
  assert.ok(transform(fitPreprocessor(small), small).data.buffer instanceof SharedArrayBuffer);
});

test("rows are transformed in turns as at once, and an abort ends it", async () => {
  const values = Array.from({ length: 300_000 }, (_, i) => i % 1000);
  const table = tableOf({ a: values, b: values.map(String) });
  const preprocessor = fitPreprocessor(table, { encoding: "ordinal" });
  const rows = Uint32Array.from(values.keys()).reverse();
  assert.deepEqual(await transformInTurns(preprocessor, table, rows), transform(preprocessor, table, rows));
  await assertAbortable((signal) => transformInTurns(fitPreprocessor(table), table, rows, signal));
});
