// Studies of tables that are not KDD'99's, through the real command: small files made here, and UNSW-NB15 in place.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { createRandom, type RunMetrics } from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { temporaryFolder } from "../fixtures/folder";
import { realDataTest } from "../fixtures/real-data";
import { assertUnchanged, contents, type Outcome, refuse, served, traffic } from "./command";
import { small } from "./study";

const folder = temporaryFolder("tables");
const here = { cwd: folder };
const columns = ["seq", "at", "site", "load", "flow rate", "pumping", "fault", "Class"];

/** Rows of pumps: every tenth is of class 1, hot or with a flow that no other has; some values are missing. */
function pumps(rows: number, seed: number): string[][] {
  const random = createRandom(seed, "pumps");
  return Array.from({ length: rows }, (_, row) => {
    const fault = row % 20 === 9 ? "Hot" : row % 20 === 19 ? "Leak" : "";
    return [
      String(row + 1),
      new Date(1.7e12 + 60_000 * row).toISOString(),
      ["north", "south", "west"][random.integer(3)],
      row % 13 === 5 ? "" : (20 + 5 * random.uniform() + (fault === "Hot" ? 40 : 0)).toFixed(2),
      row % 31 === 6 ? "Infinity" : (fault === "Leak" ? 900 : random.integer(90)).toString(),
      fault === "" && random.integer(4) > 0 ? "True" : "False",
      fault,
      fault === "" ? "0" : "1",
    ];
  });
}

/** Writes some of the columns, in that order. */
async function writeTable(file: string, rows: string[][], wanted = columns): Promise<void> {
  const picked = rows.map((row) => wanted.map((name) => row[columns.indexOf(name)]).join(","));
  await writeFile(join(folder, file), `${[wanted.join(","), ...picked].join("\n")}\n`);
}

async function succeed(...parameters: string[]): Promise<Outcome> {
  const outcome = await served(parameters, here);
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome;
}

async function query(sql: string): Promise<unknown[][]> {
  return (await (await database()).runAndReadAll(sql)).getRows();
}

const metricsIn = (outputs: string): RunMetrics =>
  JSON.parse(readFileSync(join(folder, outputs, "metrics.json"), "utf8"));

const labelled = ["--label", "Class", "--normal", "0", "--group", "fault"];
let ran: Outcome;
before(async () => {
  await writeTable("pumps.csv", pumps(400, 1));
  await writeTable("later.csv", pumps(200, 2));
  const shuffled = ["pumping", "flow rate", "load", "site", "at"];
  await writeTable("shuffled.csv", pumps(200, 2), shuffled);
  const text = readFileSync(join(folder, "shuffled.csv"), "utf8");
  await writeFile(join(folder, "shuffled.csv"), text.replace("flow rate", " Flow Rate "));
  await writeTable("unlabelled.csv", pumps(400, 1), columns.slice(0, 6));
  ran = await succeed("run", "--data", "pumps.csv", ...labelled, "--test", "later.csv", ...small);
});

test("run studies any table: what was left out, missing or infinite is told in sentences", () => {
  const sentences = [
    /^left out: at \(dates or times of day\)$/m,
    /^left out: seq \(it numbers the rows\)$/m,
    /^infinite numbers, which count as missing: flow rate in \d+ of 288 rows$/m,
    /^missing numbers, replaced by the median of training, with a column that says where: load in \d+ of 288 rows, flow rate in \d+ of 288 rows$/m,
    /^later\.csv: infinite numbers, which count as missing: flow rate in 7 of 200 rows$/m,
  ];
  for (const sentence of sentences) assert.match(ran.stderr, sentence);
  assert.match(ran.stdout, /^pumps\.csv: 400 rows .*\nlater\.csv: 200 rows /);
  assert.match(ran.stdout, /, scored on later\.csv\n/);
  assert.doesNotMatch(ran.stdout + ran.stderr, /KDD|attack|undefined|NaN/);
});

test("models, predictions, figures and metrics of a table: both protocols, baselines, recall by kind", async () => {
  const { dataset, testDataset, protocols } = metricsIn("outputs");
  assert.deepEqual([dataset.name, testDataset?.name], ["pumps.csv", "later.csv"]);
  assert.deepEqual(Object.keys(protocols), ["mixed", "novelty"]);
  assert.deepEqual(Object.keys(protocols.novelty), ["holdout", "later.csv"]);
  const { combined, "baseline:ecod": ecod } = protocols.novelty["later.csv"];
  assert.ok(combined.rocAuc > 0.9 && ecod.rocAuc > 0.5);
  assert.deepEqual(Object.keys(combined.recallByAttack ?? {}), ["Hot", "Leak"]);
  const manifest = JSON.parse(readFileSync(join(folder, "models", "combined", "manifest.json"), "utf8"));
  assert.deepEqual(manifest.features, ["site", "load", "flow rate", "pumping"]);
  const labels = await query(
    `SELECT label::VARCHAR, count(*)::INT FROM '${join(folder, "outputs", "predictions.parquet")}' GROUP BY 1 ORDER BY 1`,
  );
  assert.deepEqual(labels, [
    ["Hot", 30],
    ["Leak", 30],
    ["normal", 540],
  ]);
  const report = readFileSync(join(folder, "outputs", "report.html"), "utf8");
  for (const words of ["On later.csv", "Share flagged, by kind of anomaly", ">Leak</th>", "infinite numbers"])
    assert.ok(report.includes(words), words);
});

test("score finds a model's columns by name, in any order and case, without the label, and gives a study's scores to the bit and reasons", async () => {
  const { stdout } = await succeed(
    ...["score", "shuffled.csv", "--model", "models/combined", "--out", "scores.parquet"],
  );
  assert.match(stdout, /^200 rows scored, \d+ anomalous/);
  assert.match(
    stdout,
    /^ {2}row \d+0, score [\d.]+: (load|flow rate) = \d+(\.\d+)? \(\d+ %; beyond anything in training /m,
  );
  assert.equal(stdout.match(/^ {2}row /gm)?.length, 5);
  const [[different, rows]] = await query(
    `SELECT count(*) FILTER (p.combined_score IS DISTINCT FROM s.score OR p.combined_anomaly IS DISTINCT FROM s.anomaly)::INT,
       count(*)::INT FROM '${join(folder, "outputs", "predictions.parquet")}' p
     JOIN '${join(folder, "scores.parquet")}' s ON p.row = s.row WHERE p.dataset = 'later.csv'`,
  );
  assert.deepEqual([different, rows], [0, 200]);
});

test("score tells of missing and infinite numbers and of the first names that training did not see, and counts the others", async () => {
  const rows = pumps(25, 4).map((row, i) => row.map((value, c) => (c === 2 ? `site ${i}` : value)));
  await writeTable("elsewhere.csv", rows);
  const { stdout, stderr } = await succeed(
    ...["score", "elsewhere.csv", "--model", "models/isolation-forest", "--out", "elsewhere.parquet"],
  );
  assert.equal(stdout.match(/^site 'site \d+' was not seen in training: 1 rows$/gm)?.length, 20);
  assert.match(stdout, /^5 more names were not seen in training$/m);
  assert.match(stderr, /^infinite numbers, which count as missing: flow rate in 1 of 25 rows$/m);
});

test("without a label the scores and reasons of the most anomalous rows are told, and no figure of merit", async () => {
  const folders = ["--outputs", "alone", "--models", "alone-models"];
  const { stdout, stderr } = await succeed("run", "--data", "unlabelled.csv", ...small, ...folders);
  assert.match(stderr, /^unlabelled\.csv has no label named: models are fitted on all of its rows, /m);
  assert.match(stdout, /^No labels, so no figures of merit\. /m);
  assert.match(stdout, /^ {2}those 20 %: isolation forest \d/m);
  assert.match(stdout, /^ {2}row \d+, score [\d.]+: .*usually /m);
  assert.doesNotMatch(stdout, /ROC|F1/);
  const { protocols, unlabelled } = metricsIn("alone");
  assert.deepEqual(protocols, { mixed: {}, novelty: {} });
  assert.equal(unlabelled?.mostAnomalous.length, 20);
  const isFault = ({ row, reasons: [{ feature }] }: (typeof unlabelled.mostAnomalous)[number]) =>
    row % 10 === 0 && ["load", "flow rate", "pumping"].includes(feature);
  assert.ok(unlabelled.mostAnomalous.some(isFault), "every tenth row has a fault");
  const described = await query(`DESCRIBE SELECT * FROM '${join(folder, "alone", "predictions.parquet")}'`);
  assert.ok(!described.some(([name]) => name === "label"));
});

test("a column that looks like the label is told of where no label is named", async () => {
  const { stderr } = await succeed("run", "--data", "pumps.csv", "--describe");
  assert.match(stderr, /^Class is a feature like any other: if it is the label, say --label Class$/m);
});

test("--describe shows what each column is taken for, in a table or as JSON, and neither trains nor writes", async () => {
  const before = contents(folder);
  const choices = [...labelled, "--type", "site=identifier", "--logarithm", "load=yes"];
  const { stdout } = await succeed("run", "--data", "pumps.csv", ...choices, "--describe");
  for (const line of [
    /^pumps\.csv: 400 rows, 8 columns$/m,
    /^ {2}column +type +missing +for example +use$/m,
    /^ {2}at +time +– +2023-11-14T22:13:20\.000Z +left out: dates or times of day$/m,
    /^ {2}site +identifier +– +\w+ +left out: as said$/m,
    /^ {2}load +numeric +31 +2\d\.\d+ +feature: numbers; becomes log\(1 \+ x\), /m,
    /^ {2}pumping +boolean +\w+ +feature: true and false; becomes x, from 0 to 1$/m,
    /^ {2}fault +group /m,
    /^ {2}Class +label /m,
    /^Rows by label: normal 360 \(90\.0 %\), Hot 20 \(5\.0 %\), Leak 20 \(5\.0 %\)$/m,
  ])
    assert.match(stdout, line);
  const json = JSON.parse(
    (await succeed("run", "--data", "pumps.csv", ...choices, "--describe", "--json")).stdout,
  );
  assert.deepEqual(json.train.labels, { Hot: 20, Leak: 20, normal: 360 });
  assert.deepEqual(
    json.train.columns.map(({ name }: { name: string }) => name),
    columns,
  );
  assertUnchanged(before, contents(folder));
});

test("what columns are for is refused in a sentence where it does not fit the file", async () => {
  await mkdir(join(folder, "kdd"), { recursive: true });
  await writeTable("one-class.csv", pumps(9, 1));
  await writeTable(
    "narrow.csv",
    pumps(50, 3),
    columns.filter((name) => name !== "load"),
  );
  await writeFile(
    join(folder, "words.csv"),
    "site,load,flow rate,pumping,Class\nnorth,high,1,True,0\nwest,1,2,False,1\n",
  );
  const data = (...more: string[]) => ["run", "--data", "pumps.csv", "--quiet", ...small, ...more];
  const all = "seq, at, site, load, flow rate, pumping, fault, Class";
  await refuse(
    [
      [
        data("--label", "Klass"),
        new RegExp(`^pumps\\.csv has no column Klass, which label names; its columns are ${all}$`),
      ],
      [
        data("--label", "Class", "--normal", "ok"),
        /^pumps\.csv: the label Class has no value ok, which normal names; it has '0', '1'$/,
      ],
      [data("--label", "Class", "--group", "Class"), /^label and group both name Class: /],
      [
        data("--label", "Class", "--exclude", "depth"),
        /^pumps\.csv has no column depth, which exclude names; /,
      ],
      [data("--type", "depth=numeric"), /^pumps\.csv has no column depth, whose type is said; /],
      [data("--type", "load=float"), /^--type must be a column, = and one of numeric, .*, got 'load=float'$/],
      [data("--logarithm", "load"), /^--logarithm must be a column, = and one of yes, no, got 'load'$/],
      [
        data("--logarithm", "site=yes", "--quiet"),
        /^the logarithm of site is asked for or ruled out, but it is no numeric column of the data$/,
      ],
      [["run", "--label", "Class"], /^label is about the columns of a file of your own: name it with data$/],
      [
        ["run", "--data", "one-class.csv", "--label", "Class", "--quiet"],
        /^one-class\.csv has no anomalous row; a study needs normal rows and anomalous ones$/,
      ],
      [
        data(...labelled, "--test", "narrow.csv", "--quiet"),
        /^narrow\.csv has no column load, which the model was trained on; its columns are /,
      ],
      [
        data("--label", "Class", "--exclude", "fault", "--test", "words.csv", "--quiet"),
        /^words\.csv, line 2: column 2 \(load\) must be a number, got 'high'$/,
      ],
      [
        data(...labelled, "--protocol", "kddcup", "--quiet"),
        /^kddcup is a protocol on KDD'99 with labels, not on pumps\.csv$/,
      ],
      [
        ["score", "narrow.csv", "--model", "models/combined", "--quiet"],
        /^narrow\.csv has no column load, which the model was trained on; /,
      ],
      [
        ["score", "words.csv", "--model", "models/combined", "--quiet"],
        /^words\.csv, line 2: column 2 \(load\) must be a number, got 'high'$/,
      ],
    ],
    here,
  );
});

test("a table of 42 columns is not taken for KDD'99's", async () => {
  const random = createRandom(1, "42 columns");
  const line = (cell: (i: number) => string) => Array.from({ length: 42 }, (_, i) => cell(i)).join(",");
  const rows = Array.from({ length: 30 }, () => line(() => random.uniform().toFixed(3)));
  await writeFile(join(folder, "wide.csv"), `${[line((i) => `x${i}`), ...rows].join("\n")}\n`);
  const { stdout } = await succeed("run", "--data", "wide.csv", "--describe");
  assert.match(stdout, /^ {2}x41 +numeric +0\.\d+ +feature: numbers;/m);
});

test("a model of a table does not read connection logs, and says so", async () => {
  await succeed("simulate", "--format", "zeek", "--connections", "50", "--out", "conn.log");
  await refuse(
    [
      [
        ["score", "conn.log", "--model", "models/combined"],
        /^models\/combined was trained on a table, whose columns a conn\.log does not have; /,
      ],
    ],
    here,
  );
});

realDataTest("UNSW-NB15 is recognised, and studied with few epochs", async (data) => {
  const file = join(data, "..", "unsw-nb15", "UNSW_NB15_training-set.csv.gz");
  const options = ["--epochs", "2", "--outputs", "unsw", "--models", "unsw-models"];
  const { code, stdout, stderr } = await traffic(["run", "--data", file, ...options], here);
  assert.equal(code, 0, stderr);
  assert.match(
    stderr,
    /is recognised as UNSW-NB15 .*: label label, normal 0, kinds of attacks in attack_cat$/m,
  );
  assert.match(stdout, /^UNSW_NB15_training-set\.csv\.gz: 82,332 rows /);
  const { "isolation-forest": forest, autoencoder } = metricsIn("unsw").protocols.novelty.holdout;
  assert.ok(forest.rocAuc > 0.8 && autoencoder.rocAuc > 0.8, `${forest.rocAuc}, ${autoencoder.rocAuc}`);
  assert.equal(Object.keys(forest.recallByAttack ?? {}).length, 9);
});
