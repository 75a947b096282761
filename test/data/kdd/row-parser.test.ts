import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RowParser } from "traffic-anomaly/dist/data/kdd/row-parser";
import { readField } from "traffic-anomaly/dist/data/kdd/schema";
import { share } from "../../fixtures/cases";
import { headerNames, trafficLines, withFields } from "../../fixtures/traffic";

const layout = { columns: 42, header: false } as const;
const [line] = trafficLines({ rows: 1 });
const bytesOf = (lines: readonly string[]) => Buffer.from(lines.map((text) => `${text}\n`).join(""));

/** The values of a column that were parsed. */
function values(parser: RowParser, name: string): (string | number)[] {
  const { dictionary, codes } = parser.block().columns[headerNames.indexOf(name)];
  return Array.from(codes, (code) => dictionary[code]);
}

/** The rows that were parsed, as values. */
function rowsOf(parser: RowParser): (string | number)[][] {
  const { rows, columns } = parser.block();
  return Array.from({ length: rows }, (_, row) =>
    columns.map(({ dictionary, codes }) => dictionary[codes[row]]),
  );
}

function withoutWebAssembly<Result>(work: () => Result): Result {
  const { WebAssembly } = globalThis;
  Reflect.deleteProperty(globalThis, "WebAssembly");
  try {
    return work();
  } finally {
    Object.assign(globalThis, { WebAssembly });
  }
}

for (const columns of [41, 42, 43] as const) {
  test(`lines of ${columns} columns that repeat, however they end, have the values of their fields`, () => {
    const [first, ...others] = trafficLines({ rows: 6, columns });
    const lines = [withFields(first, { service: "netbios_ssn" }), ...others];
    const text = fc.array(fc.tuple(fc.constantFrom(...lines), fc.constantFrom("\n", "\r\n", "\r")), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(text, (chosen) => {
        const bytes = Buffer.from(`${chosen.flat().join("")}${lines[0]}\n`);
        const parser = new RowParser({ columns, header: false });
        assert.equal(parser.parse(bytes, 0), bytes.length);
        const fields = [...chosen.map(([line]) => line), lines[0]].map((line) =>
          line.split(",").slice(0, 42),
        );
        assert.deepEqual(
          rowsOf(parser),
          fields.map((row) => row.map((field, column) => readField(field, column).value)),
        );
      }),
      { numRuns: share(100, 5) },
    );
  });
}

test("a line that repeats for long counts each time", () => {
  const parser = new RowParser(layout);
  const bytes = bytesOf(new Array(1000).fill(line));
  assert.equal(parser.parse(bytes, 0), bytes.length);
  assert.equal(parser.rows, 1000);
});

test("without WebAssembly rows come by their fields, to the same codes", () => {
  const lines = trafficLines({ rows: 300 });
  const bytes = bytesOf(lines);
  const parser = new RowParser(layout);
  parser.parse(bytes, 0);
  const other = withoutWebAssembly(() => new RowParser(layout));
  assert.equal(other.parse(bytes, 0), 0);
  for (const line of lines) assert.ok(other.add(line.split(",")));
  assert.deepEqual(other.block(), parser.block());
});

test("names that agree in their first or last bytes, or in all of a shorter one, are told apart", () => {
  const names = [
    "a",
    "ab",
    "abcd",
    "abcdefgh",
    "abcdefghi",
    "bcdefghi",
    "zbcdefghi",
    "é",
    "éé",
    "x".repeat(100),
  ];
  const services = [...names, ...names].reverse();
  const parser = new RowParser(layout);
  const bytes = bytesOf(services.map((service) => withFields(line, { service })));
  assert.equal(parser.parse(bytes, 0), bytes.length);
  assert.deepEqual(values(parser, "service"), services);
});

test("the same text in different columns has each column's meaning", () => {
  const parser = new RowParser(layout);
  parser.parse(bytesOf([withFields(line, { service: "1", land: "1", label: "1." })]), 0);
  assert.deepEqual(
    [values(parser, "service"), values(parser, "land"), values(parser, "label")],
    [["1"], [1], ["1"]],
  );
});

test("ways to write a number give one value", () => {
  const ways = ["5", "5.0", "05", "5e0", "0.5e1", "50e-1", "5_0e-1"];
  const parser = new RowParser(layout);
  parser.parse(bytesOf(ways.map((src_bytes) => withFields(line, { src_bytes }))), 0);
  assert.deepEqual(parser.block().columns[headerNames.indexOf("src_bytes")].dictionary, Float64Array.of(5));
  assert.equal(parser.rows, ways.length);
});

test("a decimal number is the one that JavaScript reads", () => {
  const digits = (options: { minLength: number; maxLength: number }) =>
    fc.string({ unit: fc.constantFrom(..."0123456789"), ...options });
  const decimal = fc.oneof(
    digits({ minLength: 1, maxLength: 20 }),
    fc
      .tuple(digits({ minLength: 1, maxLength: 9 }), digits({ minLength: 0, maxLength: 9 }))
      .map((parts) => parts.join(".")),
  );
  fc.assert(
    fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (texts) => {
      const parser = new RowParser(layout);
      parser.parse(bytesOf(texts.map((src_bytes) => withFields(line, { src_bytes }))), 0);
      assert.deepEqual(values(parser, "src_bytes"), texts.map(Number));
    }),
  );
});

test("blanks around fields are not part of them", () => {
  const parser = new RowParser(layout);
  const bytes = bytesOf([line, ` ${line.replaceAll(",", " ,\t")}  `]);
  assert.equal(parser.parse(bytes, 0), bytes.length);
  for (const { codes } of parser.block().columns) assert.deepEqual([...codes], [0, 0]);
});

test("parsing stops before a line that is bad or unusual, and goes on after it", () => {
  for (const unusual of [
    "",
    `${line},`,
    `${line},1`,
    line.replace(/,[^,]*$/, ""),
    withFields(line, { duration: "" }),
    withFields(line, { duration: "-1" }),
    withFields(line, { duration: " " }),
    withFields(line, { duration: "1 0" }),
    withFields(line, { duration: "." }),
    withFields(line, { duration: "1.2.3" }),
    withFields(line, { service: '"http"' }),
    withFields(line, { service: "\0" }),
    withFields(line, { land: "2" }),
    withFields(line, { urgent: "1".repeat(1000) }),
  ]) {
    const parser = new RowParser(layout);
    const bytes = bytesOf([line, unusual, line]);
    const at = parser.parse(bytes, 0);
    assert.equal(at, line.length + 1, unusual);
    assert.equal(parser.parse(bytes, at + unusual.length + 1), bytes.length);
    assert.equal(parser.rows, 2);
  }
});

test("a block ends at 65,536 rows, or before a column's values are too many for 16 bits", () => {
  const distinct = Array.from({ length: 65_536 }, (_, i) => withFields(line, { src_bytes: String(i) }));
  const bad = distinct
    .slice(0, 1000)
    .map((row, i) => withFields(row, { dst_bytes: "x", src_bytes: String(70_000 + i) }));
  const parser = new RowParser(layout);
  const bytes = bytesOf([...bad, ...distinct]);
  let at = 0;
  for (const row of bad) {
    assert.equal(parser.parse(bytes, at), at);
    at += row.length + 1;
  }
  at = parser.parse(bytes, at);
  assert.ok(parser.isFull);
  assert.equal(parser.rows, 65_536 - bad.length);
  assert.deepEqual([...new Set(values(parser, "src_bytes"))].length, parser.rows);
  parser.clear();
  assert.equal(parser.parse(bytes, at), bytes.length);
  assert.deepEqual(
    values(parser, "src_bytes"),
    Array.from({ length: bad.length }, (_, i) => 65_536 - bad.length + i),
  );
});
