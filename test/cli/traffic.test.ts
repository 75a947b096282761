import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { writeSimulatedLog, zeekTsvLine } from "traffic-anomaly";
import { zeekJsonLine } from "traffic-anomaly/dist/traffic/zeek/write-log";
import { dayOf, header, sweep, writeLog } from "../detect/network";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { realLogTest } from "../traffic/logs/logs";
import { assertUnchanged, contents, refuse, refuses, served, traffic } from "./command";
import { small } from "./study";

const folder = temporaryFolder("traffic-command");
const here = { cwd: folder };
const usual = dayOf(1500);
const lines = usual.map((connection) => zeekTsvLine(connection));
const mixed = [...dayOf(600, { seed: 4 }), ...sweep(200, 1.9e9)];
const model = ["--model", join("models", "office")];

before(async () => {
  await chmod(folder, 0o755);
  await writeLog(join(folder, "usual.log"), usual);
  await writeLog(join(folder, "mixed.log"), mixed);
  const { code, stdout, stderr } = await traffic(
    ["train", "usual.log", "--out", "models/office", "--false-alarm-rate", "0.02", ...small],
    here,
  );
  assert.equal(code, 0, stderr);
  assert.match(
    stdout,
    /^1,500 connections in usual\.log\nFitted on 1,200, thresholds from the 300 after them: together the detectors flag at most 2\.0 % of such on average\n/,
  );
  assert.match(stdout, /\nWritten:\n {2}models\/office\n {2}outputs\/office\n$/);
});

test("a model of few connections says what it can promise, and what is flagged of another log beyond that", async () => {
  await writeLog(join(folder, "first.log"), usual.slice(0, 130));
  const fewModel = ["--model", "models/few"];
  const notice =
    /^26 held-out connections are too few to rely on a false-alarm rate of 1 %: the threshold is the highest of their scores, which 7\.4 % of such connections exceed on average, and many more or fewer in a single case; 399 are enough$/m;
  const trained = await served(["train", "first.log", "--out", "models/few"], here);
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stderr, notice);
  assert.match(trained.stdout, /together the detectors flag at most 7\.4 % of such on average$/m);
  const { promisedRate } = JSON.parse(
    await readFile(join(folder, "outputs", "few", "diagnostics.json"), "utf8"),
  );
  assert.equal(promisedRate, 2 / 27);
  const { stdout, stderr } = await served(["score", "usual.log", ...fewModel, "--out", "few.json"], here);
  assert.match(stderr, notice);
  const [, share] =
    stdout.match(
      /^(\d\d) % of the connections are flagged, where 7\.4 % was promised of such as the 26 held out in training: a model of 130 connections does not know what is usual; train it on more$/m,
    ) ?? [];
  assert.ok(Number(share) > 30, stdout);
  const found = await served(
    ["score", "usual.log", ...fewModel, "--out", "few.json", "--false-discovery-rate", "0.05"],
    here,
  );
  assert.doesNotMatch(found.stderr, notice);
  assert.match(
    found.stdout,
    /^A false discovery rate of 5 % can report none: no p-value of the model is below 0\.0741$/m,
  );
});

test("alerts go to the standard output as JSON lines, the summary to stderr", async () => {
  const { code, stdout, stderr } = await served(["score", "mixed.log", ...model], here);
  assert.equal(code, 0, stderr);
  const alerts = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.ok(
    alerts.every((alert) => alert.event.kind === "alert" && alert.traffic_anomaly.model === "office"),
  );
  assert.match(
    stderr,
    new RegExp(
      `^the model does not judge hosts and pairs, .*\n800 connections scored, ${alerts.length} alerts \\(isolation forest \\d+, autoencoder \\d+\\)\n`,
    ),
  );
  assert.match(
    stderr,
    /incidents, the most risky first.*:\n +\d+\.\d\d {2}sweep by 10\.66\.6\.6, [^\n]* \d+ connections \(\d+ failed\) to \d+ hosts, 1 port, /,
  );
  const quiet = await served(["score", "mixed.log", ...model, "--quiet"], here);
  assert.deepEqual(quiet, { code: 0, stdout, stderr: "" });
});

test("with --out the summary is on the standard output, with --json as one value", async () => {
  const shown = await served(
    ["score", "mixed.log", ...model, "--out", "out/alerts.csv"], // the name says the format
    here,
  );
  assert.match(shown.stdout, /^800 connections scored, .*\n(.*\n)*Written: out\/alerts\.csv\n$/);
  assert.match(await readFile(join(folder, "out", "alerts.csv"), "utf8"), /^timestamp,uid,source,/);
  const json = await served(["score", "mixed.log", ...model, "--out", "out/alerts.json", "--json"], here);
  const value = JSON.parse(json.stdout);
  const written = (await readFile(join(folder, "out", "alerts.json"), "utf8")).trimEnd().split("\n");
  assert.deepEqual([value.connections, value.alerts, value.path], [800, written.length, "out/alerts.json"]);
  const mixedUp = await served(["score", "mixed.log", ...model, "--json"], here);
  assert.deepEqual(
    [mixedUp.code, JSON.parse(mixedUp.stdout)],
    [2, { error: "--json prints the summary, so that alerts need a file: add --out FILE" }],
  );
  assert.deepEqual(Object.keys(value), [
    "connections",
    "alerts",
    "flagged",
    "silenced",
    "views",
    "reading",
    "drift",
    "incidentCount",
    "incidents",
    "unusualHosts",
    "path",
  ]);
});

test("the standard input is scored as the file it comes from, and a closed pipe ends the work quietly", async () => {
  const direct = await served(["score", "mixed.log", ...model], here);
  const piped = await traffic(["score", "-", ...model], {
    ...here,
    started: (child) => child.stdin?.end(`${header}\n${mixed.map((one) => zeekTsvLine(one)).join("\n")}\n`),
  });
  assert.deepEqual(piped, direct);
  const command = `"${process.execPath}" "${join(__dirname, "..", "..", "node_modules", ".bin", "traffic-anomaly")}" score mixed.log ${model.join(" ")}`;
  const shell = spawn("bash", ["-c", `set -o pipefail; ${command} | head -n 1`], here);
  let stderr = "";
  shell.stderr.on("data", (text) => {
    stderr += text;
  });
  const code = await new Promise((resolve) => shell.on("close", resolve));
  assert.equal(code, 0, stderr);
  assert.doesNotMatch(stderr, /error|EPIPE/i);
});

// Bad input

const files: Record<string, { content: string | Buffer; sentence: RegExp }> = {
  "an empty file": { content: "", sentence: /^bad\/file is empty$/ },
  "text that is not a log": {
    content: "Lorem ipsum\ndolor\n",
    sentence: /^bad\/file is not a log of connections/,
  },
  "bytes that are not text": {
    content: Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"),
    sentence: /^bad\/file is not a log of connections/,
  },
  "a log of another kind": {
    content: "#separator \\x09\n#path\tdns\n#fields\tts\tuid\tquery\n1.5\tC1\texample.org\n",
    sentence: /^bad\/file is a dns log, not a connection log$/,
  },
  "a missing column": {
    content: [header.replace("\tid.resp_h", ""), ""].join("\n"),
    sentence: /^bad\/file, line 7: .*id\.resp_h/,
  },
  "a number that is none": {
    content: [header, ...lines.slice(0, 40), lines[40].replace(/\d+\.\d{6}/, "soon"), ""].join("\n"),
    sentence: /^bad\/file, line 49: column 1 \(ts\) must be .*, got 'soon'$/,
  },
  "a line that is cut off": {
    content: [header, lines[0], lines[1].slice(0, 30), lines[2], ""].join("\n"),
    sentence: /^bad\/file, line 10: /,
  },
  "a damaged gzip": {
    content: gzipSync([header, ...lines, ""].join("\n")).fill(0xff, 20_000, 20_400),
    sentence: /^bad\/file is a damaged gzip file: /,
  },
  "KDD'99's records": {
    content: trafficLines({ rows: 20 }).join("\n"),
    sentence:
      /^bad\/file (holds KDD'99 records, but models\/office was trained on connections; score it with a model of traffic-anomaly run|is not a log of connections.*)$/,
  },
};
for (const [title, { content, sentence }] of Object.entries(files)) {
  test(`${title} is refused by score and train, and nothing is written`, async () => {
    await mkdir(join(folder, "bad"), { recursive: true });
    await writeFile(join(folder, "bad", "file"), content);
    await refuse(
      [
        [["score", "bad/file", ...model, "--out", "out/none.json"], sentence],
        [["train", "bad/file", "--out", "models/none", ...small], sentence],
      ],
      here,
    );
    await rm(join(folder, "bad"), { recursive: true });
  });
}

test("an unreadable file among readable ones is refused before anything is read", async (t) => {
  if (process.getuid?.() !== 0) return t.skip("needs root, to run as somebody else");
  await mkdir(join(folder, "logs"));
  await writeLog(join(folder, "logs", "a.log"), mixed);
  await writeLog(join(folder, "logs", "unreadable"), mixed);
  await chmod(join(folder, "logs", "unreadable"), 0o000);
  await chmod(join(folder, "logs"), 0o755);
  await refuses(["score", "logs", ...model], /^logs\/unreadable cannot be read: permission denied$/, {
    ...here,
    asNobody: true,
  });
  await rm(join(folder, "logs"), { recursive: true });
});

test("TSV, JSON, gzip and other logs in one folder are scored together as their connections", async () => {
  await mkdir(join(folder, "mix"));
  const third = Math.ceil(mixed.length / 3);
  await writeLog(join(folder, "mix", "1.log"), mixed.slice(0, third));
  const json = mixed.slice(third, 2 * third).map((one) => `${zeekJsonLine({ ...one, label: undefined })}\n`);
  await writeFile(join(folder, "mix", "2.json"), json.join(""));
  const rest = [header, ...mixed.slice(2 * third).map((one) => zeekTsvLine(one)), ""].join("\n");
  await writeFile(join(folder, "mix", "3.log.gz"), gzipSync(rest));
  await writeFile(join(folder, "mix", "dns.log"), files["a log of another kind"].content);
  const together = await served(["score", "mix", ...model], here);
  const direct = await served(["score", "mixed.log", ...model], here);
  assert.deepEqual(together, direct);
});

test("bad lines are left out and counted where that is asked for; a truncated last line always is", async () => {
  const bad = [header, ...lines.slice(0, 500), "not a line", ...lines.slice(500), lines[0].slice(0, 40)];
  await writeFile(join(folder, "some-bad.log"), bad.join("\n"));
  await refuses(["score", "some-bad.log", ...model], /^some-bad\.log, line 509: /, here);
  const { code, stderr } = await served(["score", "some-bad.log", ...model, "--skip-bad-rows"], here);
  assert.equal(code, 0);
  assert.match(stderr, /1,500 connections scored, .*; 1 bad line skipped\n/);
  assert.match(stderr, /some-bad\.log, line 1510: the last line was not written to its end/);
});

test("a clock that jumps back is counted, and no connection is lost", async () => {
  const back = usual.slice(0, 400).map((one) => ({ ...one, uid: `${one.uid}b`, start: one.start - 1e6 }));
  await writeLog(join(folder, "jump.log"), [...usual, ...back]);
  const { code, stderr } = await served(["score", "jump.log", ...model], here);
  assert.equal(code, 0, stderr);
  assert.match(stderr, /\n1,900 connections scored/);
});

test("a connection that is there twice is judged once", async () => {
  await writeLog(join(folder, "twice.log"), [...mixed, ...mixed]);
  const { stdout, stderr } = await served(["score", "twice.log", ...model], here);
  assert.equal(stdout, (await served(["score", "mixed.log", ...model], here)).stdout);
  assert.match(stderr, /800 connections were left out that occurred twice in the logs\n/);
});

test("model and input must fit: connections, or KDD'99's records", async () => {
  await writeLines(join(folder, "kdd.csv"), trafficLines({ rows: 400 }));
  const run = await served(
    ["run", "--data", "kdd.csv", "--models", "kdd-models", "--outputs", "kdd-outputs", ...small],
    here,
  );
  assert.equal(run.code, 0, run.stderr);
  const kdd = ["--model", "kdd-models/isolation-forest"];
  const trained =
    /^kdd-models\/isolation-forest was trained on KDD'99 records, whose content features a conn\.log does not have; train one on logs: traffic-anomaly train$/;
  await refuse(
    [
      [["score", "mixed.log", ...kdd], trained],
      [["score", "mixed.log", "usual.log", ...kdd], trained],
      [
        ["score", "kdd.csv", ...model],
        /^kdd\.csv holds KDD'99 records, but models\/office was trained on connections; score it with a model of traffic-anomaly run$/,
      ],
      [
        ["score", "kdd.csv", ...kdd, "--top", "3"],
        /^--top is for logs of connections, and a model of train$/,
      ],
      [
        ["export", "models/office"],
        /^models\/office is a model of traffic, whose windows look back .*: export one of its detectors, .* models\/office\/isolation-forest$/,
      ],
    ],
    here,
  );
  const exported = await served(["export", "models/office/isolation-forest"], here);
  assert.match(exported.stdout, /^isolation-forest: \d+ features in, .*\nWritten: outputs\/model\.onnx\n$/);
  const scored = await served(["score", "kdd.csv", ...kdd], here);
  assert.equal(scored.code, 0, scored.stderr);
  assert.match(scored.stdout, /Written: outputs\/scores\.parquet\n$/);
});

test("options out of range or that do not go together are refused", async () => {
  const score = (...options: string[]) => ["score", "mixed.log", ...model, ...options];
  await writeFile(join(folder, "allow.txt"), "10.0.0.0/8\nnonsense\n");
  await refuse(
    [
      [score("--out", "./mixed.log"), /^\.\/mixed\.log is read: choose another output$/],
      [score("--follow", "--state", "mixed.log"), /^mixed\.log is read: choose another output$/],
      [score("--top", "0"), /^--top must be an integer in \[1, 1000000\], got 0$/],
      [score("--format", "xml"), /--format <name>' argument 'xml' is invalid/],
      [score("--format", "parquet"), /^alerts as parquet need a file: add --out FILE$/],
      [
        score("--format", "csv", "--out", "a.parquet"),
        /^a\.parquet is named as parquet, but the format is csv: change one of them$/,
      ],
      [score("--follow", "--out", "a.parquet"), /^alerts of a log that is followed can't be parquet$/],
      [score("--detector", "oracle"), /'oracle' is invalid/],
      [score("--allow", "none.txt"), /^none\.txt does not exist$/],
      [score("--allow", "allow.txt"), /^allow\.txt, line 2: expected a host, .* got 'nonsense'$/],
      [score("--state", "mixed.log"), /^mixed\.log is read: choose another output$/],
      [
        score("--incidents", "mixed.json", "--out", "mixed.json"),
        /^mixed\.json can't hold alerts and incidents: /,
      ],
      [score("--lateness", "5"), /^--lateness is for --follow$/],
      [score("--follow", "--top", "3"), /^--top needs all alerts, and --follow has no end$/],
      [score("--follow", "--format", "parquet"), /^alerts of a log that is followed can't be parquet$/],
      [["score", "mixed.log", "usual.log", ...model, "--follow"], /^--follow reads one log, a file$/],
      [["score", "-", ...model, "--follow"], /^--follow reads one log, a file$/],
      [["score", "", ...model], /^file must not be empty$/],
      [["score", "mixed.log", "", ...model], /^file must not be empty$/],
      [["score", "none.log", ...model], /^none\.log does not exist$/],
      [["score", ...model], /missing required argument 'file'/],
      [["train", "usual.log"], /required option '--out <folder>' not specified/],
      [
        ["train", "usual.log", "--out", "x", "--false-alarm-rate", "1"],
        /^--false-alarm-rate must be a number in \(0, 1\), got 1$/,
      ],
      [["train", "usual.log", "--out", "x", "--host-window", "0"], /^--host-window must be an integer in/],
      [
        ["train", "usual.log", "--out", "usual.log", "--quiet", ...small],
        /a file of that name is in the way|cannot write/,
      ],
    ],
    here,
  );
});

test("a run of train that is interrupted leaves everything as it was", async () => {
  const long = join(folder, "long.log");
  await writeSimulatedLog(long, { connections: 400_000, seed: 1, format: "zeek" }); // takes seconds to learn from
  const earlier = contents(folder);
  const interrupt = async (child: ChildProcess) => {
    while (!readdirSync(join(folder, "models")).some((name) => name.startsWith(".unfinished-")))
      await sleep(5);
    await sleep(800);
    child.kill("SIGINT");
  };
  const outcome = await traffic(["train", "long.log", "--out", "models/office", "--epochs", "1000"], {
    ...here,
    started: (child) => void interrupt(child),
  });
  assert.deepEqual(outcome, { code: 130, stdout: "", stderr: "error: interrupted: nothing was changed\n" });
  assertUnchanged(earlier, contents(folder));
  await rm(long);
});

realLogTest(
  "real logs that are not connection logs are refused, a truncated one loses its last line only",
  async (zeek) => {
    await refuses(["score", join(zeek, "not-a-log.conn.log"), ...model], /is not a log of connections/, here);
    const { code, stderr } = await served(["score", join(zeek, "truncated.conn.log"), ...model], here);
    assert.equal(code, 0, stderr);
    assert.match(stderr, /^\S+truncated\.conn\.log, line \d+: the last line was not written to its end/);
  },
);

test("without WebAssembly, training and scoring work; who asks for the wasm backend gets a sentence", async () => {
  const preload = join(__dirname, "..", "fixtures", "no-webassembly.cjs");
  const without = { ...here, env: { NODE_OPTIONS: `--require ${JSON.stringify(preload)}` } };
  const train = ["train", "usual.log", "--out", "models/without", ...small];
  const trained = await traffic(train, without);
  assert.equal(trained.code, 0, trained.stderr);
  assert.match(trained.stdout, /\nBackend of the autoencoder: (cpu|native); /);
  const score = ["score", "mixed.log", "--model", "models/without"];
  const scored = await traffic(score, without);
  assert.equal(scored.code, 0, scored.stderr);
  const withIt = await traffic(score, here);
  const alerts = ({ stdout }: { stdout: string }) => stdout.split("\n").length;
  assert.ok(alerts(scored) > 100);
  assert.ok(Math.abs(alerts(scored) - alerts(withIt)) <= 1); // a score on the threshold may round otherwise
  const { code, stderr } = await traffic([...train, "--backend", "wasm"], without);
  assert.deepEqual([code, stderr], [2, "error: the backend wasm could not be started by this Node.js\n"]);
});

test("a signal ends the growing of a large forest soon", async () => {
  await writeLog(join(folder, "long.log"), dayOf(25_000)); // more rows than the kernel grows trees on
  const before = contents(folder);
  let sent = 0;
  const started = (child: ChildProcess) => {
    setTimeout(() => {
      sent = performance.now();
      child.kill("SIGTERM");
    }, 1500); // it takes about 4 s
  };
  const grow = ["train", "long.log", "--out", "models/large", "--sample-size", "1000000"];
  const { code } = await traffic([...grow, "--trees", "300"], { ...here, started });
  const seconds = (performance.now() - sent) / 1000;
  assert.equal(code, 143);
  assert.ok(seconds < 5, `it took ${seconds} s`);
  // On a busy machine it is ended before it has tidied up: the next command does so.
  const score = ["score", "mixed.log", "--model", "models/large"];
  assert.match((await traffic(score, here)).stderr, /does not exist/);
  assertUnchanged(before, contents(folder));
});
