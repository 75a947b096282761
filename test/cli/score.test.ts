import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, test } from "node:test";
import { falseDiscoveryVerdicts } from "traffic-anomaly";
import { database } from "traffic-anomaly/dist/data/duckdb";
import { temporaryFolder } from "../fixtures/folder";
import { headerNames, withFields, writeLines } from "../fixtures/traffic";
import { contents, type Outcome, refuse, refuses, served } from "./command";
import { study, testLines, trainLines } from "./study";

const folder = temporaryFolder("score");
const here = { cwd: folder };
let ran: Outcome;
before(async () => {
  ran = await study(folder, "--csv");
});

const models = { "isolation-forest": "isolation_forest", autoencoder: "autoencoder" };
type ModelName = keyof typeof models;
const modelNames = Object.keys(models) as ModelName[];

/** Row number, label, score and verdict of every row, in order. */
type Judged = [row: number, label: string | null, score: number, anomaly: boolean][];

async function query(sql: string): Promise<unknown[][]> {
  return (await (await database()).runAndReadAll(sql)).getRows();
}

async function predictions(dataset: string, model: ModelName): Promise<Judged> {
  const column = models[model];
  return (await query(
    `SELECT "row", label::VARCHAR, ${column}_score, ${column}_anomaly
     FROM '${join(folder, "outputs", "predictions.parquet")}' WHERE dataset = '${dataset}'`,
  )) as Judged;
}

async function score(file: string, model: ModelName, out: string, ...options: string[]): Promise<Outcome> {
  const outcome = await served(
    ["score", file, "--model", join("models", model), "--out", out, ...options],
    here,
  );
  assert.equal(outcome.code, 0, outcome.stderr);
  return outcome;
}

async function scores(out: string): Promise<Judged> {
  const path = join(folder, out);
  const from = out.endsWith(".csv") ? `read_csv('${path}', header = true, all_varchar = true)` : `'${path}'`;
  const columns = (await query(`DESCRIBE SELECT * FROM ${from}`)).map(([name]) => name);
  const label = columns.includes("label") ? "label::VARCHAR" : "NULL";
  return (await query(
    `SELECT "row"::UINTEGER, ${label}, score::DOUBLE, anomaly::BOOLEAN FROM ${from}`,
  )) as Judged;
}

/** Equal to the last bit. */
function assertSame(actual: Judged, expected: Judged): void {
  assert.equal(actual.length, expected.length);
  for (const [i, row] of expected.entries()) assert.deepEqual(actual[i], row);
}

for (const model of modelNames) {
  for (const [file, rows] of [
    ["train.csv", 400],
    ["test.gz", 300],
  ] as const) {
    test(`the ${model} gives ${file} the scores and verdicts of the run, to the bit`, async () => {
      const expected = await predictions(file, model);
      assert.equal(expected.length, rows);
      assert.deepEqual(
        expected.map(([row]) => row),
        Array.from({ length: rows }, (_, i) => i + 1),
      );
      const outs = ["parquet", "csv"].map((format) => `scores/${model}.${format}`);
      await Promise.all(outs.map((out) => score(file, model, out)));
      for (const out of outs) assertSame(await scores(out), expected);
    });
  }

  test(`the ${model} scores a copy without labels, or in NSL-KDD's layout with a header, the same`, async () => {
    const unlabelled = testLines.map((line) => line.split(",").slice(0, 41).join(","));
    await writeLines(join(folder, "unlabelled.csv"), unlabelled);
    const nsl = testLines.map((line) => `${line.replace(/\.$/, "")},21`);
    await writeLines(join(folder, "nsl.csv"), [headerNames.join(","), ...nsl], { lineEnd: "\r\n" });
    const expected = await predictions("test.gz", model);
    await score("unlabelled.csv", model, "scores/unlabelled.parquet");
    assertSame(
      await scores("scores/unlabelled.parquet"),
      expected.map(([row, , ...rest]) => [row, null, ...rest]),
    );
    assert.deepEqual(
      (await query(`DESCRIBE SELECT * FROM '${join(folder, "scores", "unlabelled.parquet")}'`)).map(
        ([name]) => name,
      ),
      ["row", "score", "p_value", "anomaly"],
    );
    await score("nsl.csv", model, "scores/nsl.parquet");
    assertSame(await scores("scores/nsl.parquet"), expected);
  });

  test(`the ${model} scores a file of many blocks as it scores its rows, with one thread or several`, async () => {
    const times = 170; // 68,000 rows are more than one block
    await writeLines(join(folder, "long.gz"), Array.from({ length: times }, () => trainLines).flat(), {
      gzip: true,
    });
    const expected = await predictions("train.csv", model);
    for (const workers of ["1", "3"]) {
      await score("long.gz", model, "scores/long.parquet", "--workers", workers);
      const found = await scores("scores/long.parquet");
      assert.equal(found.length, times * 400);
      assert.ok(
        found.every(
          ([row, , value, anomaly], i) =>
            row === i + 1 && Object.is(value, expected[i % 400][2]) && anomaly === expected[i % 400][3],
        ),
      );
    }
  });
}

test("predictions.csv says what predictions.parquet says", async () => {
  const csv = await query(
    `SELECT * FROM read_csv('${join(folder, "outputs", "predictions.csv")}', header = true, all_varchar = true)`,
  );
  const parquet = await query(
    `SELECT COLUMNS(*)::VARCHAR FROM '${join(folder, "outputs", "predictions.parquet")}'`,
  );
  assert.equal(csv.length, 700);
  assert.deepEqual(csv, parquet);
});

test("the verdict is the comparison of the score with the threshold of the model folder", async () => {
  for (const model of modelNames) {
    const { value } = JSON.parse(await readFile(join(folder, "models", model, "threshold.json"), "utf8"));
    for (const [, , score, anomaly] of await predictions("test.gz", model))
      assert.equal(anomaly, score > value);
  }
});

test("every score has its p-value, the same in scores and predictions, and in CSV", async () => {
  for (const model of modelNames) {
    const file = await readFile(join(folder, "models", model, "threshold.json"), "utf8");
    const { scores: known, rate } = JSON.parse(file) as { scores: number[]; rate: number };
    await score("test.gz", model, "scores/p.parquet");
    await score("test.gz", model, "scores/p.csv");
    const from = (path: string) => `SELECT score, p_value, anomaly FROM '${join(folder, "scores", path)}'`;
    const found = (await query(from("p.parquet"))) as [number, number, boolean][];
    for (const [value, p, anomaly] of found) {
      const asHigh = known.filter((other) => other >= value).length;
      assert.equal(p, (1 + asHigh) / (1 + known.length));
      assert.equal(anomaly, p <= rate);
    }
    assert.deepEqual(await query(from("p.csv")), found);
    const column = models[model];
    assert.deepEqual(
      await query(
        `SELECT ${column}_score, ${column}_p_value, ${column}_anomaly
         FROM '${join(folder, "outputs", "predictions.parquet")}' WHERE dataset = 'test.gz'`,
      ),
      found,
    );
  }
});

test("a false discovery rate takes the place of the threshold, and says where p-values are too coarse for it", async () => {
  const verdictsAt = async (rate: string) => {
    const outcome = await score("test.gz", "autoencoder", "scores/found.csv", "--false-discovery-rate", rate);
    const rows = await query(`SELECT p_value, anomaly FROM '${join(folder, "scores", "found.csv")}'`);
    return { line: outcome.stdout.split("\n")[0], rows: rows as [number, boolean][] };
  };
  const { line, rows } = await verdictsAt("0.1");
  const found = rows.filter(([, anomaly]) => anomaly);
  const pValues = Float64Array.from(rows, ([p]) => p);
  assert.deepEqual(
    rows.map(([, anomaly]) => anomaly),
    Array.from(falseDiscoveryVerdicts(pValues, 0.1), Boolean),
  );
  assert.ok(found.length > 100, `${found.length} of 150 attacks`);
  const highest = Math.max(...found.map(([p]) => p)).toPrecision(3);
  assert.equal(
    line,
    `300 rows scored, ${found.length} anomalous (p-value ≤ ${Number(highest)}, by a false discovery rate of 10 %)`,
  );
  assert.equal(
    (await verdictsAt("0.02")).line,
    "300 rows scored, 0 anomalous (a false discovery rate of 2 % can report none: no p-value of the model is below 0.0244)",
  );
  await refuses(
    ["score", "test.gz", "--model", "models/autoencoder", "--false-discovery-rate", "1"],
    /^--false-discovery-rate must be a number in \(0, 1\), got 1$/,
    here,
  );
});

test("where too few rows were held out for the rate, run and score say so, and what can be promised", async () => {
  const few = join(folder, "few");
  const notice =
    /^40 held-out (normal )?rows are too few to rely on a false-alarm rate of 1 %: the threshold is the highest of their scores, which 2\.4 % of such \1?rows exceed on average, and many more or fewer in a single case; 199 are enough$/m;
  assert.match((await study(few, "--false-alarm-rate", "0.01")).stderr, notice);
  const options = ["--model", "models/autoencoder", "--out", "scores.csv"];
  const scored = await served(["score", "test.gz", ...options], { cwd: few });
  assert.equal(scored.code, 0);
  assert.match(scored.stderr, notice);
});

test("score twice, and to another folder, gives the same bytes", async () => {
  for (const format of ["parquet", "csv"]) {
    await score("train.csv", "autoencoder", `scores/first.${format}`);
    await score("train.csv", "autoencoder", `elsewhere/deep/second.${format}`);
    const bytes = (path: string) => readFileSync(join(folder, path));
    assert.ok(bytes(`scores/first.${format}`).equals(bytes(`elsewhere/deep/second.${format}`)));
  }
});

test("categories that training never saw are reported with their numbers of rows, and the rows are scored", async () => {
  const unseen: Record<number, Record<string, string>> = {
    5: { service: "gopher" },
    6: { service: "gopher", flag: "SH" },
    300: { service: "gopher" },
  };
  const lines = testLines.map((line, i) => withFields(line, unseen[i + 1] ?? {}));
  await writeLines(join(folder, "unseen.csv"), lines);
  for (const model of modelNames) {
    const { stdout } = await score("unseen.csv", model, "scores/unseen.parquet");
    assert.match(stdout, /^service 'gopher' was not seen in training: 3 rows$/m);
    assert.match(stdout, /^flag 'SH' was not seen in training: 1 rows?$/m);
    const known = await predictions("test.gz", model);
    const found = await scores("scores/unseen.parquet");
    assertSame(
      found.filter((_, i) => !unseen[i + 1]),
      known.filter((_, i) => !unseen[i + 1]),
    );
    assert.ok(found.every(([, , value]) => Number.isFinite(value)));
  }
});

test("export writes a model as one ONNX file that knows what it was trained on, or says why it can't", async () => {
  const exported = (model: string, ...parameters: string[]) =>
    served(["export", join("models", model), "--out", `onnx/${model}.onnx`, ...parameters], here);
  const { stdout, stderr } = await exported("autoencoder");
  assert.equal(stderr, "");
  assert.match(
    stdout,
    /^autoencoder: 41 features in, score, anomalous, contributions out, 0\.\d MB\nWritten: onnx\/autoencoder\.onnx\n$/,
  );
  const { dataset } = JSON.parse(await readFile(join(folder, "models", "combined", "manifest.json"), "utf8"));
  for (const model of [...modelNames, "combined"]) {
    const value = JSON.parse((await exported(model, "--json")).stdout);
    const file = await readFile(join(folder, value.path));
    assert.deepEqual([value.detector, value.inputs.length, value.bytes], [model, 41, file.length]);
    assert.deepEqual(value.inputs[1], { name: "protocol_type", type: "name" });
    assert.ok(file.includes(dataset.sha256));
  }
  await refuse(
    [
      [["export", "outputs"], /^outputs is not a model folder: it has no readable manifest\.json$/],
      [["export"], /missing required argument 'model'/],
      [
        ["export", "models/combined", "--out", "models/combined/forest.bin"],
        /^models\/combined\/forest\.bin is read: choose another output$/,
      ],
    ],
    here,
  );
});

test("--json prints what was found as one value, --quiet nothing, and both write the same file", async () => {
  const shown = await score("test.gz", "isolation-forest", "scores/shown.parquet");
  assert.match(shown.stdout, /^300 rows scored, \d+ anomalous \(score > 0\.\d+\)\n/);
  assert.match(shown.stdout, /\nWritten: scores\/shown\.parquet\n$/);
  assert.equal(shown.stderr, "");
  const json = await score("test.gz", "isolation-forest", "scores/json.parquet", "--json");
  const { rows, anomalies, threshold, skippedRows, unseen, path } = JSON.parse(json.stdout);
  const expected = await predictions("test.gz", "isolation-forest");
  assert.deepEqual([rows, skippedRows, path, json.stderr], [300, 0, "scores/json.parquet", ""]);
  assert.equal(anomalies, expected.filter(([, , , anomaly]) => anomaly).length);
  assert.ok(expected.every(([, , value, anomaly]) => anomaly === value > threshold));
  assert.ok(unseen.some((found: { feature: string }) => found.feature === "service"));
  const quiet = await score("test.gz", "isolation-forest", "scores/quiet.parquet", "--quiet");
  assert.deepEqual(quiet, { code: 0, stdout: "", stderr: "" });
  const hashes = ["shown", "json", "quiet"].map((name) =>
    createHash("sha256")
      .update(readFileSync(join(folder, "scores", `${name}.parquet`)))
      .digest("hex"),
  );
  assert.equal(new Set(hashes).size, 1);
});

test("a run prints its figures and paths; with --json one value; with --quiet nothing; and leaves the same results", async () => {
  assert.match(ran.stdout, /^train\.csv: 400 rows \(SHA-256 \w{12}…\)\ntest\.gz: 300 rows/);
  assert.match(
    ran.stdout,
    /\nWritten:\n {2}models\/isolation-forest\n {2}models\/autoencoder\n {2}models\/combined\n {2}outputs\/report\.html\n {2}outputs\/metrics\.json\n/,
  );
  const results = () =>
    Object.entries(contents(folder)).filter(([path]) => /models\/|predictions|plots/.test(path));
  const first = results();
  const json = await study(folder, "--csv", "--json");
  const { metrics, paths } = JSON.parse(json.stdout);
  assert.deepEqual(metrics, JSON.parse(await readFile(join(folder, "outputs", "metrics.json"), "utf8")));
  assert.ok(paths.includes("outputs/metrics.json"));
  assert.deepEqual(results(), first);
  const quiet = await study(folder, "--csv", "--quiet");
  assert.deepEqual(quiet, { code: 0, stdout: "", stderr: "" });
  assert.deepEqual(results(), first);
});
