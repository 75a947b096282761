import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { type Column, column, InputError, labels, numbers, type Table } from "traffic-anomaly";
import { joinTables } from "traffic-anomaly/dist/data/join";
import { recogniseDataset } from "traffic-anomaly/dist/data/kdd/datasets";
import { TableReader } from "traffic-anomaly/dist/data/table-reader";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";
import { headerNames, trafficLines, withFields, withLine, writeLines } from "../../fixtures/traffic";

const folder = temporaryFolder("reader");

async function open(lines: readonly string[], name = "traffic.csv", gzip = false) {
  return readKddFile(await writeLines(join(folder, name), lines, { gzip }));
}

async function read(lines: readonly string[], name?: string, gzip?: boolean): Promise<Table> {
  return (await open(lines, name, gzip)).table;
}

const refused = (lines: readonly string[], problem: RegExp) =>
  assert.rejects(open(lines), (error) => error instanceof InputError && problem.test(error.message));

/** The values of a column, names instead of codes. */
const values = (source: Column) =>
  source.kind === "nominal"
    ? Array.from(source.codes, (code) => source.categories[code])
    : [...source.values];

for (const columns of [41, 42, 43] as const) {
  for (const header of [false, true]) {
    test(`${columns} columns ${header ? "with" : "without"} a header are read as they stand in the file`, async () => {
      const lines = trafficLines({ rows: 120, columns, header });
      const { source, table } = await open(lines);
      const rows = lines.slice(header ? 1 : 0).map((line) => line.split(","));
      assert.deepEqual([source.rows, table.rows, source.labelled], [120, 120, columns > 41]);
      for (const [i, feature] of table.features.entries()) {
        assert.equal(feature.name, headerNames[i]);
        const inFile = rows.map((fields) =>
          feature.kind === "nominal" ? fields[i] : Math.fround(Number(fields[i])),
        );
        assert.deepEqual(values(feature), inFile);
      }
      if (columns === 41) assert.equal(table.labels, undefined);
      else
        assert.deepEqual(
          values(labels(table)),
          rows.map((fields) => fields[41].replace(".", "")),
        );
    });
  }
}

test("the same table comes from plain text and gzip, whatever the names, line ends, blank lines and quotes", async () => {
  const lines = trafficLines({ rows: 50, columns: 43 });
  const expected = await read(lines);
  const text = lines.join("\n");
  const variants: Record<string, string | Buffer> = {
    "gzip.csv": gzipSync(text),
    "plain.gz": text,
    "two-gzips": Buffer.concat([gzipSync(text.slice(0, 1000)), gzipSync(text.slice(1000))]),
    "windows.csv": `${lines.join("\r\n")}\r\n`,
    "old-mac.csv": `${lines.join("\r")}\r`,
    "mixed-line-ends.csv": lines.map((line, i) => line + (i % 2 ? "\r\n" : "\n")).join(""),
    "blank-lines.csv": `\n${lines.join("\n\n")}\n\n \n\t\n`,
    "windows-blank-lines.csv": `${lines.join("\r\n")}\r\n\r\n\r\n`,
    "byte-order-mark.csv": `\ufeff${text}`,
    "quoted.csv": lines.map((line) => line.replace(/[^,]+/g, '"$&"')).join("\n"),
    "quoted-names.csv": lines.map((line) => line.replace(/[a-z]\w+/gi, '"$&"')).join("\n"),
    "quoted-header.csv": `${headerNames.map((name) => `"${name}"`).join(",")}\n${text}`,
    "late-header.csv": `\n\n${headerNames.join(",")}\n${text}`,
    "byte-order-mark-and-header.csv": `\ufeff${headerNames.join(",")}\r\n${lines.join("\r\n")}`,
    "short-header.csv": `${headerNames.slice(0, 41).join(",")}\n${text}`,
    "header-with-blanks.csv": `${headerNames.join(", ").toUpperCase().replaceAll("_", " ")}\n${text}`,
    "blanks.csv": text.replaceAll(",", " ,\t"),
    "trailing-comma.csv": lines.map((line, i) => (i % 3 ? line : `${line},`)).join("\n"),
    "dots.csv": lines.map((line) => line.replace(/,(\d+)$/, ".,$1")).join("\n"),
  };
  for (const [name, content] of Object.entries(variants)) {
    await writeFile(join(folder, name), content);
    const { table } = await readKddFile(join(folder, name));
    assert.deepEqual(table, expected, name);
  }
});

test("a header without rows is refused", async () => {
  await refused([headerNames.slice(0, 42).join(",")], /traffic\.csv has no rows$/);
});

test("a file is read in one pass: through a pipe too, and nothing is kept of it", async () => {
  const path = await writeLines(join(folder, "packed.gz"), trafficLines({ rows: 5_000 }), { gzip: true });
  const bytes = await readFile(path);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const before = await readdir(folder);
  const { source, table } = await readKddFile(path);
  assert.deepEqual(source, {
    path,
    name: "packed.gz",
    sha256,
    rows: 5_000,
    labelled: true,
    skippedRows: [],
  });
  assert.deepEqual(await readdir(folder), before);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [piped] = await Promise.all([readKddFile(pipe), writeFile(pipe, bytes)]);
  assert.deepEqual(piped, { source: { ...source, path: pipe, name: "pipe" }, table });
});

test("what is behind the last member of a gzip belongs to the file, not to its rows", async () => {
  const lines = trafficLines({ rows: 5 });
  const packed = Buffer.concat([gzipSync(lines.join("\n")), Buffer.alloc(1_000_000)]);
  await writeFile(join(folder, "zeros-behind.gz"), packed);
  const { source } = await readKddFile(join(folder, "zeros-behind.gz"));
  assert.deepEqual([source.rows, source.sha256], [5, createHash("sha256").update(packed).digest("hex")]);
});

test("of more rows than a block holds all are there, and the blocks put together equal the whole table", async () => {
  const lines = trafficLines({ rows: 500 }).map((line, i) => withFields(line, { src_bytes: String(i) }));
  const path = await writeLines(join(folder, "long.csv"), Array(300).fill(lines).flat());
  const { table } = await readKddFile(path);
  assert.equal(table.rows, 150_000);
  assert.ok(numbers(table, "src_bytes").every((bytes, row) => bytes === row % 500));
  const blocks: Table[] = [];
  for await (const block of new TableReader(path).blocks()) blocks.push(block);
  assert.deepEqual(
    blocks.map(({ rows }) => rows),
    [65_536, 65_536, 150_000 - 2 * 65_536],
  );
  assert.deepEqual(joinTables(blocks), table);
});

for (const count of [255, 256, 300]) {
  test(`${count} services are told apart`, async () => {
    const names = Array.from({ length: count }, (_, i) => `service_${i}`);
    const lines = trafficLines({ rows: 2 * count }).map((line, i) =>
      withFields(line, { service: names[i % count] }),
    );
    const service = column(await read(lines), "service");
    assert.ok(service.kind === "nominal");
    assert.deepEqual(service.categories, names.slice().sort());
    assert.equal(service.codes.BYTES_PER_ELEMENT, count <= 255 ? 1 : 2);
    assert.deepEqual(values(service), [...names, ...names]);
  });
}

test("more than 65,535 services are refused in a sentence", async () => {
  const line = trafficLines({ rows: 1 })[0];
  const lines = Array.from({ length: 65_536 }, (_, i) => withFields(line, { service: `s${i}` }));
  await assert.rejects(
    read(lines),
    /traffic\.csv has more than 65535 different values in the column service; no more can be told apart$/,
  );
  const service = column(await read(lines.slice(1)), "service");
  assert.equal(service.kind === "nominal" && service.categories.length, 65_535);
});

test("names in the way of SQL or a shell are names like others", async () => {
  const names = ["o'brien", "''", "a;b", "--", "$(x)", "é", "nil", "\\", "%s", "x y", "label"];
  const lines = trafficLines({ rows: names.length }).map((line, i) =>
    withFields(line, { service: names[i], label: `${names[i]}.` }),
  );
  const table = await read(lines, "it's a file's name.csv");
  assert.deepEqual(values(column(table, "service")), names);
  assert.deepEqual(values(labels(table)), names);
});

test("large amounts are exact", async () => {
  const amounts = [693_375_640, 2 ** 40, 2 ** 53 - 1, 2 ** 24 + 1, 0];
  const lines = trafficLines({ rows: amounts.length }).map((line, i) =>
    withFields(line, {
      src_bytes: String(amounts[i]),
      dst_bytes: String(amounts[i]),
      duration: String(amounts[i]),
    }),
  );
  const table = await read(lines);
  for (const name of ["src_bytes", "dst_bytes", "duration"])
    assert.deepEqual([...numbers(table, name)], amounts);
});

test("a label loses its dot, the blanks around it and the capitals of a known one, and nothing else", async () => {
  const written = [
    "normal.",
    "normal",
    " normal. ",
    "guess_passwd.",
    "a.b.",
    "normal .",
    '"smurf."',
    "Normal.",
    "Ab.",
  ];
  const lines = trafficLines({ rows: written.length }).map((line, i) =>
    withFields(line, { label: written[i] }),
  );
  const expected = ["normal", "normal", "normal", "guess_passwd", "a.b", "normal", "smurf", "normal", "Ab"];
  assert.deepEqual(values(labels(await read(lines))), expected);
});

test("a bad row is refused with file, line, column and value", async () => {
  const lines = trafficLines({ rows: 70 });
  const cases: [Record<string, string>, string][] = [
    [{ src_bytes: "many" }, "column 5 (src_bytes) must be a number, got 'many'"],
    [{ duration: "" }, "column 1 (duration) is empty"],
    [{ protocol_type: "sctp" }, "column 2 (protocol_type) must be one of icmp, tcp, udp, got 'sctp'"],
    [{ service: "" }, "column 3 (service) is empty"],
    [{ service: 'a"b' }, "column 3 (service) must be a name, got 'a\"b'"],
    [{ service: "\x1b[2J" }, "column 3 (service) must be a name, got '\ufffd[2J'"],
    [{ land: "2" }, "column 7 (land) must be 0 or 1, got 2"],
    [{ label: "NaN" }, "column 42 (label) is missing its label"],
    [{ count: "-Infinity" }, "column 23 (count) must be a finite number, got '-Infinity'"],
    [{ dst_bytes: "1e999" }, "column 6 (dst_bytes) must be a finite number, got '1e999'"],
    [{ hot: "-1" }, "column 10 (hot) must not be negative, got -1"],
    [{ serror_rate: "1.01" }, "column 25 (serror_rate) must be in [0, 1], got 1.01"],
    [{ label: "" }, "column 42 (label) is missing its label"],
    [{ label: "." }, "column 42 (label) is missing its label"],
    [{ label: '"normal' }, "column 42 (label) must be a name, got '\"normal'"],
    [{ urgent: "x".repeat(1000) }, `column 9 (urgent) must be a number, got '${"x".repeat(40)}…'`],
  ];
  for (const at of [1, 64]) {
    for (const [change, problem] of cases) {
      const bad = withLine(lines, at, withFields(lines[at - 1], change));
      await assert.rejects(open(bad), {
        name: "InputError",
        message: `${join(folder, "traffic.csv")}, line ${at}: ${problem}`,
      });
    }
    await refused(
      withLine(lines, at, lines[at - 1].replace(",", "")),
      new RegExp(`line ${at}: expected 42 columns, found 41$`),
    );
    await refused(
      withLine(lines, at, `${lines[at - 1]},1`),
      new RegExp(`line ${at}: expected 42 columns, found 43$`),
    );
  }
});

test("bytes that are not UTF-8 are refused where they come late", async () => {
  const lines = trafficLines({ rows: 70 });
  lines[65] = withFields(lines[65], { service: "h\xe9" });
  const path = join(folder, "latin.csv");
  await writeFile(path, Buffer.from(lines.join("\n"), "latin1"));
  await assert.rejects(
    readKddFile(path),
    /latin\.csv, line 66: column 3 \(service\) must be a name, got 'h\ufffd'$/,
  );
});

test("skipped rows are counted, written with line and reason, and the rest is read", async () => {
  const lines = trafficLines({ rows: 100, header: true });
  const bad = lines.slice();
  bad[3] = withFields(lines[3], { src_bytes: 'so "many"' });
  bad.splice(10, 0, "", "not a row");
  const path = await writeLines(join(folder, "some-bad.csv"), bad);
  const rejectedFile = join(folder, "rejected.csv");
  const { source, table } = await readKddFile(path, { rejectedFile });
  assert.deepEqual([source.rows, source.skippedRows], [99, [3, 10]]);
  assert.deepEqual(table, await read(lines.filter((_, i) => i !== 3)));
  const rejected = (await readFile(rejectedFile, "utf8")).split("\n");
  assert.equal(rejected[0], "line,reason,text");
  assert.match(
    rejected[1],
    /^4,"column 5 \(src_bytes\) must be a number, got 'so ""many""'","\d.*so ""many"".*normal\."$/,
  );
  assert.equal(rejected[2], '12,"expected 42 columns, found 1","not a row"');
  assert.deepEqual(rejected.slice(3), [""]);
  await assert.rejects(readKddFile(path), /line 4: column 5/);
});

test("a file without one good row is refused, though bad rows are skipped", async () => {
  const path = await writeLines(
    join(folder, "all-bad.csv"),
    trafficLines({ rows: 3 }).map((line) => withFields(line, { land: "7" })),
  );
  const options = { rejectedFile: join(folder, "rejected.csv") };
  await assert.rejects(readKddFile(path, options), /all-bad\.csv has no good row$/);
});

test("reading stops when it is aborted", async () => {
  const path = await writeLines(join(folder, "aborted.csv"), trafficLines({ rows: 10, seed: 11 }));
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(readKddFile(path, { signal }), /enough/);
});

test("NSL-KDD's files are known by their number of rows; others go by their file's name", async () => {
  const lines = trafficLines({ rows: 1_000, columns: 43 });
  const many = (rows: number) => Array.from({ length: rows }, (_, i) => lines[i % lines.length]);
  for (const [rows, name] of [
    [125_973, "KDDTrain+"],
    [22_544, "KDDTest+"],
    [11_850, "KDDTest-21"],
  ] as const) {
    const header = rows === 22_544 ? [headerNames.join(",")] : [];
    const { source } = await open([...header, ...many(rows), ""], "nsl", rows === 11_850);
    assert.deepEqual([source.name, source.rows], [name, rows]);
    assert.equal(await recogniseDataset(source.path), name);
  }
  assert.equal((await open(many(11_849), "nsl")).source.name, "nsl");
  assert.equal((await open(trafficLines({ rows: 500 }))).source.name, basename("traffic.csv"));
});
