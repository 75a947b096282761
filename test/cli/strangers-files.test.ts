// Files from strangers, given to the real command: it must say in a sentence what is wrong, soon and in little memory.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { gzipSync } from "node:zlib";
import {
  chooseThreshold,
  fitIsolationForest,
  fitPreprocessor,
  trainOnTraffic,
  transform,
} from "traffic-anomaly";
import { writeModel } from "traffic-anomaly/dist/models/model-folder";
import { noLog } from "traffic-anomaly/dist/traffic/logs/formats";
import { dayOf, writeLog } from "../detect/network";
import { onlyInCi, someOf } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { readKddFile } from "../fixtures/kdd-file";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { tsvLog } from "../traffic/logs/logs";
import { contents, type Outcome, program, runToEnd } from "./command";

const folder = temporaryFolder("strangers-files");
const peakMemory = join(__dirname, "..", "fixtures", "peak-memory.cjs");
const traffic = ["--model", "models/office"];
const kdd = ["--model", "models/isolation-forest", "--out", "scores.csv"];

let runs = 0;

/** Runs a line of bash in which `$run` is the command; after `interruptAfter` milliseconds it gets Ctrl+C's signal. */
async function run(line: string, interruptAfter?: number): Promise<Outcome & { megabytes: number }> {
  const memoryFile = join(folder, `.memory-${runs++}`);
  const command = `exec "${process.execPath}" --require "${peakMemory}" "${program}"`;
  const timers: NodeJS.Timeout[] = [];
  const outcome = await runToEnd("bash", ["-c", line.replace("$run", command)], {
    cwd: folder,
    env: { LC_ALL: "C.UTF-8", PEAK_MEMORY_FILE: memoryFile },
    started: (child) => {
      if (interruptAfter) timers.push(setTimeout(() => child.kill("SIGINT"), interruptAfter));
      timers.push(setTimeout(() => child.kill("SIGKILL"), 60_000));
    },
  });
  for (const timer of timers) clearTimeout(timer);
  const megabytes = Number(await readFile(memoryFile, "utf8").catch(() => "NaN")) / 1024;
  return { ...outcome, megabytes };
}

/** How much a small good log takes. */
let base = 0;

/** Asserts that each line of bash is refused with a sentence, in at most 300 MB more than a good log takes. */
async function refuse(cases: readonly (readonly [line: string, sentence: string])[]): Promise<void> {
  const waiting = someOf(cases, 3);
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [line, sentence] = next;
      const { code, stderr, megabytes } = await run(line);
      assert.deepEqual([code, stderr], [2, `error: ${sentence}\n`], line);
      assert.ok(megabytes < base + 300, `${line}: ${megabytes} MB, and ${base} for a good log`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

const connections = dayOf(400);
const log = tsvLog(connections);
const [row] = trafficLines({ rows: 1 });

/** A gzip of some texts, each this many times over: members one after the other are one file. */
async function gzip(name: string, ...parts: (readonly [text: string, times: number])[]): Promise<void> {
  const members = parts.flatMap(([text, times]) => Array<Buffer>(times).fill(gzipSync(text)));
  await writeFile(join(folder, name), Buffer.concat(members));
}

before(async () => {
  await chmod(folder, 0o755);
  await writeLog(join(folder, "good.log"), connections);
  await trainOnTraffic([join(folder, "good.log")], {
    out: join(folder, "models", "office"),
    outputsFolder: join(folder, "outputs"),
    settings: { "isolation-forest": { trees: 5 }, autoencoder: { epochs: 1 } },
  });
  await writeLines(join(folder, "good.csv"), trafficLines());
  const { table } = await readKddFile(join(folder, "good.csv"));
  const preprocessor = fitPreprocessor(table);
  const matrix = transform(preprocessor, table);
  const detector = await fitIsolationForest(matrix, { trees: 5, sampleSize: 64 });
  const threshold = chooseThreshold(await detector.score(matrix), 0.05);
  const training = { dataset: { name: "good.csv", sha256: "0", rows: table.rows }, seed: 1, metrics: {} };
  await writeModel(join(folder, "models", "isolation-forest"), {
    detector,
    preprocessor,
    threshold,
    training,
  });
  base = (await run(`$run score good.log ${traffic.join(" ")}`)).megabytes;
});

test("a log that unpacks to gigabytes, a line without end, endless columns and levels are refused in a sentence", {
  skip: onlyInCi("ten seconds"),
}, async () => {
  const lines = log.trimEnd().split("\n").length;
  const mebi = 1024 * 1024;
  await gzip("blank.gz", [`#${"\n".repeat(1023)}`, 100_000]);
  await gzip("blank-later.gz", [log, 1], ["\n".repeat(mebi), 1000]);
  await gzip("zeros.gz", [log, 1], ["\0".repeat(mebi), 2000]);
  await gzip("tabs.gz", [log, 1], ["\t".repeat(mebi), 1000]);
  await gzip("fields.gz", ["#path\tconn\n#fields\t", 1], ["a\t".repeat(mebi / 2), 100]);
  await gzip("levels.gz", [`${log}${'{"ts":'.repeat(30_000)}1${"}".repeat(30_000)}\n`, 1]);
  await gzip("open-levels.gz", [`${log}{"a":${"[".repeat(250_000)}\n`, 1]);
  await gzip("long.gz", [log, 1], ["x".repeat(mebi), 9], [`\n${log}`, 1]);
  await gzip("separator.gz", [`#separator ${"x".repeat(60_000)}\n#fields\t${" ".repeat(900)}\n`, 1]);
  await writeFile(join(folder, "twice.gz"), gzipSync(gzipSync(log)));
  const score = (input: string) => `$run score ${input} ${traffic.join(" ")} --out alerts.jsonl`;
  const tooLong = "it is longer than 64 MiB";
  await refuse([
    [score("blank.gz"), `blank.gz ${noLog}`],
    [`$run train blank.gz --out models/new`, `blank.gz ${noLog}`],
    [
      score("blank-later.gz"),
      `blank-later.gz, line ${lines + 100_000}: the 100,000 lines before it hold no good record`,
    ],
    [score("zeros.gz --skip-bad-rows"), `zeros.gz, line ${lines + 1}: ${tooLong}`],
    [score("tabs.gz --skip-bad-rows"), `tabs.gz, line ${lines + 1}: ${tooLong}`],
    [score("fields.gz"), `fields.gz ${noLog}`],
    [score("- < fields.gz"), `the standard input, line 2: ${tooLong}`],
    [
      score("levels.gz"),
      `levels.gz, line ${lines + 1}: conn_state is missing, which records of connections have`,
    ],
    [score("open-levels.gz"), `open-levels.gz, line ${lines + 1}: it is not a JSON object`],
    [score("long.gz"), `long.gz, line ${lines + 1}: it is longer than 262,144 characters`],
    [score("separator.gz"), `separator.gz ${noLog}`],
    [score("twice.gz"), `twice.gz ${noLog}`],
    [score("/dev/zero"), "/dev/zero is a device, not a file"],
    [score("- --skip-bad-rows < /dev/zero"), `the standard input, line 1: ${tooLong}`],
    [score("<(cat /dev/zero)"), `/dev/fd/63, line 1: ${tooLong}`],
    [
      score("<(yes) --skip-bad-rows"),
      "/dev/fd/63, line 100001: the 100,000 lines before it hold no good record",
    ],
    [
      "$run train good.log --out models/new --max-rows 399",
      "the logs have more than 399 connections, which is the most to learn from",
    ],
  ]);
  const skipped = await run(score("long.gz --skip-bad-rows"));
  assert.equal(skipped.code, 0, skipped.stderr);
  assert.match(skipped.stdout, /^400 connections scored, .*; 1 bad line skipped\n/);
});

test("a data file that unpacks to gigabytes, blank or in one line, is refused in a sentence", async () => {
  const mebi = 1024 * 1024;
  const rows = trafficLines().join("\n");
  await gzip("empty-lines.csv", ["\n".repeat(mebi), 1000]);
  await gzip("rows-and-empty-lines.csv", [`${rows}\n`, 1], ["\n".repeat(mebi), 1000]);
  await gzip("zeros.csv", ["\0".repeat(mebi), 1000]);
  await gzip("commas.csv", [`${rows}\n`, 1], [",".repeat(mebi), 1000]);
  await gzip("quote.csv", [`${rows}\n"${",".repeat(250_000)}\n`, 1]);
  await gzip("blanks.csv", [`${rows}\nx${" ".repeat(250_000)}x\n`, 1]);
  await gzip("many-rows.csv", [`${row}\n`.repeat(1000), 1000]);
  await gzip("members.csv", ["", 1_000_000]);
  const score = (input: string) => `$run score ${input} ${kdd.join(" ")}`;
  await refuse([
    [score("empty-lines.csv"), "empty-lines.csv is empty"],
    [
      score("rows-and-empty-lines.csv"),
      "rows-and-empty-lines.csv, line 100401: the 100,000 lines before it hold no good row",
    ],
    [
      score("zeros.csv"),
      "zeros.csv is not a text file; CSV, TSV, JSON lines, ARFF and Parquet are read, plain, gzip or zstd",
    ],
    [score("commas.csv --skip-bad-rows"), "commas.csv, line 401: it is longer than 64 MiB"],
    [score("quote.csv"), "quote.csv, line 401: expected 42 columns, found 1"],
    [score("blanks.csv"), "blanks.csv, line 401: expected 42 columns, found 1"],
    [score("members.csv"), "members.csv is empty"],
    [score("/dev/zero"), "/dev/zero is a device, not a file"],
    [
      "$run run --data many-rows.csv --max-rows 1000",
      "many-rows.csv has more than 1,000 rows, which is the limit",
    ],
    ["$run run --data /dev/urandom", "/dev/urandom is a device, not a file"],
  ]);
});

test("a folder may hold pipes, devices and files that unpack to gigabytes beside good logs", async () => {
  const logs = join(folder, "logs");
  await mkdir(logs);
  await writeLog(join(logs, "good.log"), connections);
  await writeFile(join(logs, "zeros.gz"), gzipSync(Buffer.alloc(500_000_000), { level: 1 }));
  execFileSync("mkfifo", [join(logs, "pipe")]);
  await symlink("/dev/zero", join(logs, "zero"));
  const { code, stderr, stdout, megabytes } = await run(`$run score logs ${traffic.join(" ")}`);
  assert.equal(code, 0, stderr);
  assert.equal(stdout, (await run(`$run score good.log ${traffic.join(" ")}`)).stdout);
  assert.ok(megabytes < base + 300, `${megabytes} MB`);
  // The data folder is looked through for KDD'99's files.
  await mkdir(join(folder, "data"), { recursive: true });
  execFileSync("mkfifo", [join(folder, "data", "pipe")]);
  await symlink("/dev/urandom", join(folder, "data", "random"));
  const many = Array<Buffer>(200).fill(gzipSync(`${row}\n`.repeat(10_000)));
  await writeFile(join(folder, "data", "rows.gz"), Buffer.concat(many));
  const { findDatasets } = await import("traffic-anomaly/dist/data/kdd/datasets");
  assert.deepEqual(await findDatasets(join(folder, "data")), new Map());
});

test("a pipe is read as it comes, once, and gives what the file gives", async () => {
  const out = ["--out models/piped --trees 5 --epochs 1 --outputs piped"];
  const direct = await run(`$run score good.log ${traffic.join(" ")}`);
  const piped = await run(`$run score <(gzip -c good.log) ${traffic.join(" ")}`);
  assert.deepEqual([piped.code, piped.stdout], [direct.code, direct.stdout]);
  const sha256 = createHash("sha256")
    .update(await readFile(join(folder, "good.log")))
    .digest("hex");
  for (const [input, name] of [
    ["<(cat good.log)", "pipe"],
    ["- < good.log", "standard input"],
  ]) {
    const trained = await run(`$run train ${input} ${out}`);
    assert.equal(trained.code, 0, trained.stderr);
    assert.match(trained.stdout, new RegExp(`^400 connections in ${name}\n`));
    const { logs } = JSON.parse(await readFile(join(folder, "piped", "piped", "diagnostics.json"), "utf8"));
    assert.deepEqual(logs, [{ name, sha256 }]);
  }
});

test("a data file may come through a pipe, too", async () => {
  const out = "--model models/isolation-forest --quiet --out";
  assert.equal((await run(`$run score good.csv ${out} direct.csv`)).code, 0);
  const direct = await readFile(join(folder, "direct.csv"), "utf8");
  for (const input of ["<(gzip -c good.csv)", "- < good.csv"]) {
    const { code, stderr } = await run(`$run score ${input} ${out} piped.csv`);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(await readFile(join(folder, "piped.csv"), "utf8"), direct);
  }
  await refuse([
    [
      `$run score <(cat good.log) ${out} piped.csv`,
      "/dev/fd/63 is a log of Zeek's; connection logs are read by the commands train and score, and by readConnectionLogs",
    ],
    ["$run run --data <(cat good.csv; echo no row)", "/dev/fd/63, line 401: expected 42 columns, found 1"],
  ]);
});

test("a pipe that nobody writes to keeps the command waiting, until Ctrl+C", async () => {
  execFileSync("mkfifo", [join(folder, "silent")]);
  const before = contents(folder);
  for (const line of [`$run score silent ${traffic.join(" ")}`, "$run train silent --out models/new"]) {
    const start = Date.now();
    const { code, stderr } = await run(line, 3000);
    assert.deepEqual([code, stderr], [130, "error: interrupted: nothing was changed\n"]);
    assert.ok(Date.now() - start < 10_000);
  }
  const after = contents(folder);
  assert.deepEqual(
    Object.keys(after).filter((path) => !path.includes(".memory-")),
    Object.keys(before).filter((path) => !path.includes(".memory-")),
  );
});

test("a file's name reaches the terminal without codes that it obeys, and on one line", async () => {
  const name = "\x1b[2J\n\u202egol.\x9b";
  await writeLog(join(folder, name), connections);
  const shown = "\ufffd[2J \ufffdgol.\ufffd";
  const quoted = "$'\\x1b[2J\\n\\u202egol.\\u009b'";
  await refuse([
    [`$run score no${quoted} ${traffic.join(" ")}`, `no${shown} does not exist`],
    [
      `$run score good.log --model ${quoted}`,
      `${shown} is not a model folder: it has no readable manifest.json`,
    ],
  ]);
  const trained = await run(`$run train ${quoted} --out models/named --trees 5 --epochs 1`);
  assert.equal(trained.code, 0, trained.stderr);
  assert.ok(
    trained.stdout.startsWith(`400 connections in ${shown.replace(" ", "\ufffd")}\n`),
    trained.stdout,
  );
});
