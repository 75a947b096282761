import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  type Column,
  column,
  type FileTable,
  kddFeatures,
  numbers,
  type ReadTableOptions,
  readTable,
} from "traffic-anomaly";
import { database, quoted } from "traffic-anomaly/dist/data/duckdb";
import { missingName } from "traffic-anomaly/dist/data/table";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, withFields } from "../fixtures/traffic";

const folder = temporaryFolder("read-table");
let files = 0;

function fileOf(content: string | Uint8Array, name = `${files++}.data`): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

function read(content: string | Uint8Array, options: ReadTableOptions = {}): Promise<FileTable> {
  return readTable(fileOf(content), options);
}

/** The values of a column as a reader sees them. */
function valuesOf(found: Column): (number | string)[] {
  return found.kind === "numeric"
    ? [...found.values]
    : Array.from(found.codes, (code) => found.categories[code]);
}

function contentOf(table: FileTable): Record<string, (number | string)[]> {
  const columns = [...table.features, ...(table.labels ? [table.labels] : [])];
  return Object.fromEntries(columns.map((found) => [found.name, valuesOf(found)]));
}

const plain = "size,kind,ok,class\n1.5,tcp,true,0\n2,udp,false,0\n-3e2,tcp,true,1\n";
const expected = { size: [1.5, 2, -300], kind: ["tcp", "udp", "tcp"], ok: [1, 0, 1] };
const labelled = { ...expected, class: ["normal", "normal", "1"] };

suite("what a table is read from", () => {
  test("CSV gives numbers, names, flags and labels, whatever the name of the file", async () => {
    const path = fileOf(plain, "table.with.no.ending");
    const table = await readTable(path, { label: "class", normal: "0" });
    assert.deepEqual(contentOf(table), labelled);
    assert.equal(table.rows, 3);
    assert.deepEqual(column(table, "kind"), {
      kind: "nominal",
      name: "kind",
      codes: Uint8Array.of(0, 1, 0),
      categories: ["tcp", "udp"],
    });
    const ok = column(table, "ok");
    assert.equal(ok.kind === "numeric" && ok.measure, "flag");
    assert.deepEqual(table.source, {
      path,
      name: "table.with.no.ending",
      sha256: createHash("sha256").update(plain).digest("hex"),
      rows: 3,
      labelled: true,
      skippedRows: [],
    });
  });

  const forms: Record<string, string | Uint8Array> = {
    TSV: plain.replaceAll(",", "\t"),
    semicolons: plain.replaceAll(",", ";"),
    "semicolons and decimal commas": plain.replaceAll(",", ";").replaceAll(".", ","),
    "vertical bars": plain.replaceAll(",", "|"),
    gzip: gzipSync(plain),
    "gzip of two members": Buffer.concat([gzipSync(plain.slice(0, 30)), gzipSync(plain.slice(30))]),
    "lines that end in \\r\\n": plain.replaceAll("\n", "\r\n"),
    "lines that end in \\r": plain.replaceAll("\n", "\r"),
    "no end of the last line": plain.trimEnd(),
    "a byte order mark": `\ufeff${plain}`,
    "blank lines": plain.replaceAll("\n", "\n\n").replace(/^/, "\n"),
    "blanks around fields": plain.replaceAll(",", " , "),
    quotes: plain.replaceAll(/[^,\n]+/g, '"$&"'),
    "single quotes": plain.replaceAll(/[^,\n]+/g, "'$&'"),
    "a comma at the end of each line": plain.replaceAll("\n", ",\n"),
    "a comma at the end of each row": plain.replaceAll("\n", ",\n").replace("class,", "class"),
    comments: `# made by hand\n${plain.replace("-3e2", "# and checked\n-3e2")}`,
    "a header that comes again": plain.replace("2,udp", "size,kind,ok,class\n2,udp"),
    "JSON lines": [
      '{"size":1.5,"kind":"tcp","ok":true,"class":0}',
      '{"kind":"udp","size":2,"ok":false,"class":0}',
      '{"size":"-3e2","kind":"tcp","ok":true,"class":1}',
    ].join("\n"),
    "a JSON array": `[\n${[
      '{"size":1.5,"kind":"tcp","ok":true,"class":0}',
      '{"kind":"udp","size":2,"ok":false,"class":0}',
      '{"size":-300,"kind":"tcp","ok":true,"class":1}',
    ].join(",\n")}]`,
    ARFF: `% a comment: it's one\n@RELATION x\n\n@attribute size real\n@attribute 'kind' {tcp,udp}\n@attribute ok string\n@attribute class {0,1}\n@DATA\n${plain.slice(plain.indexOf("\n") + 1)}`,
  };
  for (const [name, content] of Object.entries(forms)) {
    test(`${name}: the same table`, async () => {
      const table = await read(content, { label: "class", normal: "0", types: { ok: "boolean" } });
      assert.deepEqual(contentOf(table), labelled);
    });
  }

  test("Zstandard: the same table", async () => {
    const packed = join(folder, "table.zst");
    const lines = `(SELECT * FROM read_csv(${quoted(fileOf(plain))}, header = false, all_varchar = true))`;
    await (await database()).run(
      `COPY ${lines} TO ${quoted(packed)} (FORMAT csv, HEADER false, COMPRESSION zstd)`,
    );
    assert.deepEqual(contentOf(await readTable(packed, { label: "class", normal: "0" })), labelled);
    // A frame without content of ten bytes, and one of none, as pzstd writes them.
    const notes = Buffer.from("502a4d180a00000000112233445566778899" + "5f2a4d1800000000", "hex");
    const noted = Buffer.concat([notes, readFileSync(packed)]);
    assert.deepEqual(contentOf(await read(noted, { label: "class", normal: "0" })), labelled);
    await assert.rejects(read(notes), /is empty$/);
    await assert.rejects(read(notes.subarray(0, 12)), /damaged/);
  });

  test("Parquet: the same table", async () => {
    const [csv, parquet] = [fileOf(plain), join(folder, "row=1", "it's a [table].csv")];
    mkdirSync(join(folder, "row=1")); // a column to Spark and DuckDB
    await (await database()).run(
      `COPY (SELECT * FROM read_csv(${quoted(csv)})) TO ${quoted(parquet)} (FORMAT parquet)`,
    );
    assert.deepEqual(contentOf(await readTable(parquet, { label: "class", normal: "0" })), labelled);
  });
});

test("in quotes, ARFF has a backslash before what is meant as it is, wherever a name stands", async () => {
  const header = "@relation x\n@attribute 'it\\'s' {a}\n@attribute b real\n@attribute c string\n@data\n";
  const table = await read(
    `${header}'it\\'s',1,x\n'a\\',b',2,'\\\\'\n'\\"a\\"',3,'1\\t2\\n\\%'\nc:\\d,4,'x'\n`,
  );
  assert.deepEqual(contentOf(table), {
    "it's": ["it's", "a',b", '"a"', "c:\\d"],
    b: [1, 2, 3, 4],
    c: ["x", "\\", "1\t2\n%", "x"],
  });
  const [line] = trafficLines({ rows: 1 });
  const attributes = [
    ...kddFeatures.map(({ name }) => `@attribute ${name} real`),
    "@attribute class {normal}",
  ];
  const rows = [withFields(line, { service: "'x\\'y'" }), withFields(line, { service: "?" })];
  const kdd = await readTable(fileOf(`@relation kdd\n${attributes.join("\n")}\n@data\n${rows.join("\n")}\n`));
  assert.deepEqual(contentOf(kdd).service, ["x'y", missingName]);
});

suite("missing values", () => {
  test("are NaN among numbers, and a category of their own among names", async () => {
    const table = await read("a,b\n1,x\n,?\nNA,NaN\nnull,\n2,-\n");
    assert.deepEqual(contentOf(table), {
      a: [1, Number.NaN, Number.NaN, Number.NaN, 2],
      b: ["x", missingName, missingName, missingName, "-"],
    });
    assert.deepEqual(
      table.columns.map(({ missing }) => missing),
      [3, 3],
    );
  });

  test("are read in KDD'99's columns as in any other: as Weka and pandas write them, but no label and no empty field", async () => {
    const [line] = trafficLines({ rows: 1 });
    const lines = [line, withFields(line, { duration: "?", service: "?", land: "NaN", flag: "NA" }), line];
    const table = await read(`${lines.join("\n")}\n`);
    const seen = (name: string) => contentOf(table)[name][1];
    assert.deepEqual(["duration", "service", "land", "flag"].map(seen), [
      Number.NaN,
      missingName,
      Number.NaN,
      missingName,
    ]);
    const missing = table.columns.filter((column) => column.missing === 1).map(({ name }) => name);
    assert.deepEqual(missing, ["duration", "service", "flag", "land"]);
    for (const bad of [{ label: "?" }, { src_bytes: "" }] as Record<string, string>[])
      await assert.rejects(
        read(`${line}\n${withFields(line, bad)}\n`),
        /line 2: column \d+ \(.*\) is (missing|empty)/,
      );
  });

  test("an infinite number stays infinite", async () => {
    const table = await read("a,b\n1,1\nInfinity,2\n-inf,3\n");
    assert.deepEqual([...numbers(table, "a")], [1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });
});

suite("what is wrong with a file is said in a sentence that names the place", () => {
  const header = "a,b,class\n";
  const wrong: Record<string, readonly [string | Uint8Array, RegExp, ReadTableOptions?]> = {
    "a row with too many fields": [`${header}1,2,0\n1,2,0,4\n`, /line 3: expected 3 columns, found 4$/],
    "a row with too few fields": [`${header}1,2,0\n\n1,2\n`, /line 4: expected 3 columns, found 2$/],
    "a quote that is never closed": [
      `${header}1,2,"x\n3,4,y\n`,
      /line 2: a quote \("\) is opened and never closed$/,
    ],
    "text after a quote": [`${header}1,2,"x"y\n3,4,y\n`, /line 2: a quote .* column 3/],
    "a wrong number": [
      `${header}${"1,2,0\n".repeat(9)}1,two,0\n`,
      /line 11: column 2 \(b\) must be a number, got 'two'/,
    ],
    "two columns of one name": [
      "a,b,a\n1,2,3\n",
      /line 1: columns 1 and 3 are both named a; rename one of them$/,
    ],
    "two attributes of one name": [
      "@relation r\n@attribute a real\n\n@attribute a real\n@data\n1,2\n",
      /line 4: columns 1 and 2 are both named a; rename one of them$/,
    ],
    "no header": ["1,2,3\n4,5,6\n", /line 1: column 1 is the number 1 where the column's name should be/],
    "a header only": [header, /has no rows$/],
    "an empty file": ["", /is empty$/],
    "a blank file": ["\n \n", /is empty$/],
    "a label that is not there": [
      `${header}1,2,0\n`,
      /has no column Label2, which label names; its columns are a, b, class$/,
      { label: "Label2" },
    ],
    "a label without a usual word": [
      `${header}1,2,x\n1,2,y\n`,
      /say which of them is, with normal: 'x', 'y'$/,
      { label: "class" },
    ],
    "a normal value that is not there": [
      `${header}1,2,x\n1,2,y\n`,
      /has no value z, which normal names; it has 'x', 'y'$/,
      { label: "class", normal: "z" },
    ],
  };
  for (const [name, [content, message, options]] of Object.entries(wrong)) {
    test(name, async () => {
      const path = fileOf(content);
      await assert.rejects(readTable(path, options), (error: Error) => {
        assert.equal(error.name, "InputError");
        assert.ok(error.message.startsWith(path), error.message);
        assert.match(error.message, message);
        return true;
      });
    });
  }
});

suite("a long file", () => {
  const rows = 30_000;
  const wrongRow = 25_000;

  test("a value that can't be read is refused however late it comes, and no row after it is lost in silence", async () => {
    const lines = Array.from(
      { length: rows },
      (_, i) => `${i % 7},${i === wrongRow ? "maybe" : i % 2 === 0}`,
    );
    await assert.rejects(
      read(`a,b\n${lines.join("\n")}\n`),
      /line 25002: column 2 \(b\) must be true or false, got 'maybe'/,
    );
    const parquet = join(folder, "wrong.parquet");
    const values = `CASE WHEN range = ${20 * wrongRow} THEN 'oops' ELSE CAST(range % 7 AS VARCHAR) END`;
    await (await database()).run(
      `COPY (SELECT ${values} AS a FROM range(${20 * rows})) TO ${quoted(parquet)} (FORMAT parquet)`,
    );
    await assert.rejects(readTable(parquet), /can't be read: column 1 \(a\) must be a number, got oops/);
  });

  test("columns of one name are refused in Parquet, too; names that differ in case only are two", async () => {
    const parquet = join(folder, "twice.parquet");
    const columns = "{'part': 1} AS nested, 1 AS first, 2 AS twice";
    await (await database()).run(`COPY (SELECT ${columns}) TO ${quoted(parquet)} (FORMAT parquet)`);
    const named = (name: string) => {
      const bytes = readFileSync(parquet, "latin1").replaceAll("twice", name);
      return read(Buffer.from(bytes, "latin1"));
    };
    await assert.rejects(named("first"), /\.data: columns 2 and 3 are both named first; rename one of them$/);
    assert.deepEqual(contentOf(await named("First")), { first: [1], First: [2] });
  });

  test("a file that is fatal to DuckDB is read nevertheless, and so is the next one", async () => {
    const dashes = `a,b,kind\n${"1,x,Web Attack \u0096 XSS\n2,y,BENIGN\n".repeat(40)}`;
    const western = await read(Buffer.from(dashes, "latin1"), { label: "kind", exclude: ["b"] });
    assert.deepEqual(western.labels?.categories, ["Web Attack \u2013 XSS", "normal"]);
    const parquet = join(folder, "next.parquet");
    await (await database()).run(`COPY (SELECT 1 AS a, 2 AS b) TO ${quoted(parquet)} (FORMAT parquet)`);
    assert.deepEqual(contentOf(await readTable(parquet)), { a: [1], b: [2] });
  });
});

suite("what programs write is read as they mean it", () => {
  const rows = Array.from({ length: 30 }, (_, i) => [`${(i * 7) % 11}`, i % 2 === 0 ? "u" : "v"]);
  const withFirst = (name: string, value: (i: number) => string | number) =>
    `${name},a,b\n${rows.map((row, i) => [value(i), ...row].join(",")).join("\n")}\n`;
  const featuresOf = async (content: string) => (await read(content)).features.map(({ name }) => name);

  test("pandas' index is left out, also of rows that were shuffled or joined", async () => {
    for (const name of ["", "Unnamed: 0"])
      for (const index of [(i: number) => i, (i: number) => (i * 7) % 31, (i: number) => i % 15])
        assert.deepEqual(await featuresOf(withFirst(name, index)), ["a", "b"]);
  });

  test("a label's usual word is found in any case, but two such words are not the same", async () => {
    const labelOf = (words: readonly string[]) =>
      read(`a,b\n${rows.map(([a], i) => `${a},${words[i % words.length]}`).join("\n")}\n`, { label: "b" });
    const { labels } = await labelOf(["Normal", "NORMAL", " normal ", "attack"]);
    assert.deepEqual(labels?.categories, ["attack", "normal"]);
    await assert.rejects(
      labelOf(["normal", "benign", "attack"]),
      /more than one of its values may be normal/,
    );
  });

  test("a header that comes again in capitals is passed over, but not a row of names like it", async () => {
    const again = await read(`a,b\n${rows.map(([a]) => `${a},x`).join("\n")}\nA, B\n3,y\n`);
    assert.equal(again.rows, rows.length + 1);
    assert.match(again.notices.join(), /the header came again once/);
    assert.equal((await read(`a,b\n${"x,y\n".repeat(9)}A,B\n`)).rows, 10);
  });

  test("an option that is unknown or no text is refused before anything is read", async () => {
    const wrong: [object, RegExp][] = [
      [{ labels: "b" }, /^there is no option "labels"; the options are label, normal,/],
      [{ label: "b", normal: 0 }, /^normal must be a text that is not empty, got 0$/],
      [{ label: "b", normal: [] }, /^normal is an empty list/],
      [{ label: " " }, /^label must be a text that is not empty, got " "$/],
      [{ exclude: "b" }, /^exclude must be a list of names of columns$/],
      [{ types: "b" }, /^types must be an object/],
      [{ maxRows: 0 }, /^maxRows must be an integer in \[1, ∞\), got 0$/],
    ];
    for (const options of [{ normal: "0" }, { group: "b" }])
      await assert.rejects(
        read("a,b\n1,2\n", options),
        /(normal|group) is of use only with a label; say which/,
      );
    for (const [options, message] of wrong)
      await assert.rejects(readTable("nowhere.csv", options), { name: "InputError", message });
  });

  test("times since 1970 are left out in any order", async () => {
    assert.deepEqual(await featuresOf(withFirst("timestamp", (i) => 1_700_000_000_000 - i * 977)), [
      "a",
      "b",
    ]);
  });

  test("numbers in a form that is not read are left out, and it is said why", async () => {
    for (const [i, text] of ["1,234", "1.234,5", "12 %", "$7", "1 000"].entries()) {
      const table = await read(withFirst("x", (row) => `"${text.replace(/\d/, `${row + 1}`)}"`));
      assert.equal(table.features.length, 2, `${i}`);
      assert.match(table.notices[0], /x \(numbers in a form that is not read, such as '/);
    }
  });

  test("a line of # is a comment, unless it has all the fields of a row", async () => {
    const content = "# by hand\na,b\n1,2\n#N/A,3\n# pause, at noon, until one\n4,5\n";
    assert.deepEqual(contentOf(await read(content)), { a: [1, Number.NaN, 4], b: [2, 3, 5] });
    assert.deepEqual(contentOf(await read("# a,b\n1,2\n3,4\n")), { a: [1, 3], b: [2, 4] });
  });

  test("a delimiter divides the header as it does the rows; an apostrophe that begins a name is no quote", async () => {
    const agents = "Mozilla/5.0 (X11; Linux; rv)";
    const table = await read(`a,b,c\n${`1,${agents},'); DROP TABLE t; --\n2,${agents},x;y;z\n`.repeat(9)}`);
    assert.deepEqual(Object.keys(contentOf(table)), ["a", "b", "c"]);
    assert.deepEqual(contentOf(await read("sep=;\na;b\n1,5;2\n3;4\n")), { a: [1.5, 3], b: [2, 4] });
  });

  test("ADBench's numbered columns are names; a last column of other numbers is no label", async () => {
    const table = (last: (i: number) => number) =>
      read(`0,1,y\n${rows.map(([a], i) => `${a},${i % 5}.5,${last(i)}`).join("\n")}\n`);
    assert.deepEqual((await table((i) => (i === 3 ? 1 : 0))).labels?.categories, ["1", "normal"]);
    assert.equal((await table((i) => i % 4)).labels, undefined);
  });

  test("what is no table is refused by what it is", async () => {
    const wide = Buffer.from("a,b\n1,2\n".repeat(9), "utf16le").reverse();
    const four = Buffer.concat([...plain].map((letter) => Buffer.from([letter.charCodeAt(0), 0, 0, 0])));
    const kinds: [Uint8Array, RegExp][] = [
      [wide, /is UTF-16BE text/],
      [four, /is UTF-32LE text/],
      [gzipSync(gzipSync(plain)), /is packed twice, inside by gzip/],
      [gzipSync("PAR1"), /is a Parquet file packed whole/],
      [Buffer.from("\u0089PNG\r\n", "latin1"), /is a picture/],
      [Buffer.from(`"${plain}`), /has no rows: a quote \("\) that is opened in line 1 is not closed$/],
      [Buffer.from("@relation r\n@attribute 'a b numeric\n@data\n1\n"), /line 2: a quote \('\) is opened/],
      [
        Buffer.from('[{"a":1},{"a":2}]\n[{"a":3}]'),
        /line 2: after the end of the array comes more: '\[{"a":3}\]'$/,
      ],
    ];
    for (const [content, message] of kinds) await assert.rejects(read(content), message);
  });
});

suite("what is left out, limited or late", () => {
  const lines = Array.from({ length: 5_000 }, (_, i) => `${i % 7},${i % 3 === 0 ? "u" : "v"}`);

  test("bad rows are left out and written with line and reason, good ones around them stay in order", async () => {
    const rejectedFile = join(folder, "rejected.csv");
    const withBad = Object.assign([...lines], { 10: "x,u", 2000: "1,u,2", 4999: "2" });
    const content = `a,b\n${withBad.join("\n")}\n`;
    const table = await read(content, { rejectedFile });
    assert.deepEqual(table.source.skippedRows, [11, 2_001, 5_000]);
    const good = lines.filter((_, i) => ![10, 2_000, 4_999].includes(i));
    assert.deepEqual(
      contentOf(table).a,
      good.map((line) => Number(line[0])),
    );
    assert.deepEqual(
      contentOf(table).b,
      good.map((line) => line[2]),
    );
    assert.equal(
      readFileSync(rejectedFile, "utf8"),
      [
        "line,reason,text",
        `12,"column 1 (a) must be a number, got 'x'; most of its values are numbers; if it holds names, say that it is nominal","x,u"`,
        '2002,"expected 2 columns, found 3","1,u,2"',
        '5001,"expected 2 columns, found 1","2"',
        "",
      ].join("\n"),
    );
  });

  test("a file with more rows than are allowed is refused, one with as many is read", async () => {
    for (const content of [
      `a,b\n${lines.join("\n")}\n`,
      lines.map((line) => JSON.stringify({ a: +line[0], b: line[2] })).join("\n"),
    ]) {
      assert.equal((await read(content, { maxRows: 5_000 })).rows, 5_000);
      await assert.rejects(
        read(content, { maxRows: 4_999 }),
        /has more than 4,999 rows, which is the limit$/,
      );
    }
  });

  test("a JSON key that the first rows do not have is left out, and a notice names its line", async () => {
    const rows = lines.slice(0, 1_200).map((line) => JSON.stringify({ a: +line[0], b: line[2] }));
    rows[1_100] = '{"a":1,"b":"u","late":3}';
    const { notices, features } = await read(rows.join("\n"));
    assert.deepEqual(notices, ["left out, as the first rows do not have it: late (first in line 1101)"]);
    assert.equal(features.length, 2);
  });

  test("through a pipe comes the same table, packed or not; what is bad is called the standard input", async () => {
    const program = `const { readTable } = require("traffic-anomaly");
      readTable("-").then(({ rows, features, source: { name } }) => console.log(rows, features.length, name), ({ message }) => console.log(message));`;
    const kept = mkdtempSync(join(folder, "kept-"));
    const env = { ...process.env, TMPDIR: kept };
    const piped = (input: string | Uint8Array) =>
      execFileSync(process.execPath, ["-e", program], { input, cwd: __dirname, encoding: "utf8", env });
    const content = `a,b\n${lines.join("\n")}\n`;
    assert.equal(piped(content), "5000 2 standard input\n");
    assert.equal(piped(gzipSync(content)), "5000 2 standard input\n");
    assert.equal(piped(`${content}1,2,3\n`), "the standard input, line 5002: expected 2 columns, found 3\n");
    assert.equal(piped("BZh9"), "the standard input is packed by bzip2; unpack it first: bzip2 -d FILE\n");
    assert.deepEqual(readdirSync(kept), [], "what was kept of it is gone");
  });

  test("without WebAssembly, lines are read as text, to the same table", async () => {
    const path = fileOf(`a,b\n${lines.join("\n")}\n`);
    const { WebAssembly } = globalThis;
    const expected = await readTable(path);
    Reflect.deleteProperty(globalThis, "WebAssembly");
    try {
      assert.deepEqual(await readTable(path), expected);
    } finally {
      Object.assign(globalThis, { WebAssembly });
    }
  });
});
