import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import { gzipSync } from "node:zlib";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { temporaryFolder } from "../fixtures/folder";
import { headerNames, trafficLines, withFields, withLine, writeLines } from "../fixtures/traffic";
import { assertUnchanged, contents, refuse, refuses, traffic, unable } from "./command";
import { small, study, trainLines } from "./study";

const folder = temporaryFolder("bad-input");
/** Where each test puts what it makes. */
const bad = join(folder, "bad");
const here = { cwd: folder };
const isRoot = process.getuid?.() === 0;

before(async () => {
  await study(folder);
});
beforeEach(async () => {
  await rm(bad, { recursive: true, force: true });
  await mkdir(bad);
});

const runOn = (file: string, ...parameters: string[]) => ["run", "--data", file, ...small, ...parameters];
const scoreOf = (file: string, ...parameters: string[]) => [
  "score",
  file,
  "--model",
  join("models", "isolation-forest"),
  ...parameters,
];

/** Asserts that a file is refused as training file and as file to score, with a sentence about it. */
async function refusesFile(file: string, sentence: string): Promise<void> {
  const path = join("bad", file);
  const pattern = new RegExp(`^${path}${sentence}$`);
  await refuse(
    [
      [runOn(path), pattern],
      [scoreOf(path), pattern],
    ],
    here,
  );
}

const files: Record<string, { content?: string | Buffer; sentence: string }> = {
  "a missing file": { sentence: " does not exist" },
  "an empty file": { content: "", sentence: " is empty" },
  "an empty gzip": { content: gzipSync(""), sentence: " is empty" },
  "a file of blank lines": { content: "\n\r\n  \n", sentence: " is empty" },
  "a header without rows": { content: headerNames.slice(0, 42).join(","), sentence: " has no rows" },
  "a truncated gzip": {
    content: gzipSync(trainLines.join("\n")).subarray(0, 3_000),
    sentence: " is a truncated gzip file: it ends too early",
  },
  "a gzip that ends in its header": {
    content: gzipSync(trainLines.join("\n")).subarray(0, 6),
    sentence: " is a truncated gzip file: it ends too early",
  },
  "a damaged gzip": {
    content: gzipSync(trainLines.join("\n")).fill(0xff, 200, 400),
    sentence: " is a damaged gzip file: [^.]+",
  },
  "a gzip of another checksum": {
    content: (() => {
      const bytes = gzipSync(trainLines.join("\n"));
      bytes[bytes.length - 6] ^= 1;
      return bytes;
    })(),
    sentence: " is a damaged gzip file: incorrect data check",
  },
  "a Zeek log": {
    content: "#separator \\x09\n#fields\tts\tuid\tid.orig_h\n1.5\tC1\t10.0.0.1\n1.6\tC2\t10.0.0.1\n",
    sentence:
      " is a log of Zeek's; connection logs are read by the commands train and score, and by readConnectionLogs",
  },
  "a picture": {
    content: Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0", "latin1"),
    sentence: " is a picture; a table is needed, such as CSV",
  },
  "text in UTF-16": {
    content: Buffer.from(`\ufeff${trainLines.join("\n")}`, "utf16le"),
    sentence: " is UTF-16 text; convert it to UTF-8 first: iconv -f UTF-16 -t UTF-8 FILE > CONVERTED",
  },
};

for (const [title, { content, sentence }] of Object.entries(files)) {
  test(`${title} is refused`, async () => {
    if (content !== undefined) await writeFile(join(bad, "file"), content);
    await refusesFile("file", sentence);
  });
}

test("a directory is refused", async () => {
  await mkdir(join(bad, "file"));
  await refusesFile("file", " is a directory, not a data file");
});

test("a table without a column of the model is refused, whatever its form", async () => {
  await copyFile(join(folder, "outputs", "predictions.parquet"), join(bad, "parquet"));
  await writeFile(join(bad, "flowers"), "petal_length,species\n1.4,setosa\n1.4,setosa\n");
  const lacks = (file: string, columns: string) =>
    new RegExp(
      `^${file} has no column duration, which the model was trained on; its columns are ${columns}$`,
    );
  await refuse(
    [
      [scoreOf("bad/parquet"), lacks("bad/parquet", "dataset, part, row, label, .*, combined_anomaly")],
      [scoreOf("bad/flowers"), lacks("bad/flowers", "petal_length, species")],
    ],
    here,
  );
});

test("a header in another order than its rows is refused where names come in place of numbers", async () => {
  await writeLines(join(bad, "file"), [headerNames.slice(0, 42).reverse().join(","), ...trainLines]);
  const sentence = /^bad\/file, line 2: column \d+ \(\w+\) must be a number, got '[\w.]+'$/;
  await refuses(scoreOf("bad/file"), sentence, here);
});

test("real Zeek logs are refused", async (t) => {
  const zeek = join(process.env.TRAFFIC_DATA ?? "", "zeek");
  const missing =
    process.env.TRAFFIC_DATA && existsSync(zeek) ? undefined : "TRAFFIC_DATA names no folder with zeek/";
  if (unable(t, missing)) return;
  const name = "small.conn.log";
  await refuses(
    runOn(join(zeek, name)),
    new RegExp(`${name} is a log of Zeek's; connection logs are read by`),
    here,
  );
});

// [what, column, value, what the sentence says after "line N: "]
const values: [string, string, string, string][] = [
  ["text in a numeric column", "src_bytes", "lots", "column 5 \\(src_bytes\\) must be a number, got 'lots'"],
  [
    "an unknown protocol",
    "protocol_type",
    "sctp",
    "column 2 \\(protocol_type\\) must be one of icmp, tcp, udp, got 'sctp'",
  ],
  ["an unknown flag", "flag", "S9", "column 4 \\(flag\\) must be one of OTH, .*, got 'S9'"],
  ["an empty label", "label", "", "column 42 \\(label\\) is missing its label"],
  ["a label of just a dot", "label", ".", "column 42 \\(label\\) is missing its label"],
  ["an empty number", "count", "", "column 23 \\(count\\) is empty"],
  ["a missing label", "label", "?", "column 42 \\(label\\) is missing its label"],
  ["an infinite number", "duration", "inf", "column 1 \\(duration\\) must be a finite number, got 'inf'"],
  [
    "a number beyond 64 bits",
    "duration",
    "1e309",
    "column 1 \\(duration\\) must be a finite number, got '1e309'",
  ],
  ["a negative number", "src_bytes", "-5", "column 5 \\(src_bytes\\) must not be negative, got -5"],
  ["a rate above 1", "serror_rate", "1.5", "column 25 \\(serror_rate\\) must be in \\[0, 1\\], got 1.5"],
  ["a flag of 3", "logged_in", "3", "column 12 \\(logged_in\\) must be 0 or 1, got 3"],
];
// Every other one is given to `run` in line 1 of a gzip, the rest to `score` far down in plain text.
for (const [i, [title, column, value, sentence]] of values.entries()) {
  test(`${title} is refused with line and column`, async () => {
    const line = i % 2 === 0 ? 1 : 333;
    const lines = withLine(trainLines, line, withFields(trainLines[line - 1], { [column]: value }));
    await writeLines(join(bad, "file"), lines, { gzip: line === 1 });
    const command = line === 1 ? runOn("bad/file") : scoreOf("bad/file");
    await refuses(command, new RegExp(`^bad/file, line ${line}: ${sentence}$`), here);
  });
}

test("a wrong number of columns is refused with the line", async () => {
  const wrongAt = (line: number) => withLine(trainLines, line, "0,tcp,http");
  for (const line of [1, 2, 400]) await writeLines(join(bad, `wrong-${line}`), wrongAt(line));
  await writeFile(join(bad, "cut-off"), trainLines.join("\n").slice(0, -100));
  await refuse(
    [
      [runOn("bad/wrong-1"), /^bad\/wrong-1, line 1: expected 42 columns, found 3$/],
      [scoreOf("bad/wrong-2"), /^bad\/wrong-2, line 2: expected 42 columns, found 3$/],
      [runOn("bad/wrong-400"), /^bad\/wrong-400, line 400: expected 42 columns, found 3$/],
      [scoreOf("bad/cut-off"), /^bad\/cut-off, line 400: expected 42 columns, found \d+$/],
    ],
    here,
  );
});

test("lines are counted as an editor does, header and blank lines included", async () => {
  const lines = [headerNames.slice(0, 42).join(","), "", ...withLine(trainLines, 7, "not a row")];
  await writeLines(join(bad, "file"), lines, { lineEnd: "\r\n" });
  await refusesFile("file", ", line 9: expected 42 columns, found 1");
});

test("a study refuses files without normal rows and without attacks; as test file also one without labels", async () => {
  const sentences: Record<string, string> = {
    attacks: "has no row labelled normal; a study needs normal rows and attacks",
    normals: "has no attack; a study needs normal rows and attacks",
  };
  await writeLines(join(bad, "unlabelled"), trafficLines({ columns: 41 }));
  await writeLines(join(bad, "attacks"), trafficLines({ labels: ["smurf", "neptune"] }));
  await writeLines(join(bad, "normals"), trafficLines({ labels: ["normal"] }));
  const cases = Object.entries(sentences).flatMap(([name, sentence]): [string[], RegExp][] => [
    [runOn(join("bad", name)), new RegExp(`^bad/${name} ${sentence}$`)],
    [runOn("train.csv", "--test", join("bad", name)), new RegExp(`^bad/${name} ${sentence}$`)],
  ]);
  const unlabelled =
    /^bad\/unlabelled has no labels, but train\.csv has: without them it can only be scored with a model$/;
  cases.push([runOn("train.csv", "--test", join("bad", "unlabelled")), unlabelled]);
  cases.push([
    runOn(join("bad", "unlabelled"), "--repeats", "2"),
    /^repeats needs figures to take the mean of, and bad\/unlabelled has no labels$/,
  ]);
  cases.push([
    runOn(join("bad", "unlabelled"), "--protocol", "kddcup"),
    /^kddcup is a protocol on KDD'99 with labels, not on bad\/unlabelled$/,
  ]);
  const found: [string[], RegExp][] = [];
  for (const [parameters, sentence] of cases) found.push([[...parameters, "--quiet"], sentence]);
  await refuse(found, here);
});

test("a label that KDD'99's own form does not have is refused, and its own may be named", async () => {
  const called = /^train\.csv has no names of columns; KDD'99's label is called label, not kind$/;
  await refuses(runOn("train.csv", "--label", "kind"), called, here);
  const { code, stdout } = await traffic(runOn("train.csv", "--label", "label", "--describe"), here);
  assert.equal(code, 0);
  assert.match(stdout, /^Rows by label: normal 200 \(50\.0 %\), /m);
});

test("a bad test file is refused as a training file is", async () => {
  await writeLines(join(bad, "file"), withLine(trainLines, 9, "not a row"));
  await refuses(
    runOn("train.csv", "--test", "bad/file"),
    /^bad\/file, line 9: expected 42 columns, found 1$/,
    here,
  );
});

test("download refuses a file of the right name that is not the right one", async () => {
  await writeLines(join(bad, "corrected.gz"), trainLines, { gzip: true });
  const sentence =
    /^bad\/corrected\.gz exists, but is not the right file: checksum differs: expected 74f0\w+, got \w+; move it away .*$/;
  await refuses(["download", "corrected", "--data-folder", "bad"], sentence, here);
});

// Models

async function copyOfModel(kind: string): Promise<string> {
  await cp(join(folder, "models", kind), join(bad, "model"), { recursive: true });
  return join(bad, "model");
}
const scoreWith = (model: string) => ["score", "train.csv", "--model", model];

test("no model folder, and a folder that is none, are refused", async () => {
  const noModel = "is not a model folder: it has no readable manifest.json";
  await refuses(scoreWith("bad/model"), /^bad\/model does not exist$/, here);
  await refuses(scoreWith("outputs"), new RegExp(`^outputs ${noModel}$`), here);
  await refuses(scoreWith("train.csv"), new RegExp(`^train.csv ${noModel}$`), here);
});

for (const kind of ["isolation-forest", "autoencoder"]) {
  test(`a model folder of the ${kind} is refused if any of its files is missing or was changed`, async () => {
    const model = await copyOfModel(kind);
    const names = (await readdir(model)).filter((name) => !["manifest.json", "README.md"].includes(name));
    const changes = [
      (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
      () => "",
      (bytes: Buffer) => `${bytes} `,
    ];
    for (const [i, name] of names.entries()) {
      const bytes = await readFile(join(model, name));
      await rm(join(model, name));
      const missing = new RegExp(`^the model folder bad/model is incomplete: ${name} is missing$`);
      await refuses(scoreWith("bad/model"), missing, here);
      await writeFile(join(model, name), changes[i % changes.length](bytes));
      const changed = new RegExp(`^the model folder bad/model is damaged: ${name} was changed$`);
      await refuses(scoreWith("bad/model"), changed, here);
      await writeFile(join(model, name), bytes);
    }
  });
}

test("a manifest that is missing, of another version or no manifest is refused", async () => {
  const manifest = join(await copyOfModel("isolation-forest"), "manifest.json");
  const good = JSON.parse(await readFile(manifest, "utf8"));
  const cases: [string, RegExp][] = [
    [
      JSON.stringify({ ...good, formatVersion: 2 }),
      /^the model folder bad\/model has format version 2; this program reads 1: train it again$/,
    ],
    [JSON.stringify({ ...good, kind: "oracle" }), /^bad\/model\/manifest\.json is damaged: /],
    [JSON.stringify({ ...good, files: undefined }), /^bad\/model\/manifest\.json is damaged: /],
    ["{", /^bad\/model\/manifest\.json is damaged: it is not JSON$/],
    [
      JSON.stringify({ ...good, formatVersion: "\u001b[2J" }),
      /^the model folder bad\/model has format version "\ufffd\[2J"; this program reads 1: train it again$/,
    ],
  ];
  for (const [text, sentence] of cases) {
    await writeFile(manifest, text);
    await refuses(scoreWith("bad/model"), sentence, here);
  }
  await rm(manifest);
  execFileSync("mkfifo", [manifest]);
  await refuses(
    scoreWith("bad/model"),
    /^bad\/model\/manifest\.json is not a plain file: it is not read$/,
    here,
  );
  await rm(manifest);
  await refuses(
    scoreWith("bad/model"),
    /^bad\/model is not a model folder: it has no readable manifest\.json$/,
    here,
  );
});

test("a model that was made for other columns is refused with the column", async () => {
  for (const kind of ["isolation-forest", "autoencoder"]) {
    const model = await copyOfModel(kind);
    const manifest = JSON.parse(await readFile(join(model, "manifest.json"), "utf8"));
    const preprocessor = (await readFile(join(model, "preprocessor.json"), "utf8")).replaceAll(
      '"src_bytes"',
      '"orig_bytes"',
    );
    await writeFile(join(model, "preprocessor.json"), preprocessor);
    const { createHash } = await import("node:crypto");
    manifest.features = manifest.features.map((name: string) => name.replace("src_bytes", "orig_bytes"));
    manifest.files["preprocessor.json"] = createHash("sha256").update(preprocessor).digest("hex");
    await writeFile(join(model, "manifest.json"), JSON.stringify(manifest));
    await refuses(
      scoreWith("bad/model"),
      /^the data has no column orig_bytes, which the model was fitted on$/,
      here,
    );
    await rm(model, { recursive: true });
  }
});

// Options

const ranges: [string, string, string[]][] = [
  [
    "--seed",
    "an integer in [0, 4294967295]",
    ["-1", "1.5", "abc", "", " ", "4294967296", "NaN", "Infinity", "1,2"],
  ],
  ["--repeats", "an integer in [1, 1000]", ["0", "1001", "2.5", "two"]],
  ["--false-alarm-rate", "a number in (0, 1)", ["0", "1", "-0.1", "5%", "NaN"]],
  ["--trees", "an integer in [1, 100000]", ["0", "-5", "1e9", "ten"]],
  ["--sample-size", "an integer in [2, 1000000]", ["1", "0", "2.5", ""]],
  ["--epochs", "an integer in [1, 100000]", ["0", "1.5", "all"]],
  ["--workers", "an integer in [1, 256]", ["0", "257", "many"]],
];
test("numbers out of range are refused with option, range and value", async () => {
  const cases: [string[], RegExp][] = [];
  for (const [option, range, texts] of ranges) {
    for (const text of texts) {
      const value = text.trim() !== "" && !Number.isNaN(Number(text)) ? Number(text) : `'${text}'`;
      const sentence = `${option} must be ${range}, got ${value}`.replace(/[[\]()]/g, "\\$&");
      cases.push([["run", option, text], new RegExp(`^${sentence}$`)]);
    }
  }
  cases.push(
    [scoreOf("train.csv", "--workers", "0"), /^--workers must be an integer in \[1, 256\], got 0$/],
    [
      runOn("train.csv", "--seed", "4294967295", "--repeats", "2"),
      /^seed must be an integer in \[0, 4294967294\], got 4294967295$/,
    ],
  );
  await refuse(cases, here);
});

test("wrong words on the command line are refused with what they should be", async () => {
  const cases: [string[], RegExp][] = [
    [["rnu"], /^unknown command 'rnu' \(Did you mean run\?\)$/],
    [["help", "rnu"], /^unknown command 'rnu'$/],
    [["--verbose"], /^unknown option '--verbose'$/],
    [["run", "--sead", "1"], /^unknown option '--sead' \(Did you mean --seed\?\)$/],
    [["run", "-x"], /^unknown option '-x'$/],
    [["run", "--seed"], /^option '--seed <n>' argument missing$/],
    [["run", "train.csv"], /^too many arguments for 'run': expected 0 arguments but got 1$/],
    [
      ["run", "--backend", "gpu"],
      /^option '--backend <name>' argument 'gpu' is invalid: allowed choices are kernel, native, wasm, cpu$/,
    ],
    [["run", "--data", ""], /^--data must not be empty$/],
    [["run", "--outputs", ""], /^--outputs must not be empty$/],
    [["score", "", "--model", "m"], /^file must not be empty$/],
    [["score", "train.csv"], /^required option '--model <folder>' not specified$/],
    [["score", "--model", "models/autoencoder"], /^missing required argument 'file'$/],
    [["download", "all", "b"], /^too many arguments for 'download': expected 1 argument but got 2$/],
    [
      ["download", "everything"],
      /^command-argument value 'everything' is invalid for argument 'dataset': allowed choices are 10-percent, full, corrected, all$/,
    ],
    [
      scoreOf("train.csv", "--out", "outputs/scores.xlsx"),
      /^the output must be a \.parquet, \.csv or \.jsonl file, got outputs\/scores\.xlsx$/,
    ],
  ];
  await refuse(cases, here);
});

// Places to write to

test("a file where a folder should be, and a folder where a file should be, are refused and kept", async () => {
  await writeFile(join(bad, "file"), "precious");
  const inTheWay = (path: string) =>
    new RegExp(
      `^cannot write to .*${path}.*: (a file of that name is in the way; name a folder for .*|a part of the path is a file, not a folder)$`,
    );
  await refuses(runOn("train.csv", "--outputs", "bad/file"), inTheWay("bad/file"), here);
  await refuses(runOn("train.csv", "--outputs", "bad/file/below"), inTheWay("bad/file/below"), here);
  await refuses(runOn("train.csv", "--models", "bad/file"), inTheWay("bad/file"), here);
  await refuses(scoreOf("train.csv", "--out", "bad/file/x.csv"), inTheWay("bad/file"), here);
  await mkdir(join(bad, "models"));
  await writeFile(join(bad, "models", "autoencoder"), "precious");
  await refuses(
    runOn("train.csv", "--models", "bad/models", "--quiet"),
    inTheWay("bad/models/autoencoder"),
    here,
  );
  await mkdir(join(bad, "rows.csv"));
  await writeFile(join(bad, "rows.csv", "letter"), "precious");
  await refuses(
    scoreOf("train.csv", "--out", "bad/rows.csv"),
    /^cannot write to .*bad\/rows\.csv: a folder of that name is in the way; name a file, such as .*$/,
    here,
  );
});

test("the file to score is never overwritten by its scores", async () => {
  await copyFile(join(folder, "train.csv"), join(bad, "rows.csv"));
  await symlink("rows.csv", join(bad, "link.csv"));
  const sentence = (path: string) => new RegExp(`^${path} is read: choose another output$`);
  await refuses(scoreOf("bad/rows.csv", "--out", "bad/rows.csv"), sentence("bad/rows.csv"), here);
  await refuses(
    scoreOf("bad/link.csv", "--out", "./bad/../bad/rows.csv"),
    sentence("./bad/../bad/rows.csv"),
    here,
  );
  await copyFile(join(folder, "train.csv"), join(bad, "rejected.csv"));
  await refuses(
    scoreOf("bad/rejected.csv", "--out", "bad/a.csv", "--skip-bad-rows"),
    /^cannot write to bad\/rejected\.csv: this program did not write what is there; move it away/,
    here,
  );
  await refuses(
    scoreOf("train.csv", "--out", "bad/rejected.csv", "--skip-bad-rows"),
    /^bad\/rejected\.csv is where bad rows go: choose another output$/,
    here,
  );
});

test("folders without permission are refused", async (t) => {
  const noSetpriv = isRoot && spawnSync("setpriv", ["--version"]).error;
  if (unable(t, noSetpriv ? "root needs setpriv to try this as another user" : undefined)) return;
  const as = { cwd: folder, asNobody: isRoot };
  for (const name of ["closed", "open"]) await mkdir(join(bad, name));
  await chmod(bad, 0o755);
  await chmod(join(bad, "closed"), 0o555);
  await chmod(join(bad, "open"), 0o777);
  await writeLines(join(bad, "unreadable"), trainLines);
  await chmod(join(bad, "unreadable"), 0o000);
  await cp(join(folder, "models", "autoencoder"), join(bad, "closed-model"), { recursive: true });
  if (isRoot) await chmod(join(bad, "closed-model"), 0o000); // a test without root could not look into it either
  const closed = /^cannot write to .*bad\/closed.*: permission denied$/;
  await refuses(runOn("train.csv", "--outputs", "bad/closed", "--models", "bad/open"), closed, as);
  await refuses(runOn("train.csv", "--outputs", "bad/open", "--models", "bad/closed"), closed, as);
  await refuses(
    runOn("train.csv", "--outputs", "bad/open", "--models", "bad/closed/sub"),
    /^cannot write to .*bad\/closed\/sub.*: permission denied$/,
    as,
  );
  await refuses(scoreOf("train.csv", "--out", "bad/closed/x.csv"), closed, as);
  await refuses(
    scoreOf("bad/unreadable", "--out", "bad/open/x.csv"),
    /^bad\/unreadable cannot be read: permission denied$/,
    as,
  );
  if (isRoot)
    await refuses(
      ["score", "train.csv", "--model", "bad/closed-model", "--out", "bad/open/x.csv"],
      /^cannot read bad\/closed-model\/manifest\.json: permission denied$/,
      as,
    );
  await rm(join(bad, "unreadable"));
});

const disk = join(folder, "disk");
function unmount(): void {
  if (existsSync(disk)) spawnSync("umount", [disk]);
}
after(unmount);

test("a full disk is refused, be it full at once, with pages or while bad rows are sorted out", async (t) => {
  if (unable(t, isRoot ? undefined : "only root can mount a tiny disk")) return;
  await mkdir(disk);
  const cases: [string, string[]][] = [
    ["12k", runOn("train.csv", "--outputs", "disk/a")],
    ["48k", runOn("train.csv", "--outputs", "disk/a", "--csv")],
    ["1m", runOn("train.csv", "--outputs", "disk/a")],
    ["12k", runOn("train.csv", "--models", "disk/a")],
    ["64k", runOn("train.csv", "--models", "disk/a")],
    ["8k", scoreOf("train.csv", "--out", "disk/a/x.csv")],
    ["4k", scoreOf("train.csv", "--out", "disk/a/x.parquet")],
    [
      "8k",
      [
        "score",
        "bad/many.csv",
        "--model",
        "models/isolation-forest",
        "--out",
        "disk/a/x.parquet",
        "--skip-bad-rows",
      ],
    ],
  ];
  await writeLines(join(bad, "many.csv"), [...trainLines, ...Array(3_000).fill("not a row")]);
  for (const [size, parameters] of cases) {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", disk]);
    try {
      await mkdir(join(disk, "a"));
      await writeFile(join(disk, "a", "old"), "old");
      await refuses(
        [...parameters, "--quiet"],
        /^cannot write to .*disk\/a.*: no space left on the device$/,
        here,
      );
    } finally {
      unmount();
    }
  }
  await rm(disk, { recursive: true });
});

// Bad rows on request

test("--skip-bad-rows goes on, counts and saves them, and the rows keep their numbers", async () => {
  const lines = [headerNames.slice(0, 42).join(","), ...trainLines];
  lines.splice(3, 0, "not a row");
  lines[9] = withFields(lines[9], { src_bytes: "-1" });
  await writeLines(join(bad, "rows.csv"), lines);
  const outputs = ["--outputs", "bad/outputs", "--models", "bad/models"];
  const { code, stderr, stdout } = await traffic(runOn("bad/rows.csv", "--skip-bad-rows", ...outputs), here);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /^bad\/rows\.csv: skipped 2 bad rows/m);
  assert.match(stdout, /^rows\.csv: 399 rows/m);
  assert.equal(
    await readFile(join(bad, "outputs", "rejected.csv"), "utf8"),
    `line,reason,text\n4,"expected 42 columns, found 1","not a row"\n10,"column 5 (src_bytes) must not be negative, got -1","${lines[9]}"\n`,
  );
  const found = await (await database()).runAndReadAll(
    `SELECT "row", label::VARCHAR FROM '${join(bad, "outputs", "predictions.parquet")}'`,
  );
  const rows = lines.slice(1).map((line, i) => [i + 1, line.split(",")[41]?.replace(".", "")]);
  assert.deepEqual(
    found.getRows(),
    rows.filter(([number]) => number !== 3 && number !== 9),
  );

  const again = await traffic(runOn("train.csv", "--skip-bad-rows", ...outputs), here);
  assert.equal(again.code, 0, again.stderr);
  assert.ok(
    !existsSync(join(bad, "outputs", "rejected.csv")),
    "a file of bad rows of an earlier run is removed",
  );

  const scored = await traffic(
    [
      "score",
      "bad/rows.csv",
      "--model",
      "models/isolation-forest",
      "--skip-bad-rows",
      "--out",
      "bad/scores/s.csv",
    ],
    here,
  );
  assert.equal(scored.code, 0, scored.stderr);
  assert.match(
    scored.stdout,
    /^399 rows scored, .*\n2 bad rows skipped, see rejected\.csv beside bad\/scores\/s\.csv\n/,
  );
  assert.match(
    await readFile(join(bad, "scores", "s.csv"), "utf8"),
    /^row,label,score,p_value,anomaly\n1,.*\n2,.*\n4,/,
  );
  assert.deepEqual((await readdir(join(bad, "scores"))).sort(), [
    ".traffic-anomaly.json",
    "rejected.csv",
    "s.csv",
  ]);
});

test("a file of bad rows only is refused, though they may be skipped", async () => {
  await writeLines(
    join(bad, "rows.csv"),
    trainLines.map((line) => withFields(line, { land: "9" })),
  );
  await refuses(scoreOf("bad/rows.csv", "--skip-bad-rows"), /^bad\/rows\.csv has no good row$/, here);
  await refuses(runOn("bad/rows.csv", "--skip-bad-rows"), /^bad\/rows\.csv has no good row$/, here);
});

// For machines

test("--json prints one value with the sentence, --quiet the sentence only", async () => {
  await writeLines(join(bad, "rows.csv"), withLine(trainLines, 5, "not a row"));
  const before = contents(folder);
  const cases: [string[], string][] = [
    [runOn("bad/rows.csv"), "bad/rows.csv, line 5: expected 42 columns, found 1"],
    [scoreWith("nowhere"), "nowhere does not exist"],
    [["run", "--trees", "0"], "--trees must be an integer in [1, 100000], got 0"],
    [["run", "--tree", "9"], "unknown option '--tree' (Did you mean --trees?)"],
    [["score", "train.csv"], "required option '--model <folder>' not specified"],
  ];
  for (const [parameters, error] of cases) {
    const json = await traffic([...parameters, "--json"], here);
    assert.deepEqual([json.code, JSON.parse(json.stdout), json.stderr], [2, { error }, `error: ${error}\n`]);
    const quiet = await traffic([...parameters, "--quiet"], here);
    assert.deepEqual(quiet, { code: 2, stdout: "", stderr: `error: ${error}\n` });
  }
  assertUnchanged(before, contents(folder));
});
