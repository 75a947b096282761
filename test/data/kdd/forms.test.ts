import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { kddFeatures, type ReadTableOptions, readTable, type Table } from "traffic-anomaly";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";

const folder = temporaryFolder("kdd-forms");
let files = 0;

function fileOf(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.data`);
  writeFileSync(path, content);
  return path;
}

const names = kddFeatures.map(({ name }) => name);

/** 30 rows, each third of which is a SYN flood. */
const rows = Array.from({ length: 30 }, (_, i) => {
  const isAttack = i % 3 === 2;
  const fields = names.map((name, j) => (/rate/.test(name) ? ((i + j) % 10) / 10 : 0) as string | number);
  fields.splice(
    0,
    6,
    0,
    i % 2 ? "udp" : "tcp",
    "http",
    isAttack ? "S0" : "SF",
    isAttack ? 0 : 100 + i,
    5 * i,
  );
  return { fields: fields.map(String), label: isAttack ? "neptune" : "normal", difficulty: String(i % 22) };
});

type Row = (typeof rows)[number];

function csv(
  header: readonly string[] | undefined,
  fieldsOf: (row: Row, i: number) => readonly string[],
  separator = ",",
): string {
  const lines = rows.map((row, i) => fieldsOf(row, i).join(separator));
  return [...(header ? [header.join(separator)] : []), ...lines, ""].join("\n");
}

const published = csv(undefined, ({ fields, label }) => [...fields, label]);

function valuesOf({ features, labels }: Table): unknown {
  const columns = labels ? [...features, labels] : features;
  return columns.map((column) =>
    column.kind === "numeric"
      ? [column.name, column.measure, ...column.values]
      : [column.name, ...Array.from(column.codes, (code) => column.categories[code])],
  );
}

suite("KDD'99's columns in another form give the same table", () => {
  const shuffled = names.map((_, i) => (i * 7) % 41);
  const binary = (label: string) => (label === "normal" ? "0" : "1");
  const bytes = (text: string) => (/^[a-z]/i.test(text) ? `b'${text}'` : text);
  const attributes = names.map((name) => `@attribute '${name}' real`).join("\n");
  const forms: Record<string, string | Uint8Array> = {
    "labels with capitals": published.replaceAll("normal", "Normal").replaceAll("neptune", "NEPTUNE"),
    "labels with a dot": published.replaceAll("\n", ".\n"),
    "an index and a header": csv(["", ...names, "label"], ({ fields, label }, i) => [
      String(i),
      ...fields,
      label,
    ]),
    "an index and no header": csv(undefined, ({ fields, label }, i) => [String(i), ...fields, label]),
    "a shuffled index and no header": csv(undefined, ({ fields, label }, i) => [
      String((i * 7) % 31),
      ...fields,
      label,
    ]),
    "columns that pandas numbered": csv(
      [...names, "label"].map((_, i) => String(i)),
      ({ fields, label }) => [...fields, label],
    ),
    "columns that pandas numbered, and its index": csv(
      ["", ...names.map((_, i) => String(i)), "41"],
      ({ fields, label }, i) => [String(i), ...fields, label],
    ),
    "another order": csv([...shuffled.map((i) => names[i]), "Class"], ({ fields, label }) => [
      ...shuffled.map((i) => fields[i]),
      label,
    ]),
    "the label first": csv(["label", ...names], ({ fields, label }) => [label, ...fields]),
    "types in the header": csv(
      [...names.map((name) => `${name}: continuous.`), "target"],
      ({ fields, label }) => [...fields, label],
    ),
    "names in capitals, with blanks": csv(
      [...names.map((name) => name.toUpperCase().replaceAll("_", " ")), "Label"],
      ({ fields, label }) => [...fields, label],
    ),
    "bytes of Python": csv([...names, "label"], ({ fields, label }) => [...fields, `${label}.`].map(bytes)),
    "the difficulty before the label": csv(undefined, ({ fields, label, difficulty }) => [
      ...fields,
      difficulty,
      label,
    ]),
    "a kind, the difficulty and whether it is an attack": csv(
      [...names, "attack", "level", "outcome"],
      ({ fields, label, difficulty }) => [
        ...fields,
        label,
        difficulty,
        label === "normal" ? label : "attack",
      ],
    ),
    tabs: csv([...names, "label"], ({ fields, label }) => [...fields, label], "\t"),
    semicolons: csv(undefined, ({ fields, label }) => [...fields, label], ";"),
    "single quotes": csv([...names, "label"], ({ fields, label }) =>
      [...fields, label].map((text) => `'${text}'`),
    ),
    "protocols in capitals": published.replaceAll("tcp", "TCP").replaceAll("udp", "UDP"),
    comments: `# KDD'99\n${published}`,
    ARFF: `@relation 'KDDTrain'\n${attributes}\n@attribute 'class' {'normal','neptune'}\n@data\n${published}`,
  };
  for (const [name, content] of Object.entries(forms)) {
    test(name, async () => {
      const expected = valuesOf((await readKddFile(fileOf(published))).table);
      assert.deepEqual(valuesOf((await readKddFile(fileOf(content))).table), expected);
      assert.deepEqual(valuesOf(await readTable(fileOf(content))), expected);
    });
  }

  test("labels of 0 and 1: 0 is normal, as a notice says, and 1 is the other", async () => {
    const path = fileOf(csv([...names, "label"], ({ fields, label }) => [...fields, binary(label)]));
    const { labels, notices } = await readTable(path);
    assert.deepEqual(labels?.categories, ["1", "normal"]);
    assert.deepEqual(notices, ["the labels are 0 and 1: 0 is taken for normal"]);
  });
});

test("labels of false and true, 0.0 and 1.0, or benign, are normal as a notice says", async () => {
  for (const [normal, other] of [
    ["False", "True"],
    ["0.0", "1.0"],
    ["BENIGN", "DDoS"],
  ]) {
    const content = csv(undefined, ({ fields, label }) => [...fields, label === "normal" ? normal : other]);
    const { labels, notices } = await readTable(fileOf(content));
    assert.equal(labels?.categories[labels.codes[0]], "normal");
    assert.deepEqual(new Set(labels.categories), new Set([other, "normal"]));
    assert.match(notices[0], new RegExp(`${normal} is taken for normal$`, "i"));
  }
});

suite("what is not certain is refused in a sentence", () => {
  const words: Record<string, readonly [readonly string[], RegExp]> = {
    "labels of 1 and -1": [["1", "-1"], /column 42\) are -1 and 1, and it is not certain which/],
    "labels of several numbers": [["1", "0", "2"], /column 42\) are 0, 1 and 2, and it is not certain which/],
    "two words": [["good", "bad"], /column 42\) are bad and good, and it is not certain which/],
  };
  for (const [name, [labels, message]] of Object.entries(words)) {
    test(`${name}; the option normal settles it`, async () => {
      for (const header of [undefined, [...names, "label"]]) {
        const path = fileOf(csv(header, ({ fields }, i) => [...fields, labels[i % labels.length]]));
        await assert.rejects(readTable(path), message);
        const found = (await readTable(path, { normal: labels[0] })).labels;
        assert.equal(found?.categories[found.codes[0]], "normal");
      }
    });
  }

  const swapped = csv([...names, "label"], ({ fields, label }) => [
    ...fields,
    label === "normal" ? "1" : "0",
  ]);

  test("labels of 0 and 1 where most of 0 fail; the option normal settles it", async () => {
    await assert.rejects(
      readTable(fileOf(swapped)),
      /column 42\) are 0 and 1, and it is not certain which of them is normal/,
    );
    const { labels } = await readTable(fileOf(swapped), { normal: "1" });
    assert.deepEqual(labels?.categories, ["0", "normal"]);
    assert.equal(labels?.codes.filter((code) => code === 1).length, 20);
  });

  const wrong: Record<string, readonly [string, RegExp, ReadTableOptions?]> = {
    "a column that is none of theirs": [
      csv([...names, "label", "port"], ({ fields, label }, i) => [...fields, label, String(1000 + i)]),
      /column 43 \(port\) is none of KDD'99's or NSL-KDD's columns/,
    ],
    "a label that is not there": [published, /label is called label, not kind$/, { label: "kind" }],
    "a wrong value, by the place in the file": [
      csv(["", ...names, "label"], ({ fields, label }, i) => [String(i), ...fields, label]).replace(
        ",SF,100,",
        ",SF,many,",
      ),
      /line 2: column 6 \(src_bytes\) must be a number, got 'many'$/,
    ],
    "a row with a column too many": [
      csv(["", ...names, "label"], ({ fields, label }, i) => [String(i), ...fields, label]).replace(
        /\n1,/,
        "\n1,1,",
      ),
      /line 3: expected 43 columns, found 44$/,
    ],
  };
  for (const [name, [content, message, options]] of Object.entries(wrong)) {
    test(name, async () => {
      await assert.rejects(readTable(fileOf(content), options), (error: Error) => {
        assert.equal(error.name, "InputError");
        assert.match(error.message, message);
        return true;
      });
    });
  }
});
