import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { InputError, kddFeatures, type Table } from "traffic-anomaly";
import { type Layout, rowFields, rowProblem } from "traffic-anomaly/dist/data/kdd/schema";
import { missingName } from "traffic-anomaly/dist/data/table";
import { share } from "../../fixtures/cases";
import fc from "../../fixtures/fast-check";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";
import { trafficLines, writeLines } from "../../fixtures/traffic";

const folder = temporaryFolder("mutations");

// More lines than are looked at to recognise the layout.
const usual = {
  41: trafficLines({ rows: 60, columns: 41 }),
  42: trafficLines({ rows: 60 }),
  43: trafficLines({ rows: 60, columns: 43 }),
};

const words = `0 1 -0 +1 1. .5 . -1 2 1e3 1E+3 1e 1e400 1e39 1e-400 -1e-50 1_000 1__0 _1 1_ 1_.5 0x10 0b1 00012
  16777217 693375640 1.00000001 1.0000001 ? NA nan NaN -nan inf -Infinity null NULL true t 1f ٣ ½ $1 1% (1) #1 --1 1;5
  "1" "1 1" "1"2 "1""2" "" " "1,5" tcp TCP "tcp" icmp http ĥttp SF normal normal. normal.. . - #  " /*
  \${x} %s`;
const value = fc.constantFrom(
  ...words.split(/\s+/),
  ...[
    "",
    " ",
    "1 2",
    " 1",
    "1 ",
    "\t1",
    "1\v",
    "1\f",
    "1\u00a0",
    "\ufeff1",
    "1\0",
    "1\r",
    "\n",
    "\r\n",
    '" 1 "',
    '"1" ',
  ],
  ...[
    ' "1"',
    " tcp",
    "tcp\t",
    "h t t p",
    "http\0",
    "h\ufffdttp",
    " .",
    ". ",
    "normal .",
    "\x1b[31m",
    "\u0085",
    "\u3000http",
  ],
  ...["x".repeat(100), "x".repeat(101), "𝕏".repeat(100)],
);
const field = fc.oneof(
  { weight: 4, arbitrary: value },
  { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 8 }) },
);

/** What is done to a field of a line; half of it harmless. */
const mutation = fc.record({
  kind: fc.constantFrom(
    "replace",
    "replace",
    "replace",
    "insert",
    "remove",
    "append",
    "quote",
    "quote",
    "pad",
    "pad",
  ),
  at: fc.nat(42),
  text: field,
});

function mutate(line: string, changes: readonly { kind: string; at: number; text: string }[]): string {
  const fields = line.split(",");
  for (const { kind, at, text } of changes) {
    const i = at % fields.length;
    if (kind === "replace") fields[i] = text;
    if (kind === "insert") fields.splice(i, 0, text);
    if (kind === "remove" && fields.length > 1) fields.splice(i, 1);
    if (kind === "append") fields[i] += text;
    if (kind === "pad") fields[i] = ` ${fields[i]}\t`;
    if (kind === "quote") fields[i] = `"${fields[i].replaceAll('"', '""')}"`;
  }
  return fields.join(",");
}

/** The values of a good line. */
function lineValues(line: string, layout: Layout): (string | number)[] {
  const fields = rowFields(line, layout);
  const features = kddFeatures.map(({ measure }, i) => {
    const isMissing = /^(\?|NA|N\/A|n\/a|#N\/A|<NA>|-?nan|-?NaN|NAN|null|NULL|Null)$/.test(fields[i]);
    if (measure === "nominal") return isMissing ? missingName : fields[i];
    if (isMissing) return Number.NaN;
    const value = Number(fields[i].replaceAll("_", ""));
    return (measure === "amount" ? value : Math.fround(value)) + 0;
  });
  return layout.columns === 41 ? features : [...features, fields[41].replace(/\.$/, "").trim()];
}

function rowValues({ features, labels }: Table, row: number): (string | number)[] {
  return [...features, ...(labels ? [labels] : [])].map((column) =>
    column.kind === "nominal" ? column.categories[column.codes[row]] : column.values[row],
  );
}

const runs = share(300, 6);

test("the reader and rowProblem accept the same lines, and values, line and reason are right", async () => {
  let accepted = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(41 as const, 42 as const, 43 as const),
      fc.array(mutation, { minLength: 1, maxLength: 3 }),
      fc.constantFrom("\n" as const, "\r\n" as const),
      async (columns, changes, lineEnd) => {
        const layout = { columns, header: false };
        const lines = usual[columns].slice();
        lines.push(mutate(lines[3], changes), lines[0]);
        const path = await writeLines(join(folder, "mutated.csv"), lines, { lineEnd: lineEnd });

        const all = lines.join("\n").split(/\r\n|[\n\r]/);
        const rows = all.filter((line) => line.trim() !== "");
        const bad = all.findIndex((line) => line.trim() !== "" && rowProblem(line, layout));
        const read = await readKddFile(path).catch((error) => error);
        if (bad >= 0) {
          assert.ok(read instanceof InputError, `accepted: ${rowProblem(all[bad], layout)}`);
          assert.equal(read.message, `${path}, line ${bad + 1}: ${rowProblem(all[bad], layout)}`);
          assert.doesNotMatch(read.message, /\p{Cc}/u);
          return;
        }
        if (read instanceof Error) throw read;
        accepted++;
        const { table } = read;
        assert.equal(table.rows, rows.length);
        rows.forEach((line, i) => {
          assert.deepEqual(rowValues(table, i), lineValues(line, layout));
        });
      },
    ),
    { numRuns: runs },
  );
  assert.ok(accepted > runs / 10, `only ${accepted} mutated files were accepted`);
});
