// A regular line is read by its bytes, another as text: a user must not be able to tell which it was.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { InputError, type ReadTableOptions, readTable } from "traffic-anomaly";
import { share, someOf } from "../../fixtures/cases";
import fc from "../../fixtures/fast-check";
import { temporaryFolder } from "../../fixtures/folder";

const folder = temporaryFolder("delimited-parser");

/** What a reader of the file gets to see: the table or the refusal. */
async function seenOf(content: string, options: ReadTableOptions): Promise<unknown> {
  const path = join(folder, "table.csv");
  writeFileSync(path, content);
  try {
    const { rows, features, labels, columns, notices } = await readTable(path, options);
    return { rows, features, labels, columns, notices };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.message;
  }
}

const spellings = [
  "+1",
  "1e5",
  "1E-3",
  ".5",
  "1.",
  "-0",
  "007",
  " 7 ",
  "0.1000000000000000055511151231257827",
  "1e400",
];
const odd = [
  "inf",
  "-Infinity",
  "nan",
  "NaN",
  "0x10",
  "1_000",
  "1e",
  "--1",
  "1,5",
  "١",
  "1 000",
  "1d",
  "0b1",
];
const words = ["", "?", "NA", "N/A", "null", "NULL", "<NA>", " NA ", "  "];
const texts = ["tcp", "udp", "Ünïcødé", "a b", " tcp ", 'say "hi"', "a;b", "two\nlines", "b'tcp'", "-", "𝔘"];

const number = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()).map(String),
  },
  { weight: 4, arbitrary: fc.constantFrom(...spellings) },
);
const rarely = (usual: fc.Arbitrary<string>, other: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: other });
const missing = fc.constantFrom(...words);
const cells: Record<string, fc.Arbitrary<string>> = {
  number: rarely(number, fc.oneof(missing, fc.constantFrom(...odd))),
  numberOrNone: fc.oneof({ weight: 4, arbitrary: number }, { weight: 1, arbitrary: missing }),
  name: rarely(fc.constantFrom(...texts), missing),
  boolean: rarely(fc.constantFrom("true", "false", "TRUE", "No", "yes"), fc.constantFrom("maybe", "NA", "1")),
  label: rarely(fc.constantFrom("0", "1"), fc.constantFrom("", "0.0", "NA")),
};

/** Rows by which columns are told are seen before the others. */
const regular: Record<string, string> = {
  number: "1.5",
  numberOrNone: "2",
  name: "tcp",
  boolean: "true",
  label: "0",
};

const table = fc
  .record({
    kinds: fc.array(fc.constantFrom("number", "numberOrNone", "name", "boolean"), {
      minLength: 1,
      maxLength: 4,
    }),
    isLabelled: fc.boolean(),
    end: fc.constantFrom("\n", "\r\n"),
    quotesAll: fc.boolean(),
    regularRows: fc.constantFrom(0, 1_100, 8_500), // the kernel has room for 8,192
    hasLastEnd: fc.boolean(),
  })
  .chain(({ kinds, isLabelled, ...rest }) => {
    const all = ["number", ...kinds, ...(isLabelled ? ["label"] : [])];
    const row = fc.tuple(...all.map((kind) => cells[kind]));
    const rows = fc.array(
      fc.oneof(
        { weight: 800, arbitrary: row },
        { weight: 1, arbitrary: fc.constant<string[]>([]) }, // an empty line
        { weight: 1, arbitrary: fc.constant(all.map(() => "")) }, // commas only
        { weight: 1, arbitrary: row.map((fields) => [...fields, "more"]) },
        { weight: 1, arbitrary: row.map((fields) => fields.slice(1)) },
      ),
      { minLength: 30, maxLength: 40 },
    );
    return fc.record({
      all: fc.constant(all),
      isLabelled: fc.constant(isLabelled),
      rows,
      ...constants(rest),
    });
  });

function constants<Values extends object>(
  values: Values,
): { [Name in keyof Values]: fc.Arbitrary<Values[Name]> } {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, fc.constant(value)])) as {
    [Name in keyof Values]: fc.Arbitrary<Values[Name]>;
  };
}

/** A blank after a quote has a line read as text. */
function writtenAsText(field: string): string {
  return `"${field.replaceAll('"', '""')}" `;
}

function written(field: string, quotesAll: boolean): string {
  return quotesAll || /[",\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

test("lines read by their bytes or as text give the same table, or are refused with the same sentence", async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ all, isLabelled, rows, end, quotesAll, hasLastEnd, regularRows }) => {
      const header = all.map((kind, i) => (kind === "label" ? "class" : `${kind}Ä ${i}`));
      const lines = [header, ...Array<string[]>(regularRows).fill(all.map((kind) => regular[kind])), ...rows];
      const contentOf = (write: (field: string) => string) =>
        lines.map((fields) => fields.map(write).join(",")).join(end) + (hasLastEnd ? end : "");
      const options = isLabelled ? { label: "class", normal: "0" } : {};
      const content = contentOf((field) => written(field, quotesAll));
      const seen = await seenOf(content, options);
      assert.deepEqual(seen, await seenOf(contentOf(writtenAsText), options), content.slice(-2000));
    }),
    { numRuns: share(40, 4) },
  );
});

test("a line of numbers that is too long, or is divided by points, is read as any other", async () => {
  const path = join(folder, "table.csv");
  const long = `a,b\n${"1,2\n".repeat(30)}3,${"4".repeat(300_000)}\n`;
  assert.equal(await seenOf(long, {}), `${path}, line 32: it is longer than 262,144 characters`);
  const points = `sep=.\na.b\n${"1.2\n".repeat(30)}1.2.3.4\n`;
  assert.equal(await seenOf(points, {}), `${path}, line 33: expected 2 columns, found 4`);
});

test("names of a row that is left out, or passed over as it holds nothing, are no categories", async () => {
  const path = join(folder, "names.csv");
  const rows = ["tcp,1,0", "icmp,many,0", ",,", "udp,2,1", "sctp,3,0,0"];
  writeFileSync(path, `protocol,bytes,label\n${"tcp,1,0\n".repeat(20)}${rows.join("\n")}\n`);
  const read = await readTable(path, { label: "label", rejectedFile: join(folder, "rejected.csv") });
  assert.deepEqual(read.source.skippedRows, [22, 24]);
  assert.deepEqual(read.features[0].kind === "nominal" && read.features[0].categories, ["tcp", "udp"]);
});

test("a number among numbers is read as Number reads it, or refused, however it is written", async () => {
  const random = fc.sample(fc.double({ noNaN: true, noDefaultInfinity: true }), { numRuns: 500, seed: 1 });
  const long = random.flatMap((value) => [
    String(value),
    value.toFixed(9),
    value.toPrecision(17),
    `${Math.abs(value)}e-3`,
  ]);
  const others = [
    ...[
      "1__0",
      "1e1_0",
      "1_.5",
      "_1",
      "1_",
      "+-1",
      "-+1",
      "++1",
      "+nan",
      "+-inf",
      "+.5",
      "1.e3",
      "0x1p3",
      "1e-400",
    ],
    ...[
      "e5",
      ".",
      "-",
      "-.",
      "9007199254740993",
      "0.000000000000000000000001",
      "123456789012345678901234567890",
      "1..2",
    ],
  ];
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  const read: string[] = [];
  for (const word of someOf([...spellings, ...odd, ...others, ...long], 3)) {
    if (isNumber.test(word.trim())) read.push(word);
    else {
      const content = `a,b\n${"1.5,x\n".repeat(30)}${written(word, false)},y\n2.5,x\n`;
      const seen = await seenOf(content, {});
      if (/^[+-]?inf|^nan$/i.test(word)) assert.equal(typeof seen, "object", word);
      else
        assert.equal(
          seen,
          `${join(folder, "table.csv")}, line 32: column 1 (a) must be a number, got '${word}'; most of its values are numbers; if it holds names, say that it is nominal`,
        );
    }
  }
  const path = join(folder, "numbers.csv");
  writeFileSync(path, `a,b\n${read.map((word) => `${word},x\n`).join("")}`);
  const { features } = await readTable(path);
  assert.deepEqual(
    features[0].kind === "numeric" && [...features[0].values],
    read.map((word) => Number(word) + 0),
  );
});
