import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import {
  allRows,
  autoencoder,
  combined,
  type DetectorKind,
  fitModel,
  isolationForest,
  type Model,
  type PreprocessOptions,
  principalComponents,
  rowsWhere,
  saveModel,
  selectRows,
  type Table,
} from "traffic-anomaly";
import { createRandom } from "traffic-anomaly/dist/common/random";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { missingName } from "traffic-anomaly/dist/data/table";
import { exportOnnx } from "traffic-anomaly/dist/models/onnx/export-onnx";
import { tryAll } from "../../fixtures/cases";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";
import { realDataTest, realFiles } from "../../fixtures/real-data";
import { tableOf } from "../../fixtures/table";
import { type Comparison, compareWithOnnx, missingOnnx } from "./onnxruntime";

const folder = temporaryFolder("onnx");
let folders = 0;
function newFolder(): string {
  const path = join(folder, String(folders++));
  mkdirSync(path);
  return path;
}

const network = { layers: [32, 8, 32], epochs: 3 };
const detectors: readonly [kind: DetectorKind<string, never>, settings: object][] = [
  [isolationForest as DetectorKind<string, never>, { trees: 20 }],
  [autoencoder as DetectorKind<string, never>, network],
  [combined as DetectorKind<string, never>, { "isolation-forest": { trees: 20 }, autoencoder: network }],
];

/** Rows with every peculiarity that preprocessing knows: of these the first 300 are fitted. */
function peculiarTable(): Table {
  const rows = Array.from({ length: 600 }, (_, row) => row);
  const isNew = (row: number, every: number) => row >= 300 && row % every === 0;
  return tableOf(
    {
      // Amounts, which take the logarithm: some negative, some missing in training too.
      bytes: rows.map((row) => (row % 50 === 3 ? NaN : isNew(row, 7) ? 1e15 : (row * row * 37) % 9973)),
      balance: rows.map((row) => (isNew(row, 9) ? -1e9 : ((row * 331) % 1009) - 500)),
      // Lacked by no row of training, infinite in one that is new.
      load: rows.map((row) => (isNew(row, 11) ? Infinity : isNew(row, 13) ? NaN : ((row * 7) % 11) / 10)),
      constant: rows.map((row) => (isNew(row, 17) ? 4 : 3)),
      value_0: rows.map((row) => row % 5),
      'kind, or "sort"': rows.map(
        (row) => ["a", "b=c", missingName, "Ünicode ✓"][isNew(row, 5) ? 3 : row % 3],
      ),
      "one name": rows.map((row) => (isNew(row, 19) ? "" : "always")),
    },
    { measures: { bytes: "amount", balance: "amount" } },
  );
}

const trained = Uint32Array.from({ length: 300 }, (_, row) => row);

test("onnxruntime gives new, missing and infinite values the scores, verdicts and contributions of each detector", {
  skip: missingOnnx(),
}, async () => {
  const ways: PreprocessOptions[] = [{}, { encoding: "ordinal", scaling: "standard" }, { encoding: "none" }];
  const models: Model[] = [];
  for (const [kind, settings] of detectors)
    for (const preprocessing of ways) {
      const options = { rows: trained, seed: 3, settings: settings as never, preprocessing };
      models.push(await fitModel(peculiarTable(), kind, options));
    }
  const compared = await compareWithOnnx(newFolder(), models, peculiarTable());
  for (const [i, model] of models.entries())
    for (const found of compared[i]) {
      const which = `${model.detector.kind}, ${found.runtime}`;
      assertNear(found, which);
      assert.equal(found.tiedVerdicts, 0, which);
      assert.ok(found.anomalous > 50 && found.anomalous < 500, `${which}: ${found.anomalous} anomalous`);
      assert.equal(
        found.metadata.features,
        JSON.stringify(model.preprocessor.steps.map((step) => step.feature)),
      );
      assert.equal(Number(found.metadata.threshold), model.threshold.value);
      assert.equal(found.metadata.detector, model.detector.kind);
      assert.equal(found.metadata.library_version, libraryVersion);
    }
});

function assertNear(found: Comparison, which: string): void {
  assert.ok(found.largest <= 1e-12, `${which}: scores differ by ${found.largest} of themselves`);
  assert.equal(found.verdicts, 0, which);
  assert.equal(found.contributions !== undefined, which.startsWith("autoencoder"), which);
  const wrong = found.contributions ?? 0;
  assert.ok(wrong <= 1e-12, `${which}: contributions differ by ${wrong} of the score`);
}

realDataTest(
  "onnxruntime gives KDD'99's rows the scores and verdicts of each detector",
  async (_, t) => {
    const { table: all } = await readKddFile((await realFiles()).get("10-percent")!);
    const table = tryAll
      ? all
      : selectRows(
          all,
          allRows(all).filter((row) => row % 20 === 0),
        );
    const rows = rowsWhere(table, (label) => label === "normal").filter((row) => row % 20 === 0);
    const models: Model[] = [];
    for (const [kind, settings] of detectors)
      models.push(await fitModel(table, kind, { rows, seed: 1, settings: settings as never }));
    const compared = await compareWithOnnx(newFolder(), models, table);
    for (const [i, [kind]] of detectors.entries())
      for (const found of compared[i]) {
        const which = `${kind.kind}, ${found.runtime}`;
        const { largest, seconds, bytes, ties, tiedVerdicts } = found;
        t.diagnostic(
          `${which}: ${found.rows} rows within ${largest.toExponential(1)} of a score, of ${ties} at the threshold ${tiedVerdicts} with another verdict; ${(bytes / 1e6).toFixed(2)} MB, ${seconds.toFixed(1)} s for distinct rows`,
        );
        assertNear(found, which);
        assert.equal(found.rows, tryAll ? 494_021 : 24_702);
        assert.equal(found.metadata.training_data_sha256, all.source?.sha256);
        assert.ok(found.anomalous > found.rows / 4);
      }
  },
  missingOnnx() || undefined,
);

test("scores that are nearly those of rows held out, and such rows' own, have the same p-values in onnxruntime", {
  skip: missingOnnx(),
}, async () => {
  const random = createRandom(1, "names");
  const rows = Array.from({ length: 5000 }, () => random.uniform());
  const table = tableOf({
    host: rows.map(() => `host ${Math.floor(1000 * random.uniform())}`),
    bytes: rows.map((value) => Math.exp(9 * value)),
    load: rows.map(() => random.uniform()),
  });
  const [kind, settings] = detectors[2];
  const model = await fitModel(table, kind, { settings: settings as never });
  for (const found of (await compareWithOnnx(newFolder(), [model], table))[0])
    assertNear(found, found.runtime);
});

test("a tree of one leaf is exported, too", { skip: missingOnnx() }, async () => {
  const table = tableOf({ same: Array.from({ length: 100 }, () => 5) });
  const model = await fitModel(table, isolationForest, { settings: { trees: 3 } });
  for (const found of (await compareWithOnnx(newFolder(), [model], table))[0])
    assertNear(found, found.runtime);
});

test("the same model becomes the same bytes", async () => {
  const [model, out] = [join(newFolder(), "model"), join(newFolder(), "new", "model.onnx")];
  await saveModel(model, await fitModel(peculiarTable(), isolationForest, { settings: { trees: 5 } }));
  const { bytes, inputs, outputs, detector } = await exportOnnx(model, out);
  const first = readFileSync(out);
  assert.deepEqual([first.length, inputs.length, detector], [bytes, 7, "isolation-forest"]);
  assert.deepEqual(outputs, ["score", "anomalous"]);
  assert.deepEqual(inputs[0], { name: "bytes", type: "number" });
  await exportOnnx(model, out);
  assert.deepEqual(readFileSync(out), first);
});

test("what cannot be exported says why, and leaves what was there as it was", async () => {
  const path = newFolder();
  const [model, out] = [join(path, "model"), join(path, "model.onnx")];
  writeFileSync(out, "mine");
  const refused = async (made: Model, reason: RegExp) => {
    await saveModel(model, made);
    await assert.rejects(exportOnnx(model, out), { name: "InputError", message: reason });
    assert.equal(readFileSync(out, "utf8"), "mine");
  };
  const table = tableOf({ score: Array.from({ length: 100 }, (_, i) => i % 7) });
  await refused(
    await fitModel(table, isolationForest),
    /^.*model cannot be exported: a feature has the name "score"/,
  );
  const quantile = { preprocessing: { scaling: "quantile" } } as const;
  await refused(
    await fitModel(peculiarTable(), isolationForest, quantile),
    /model cannot be exported: .*ranks/,
  );
  const elsewhere = join(newFolder(), "model.onnx");
  await assert.rejects(exportOnnx(path, elsewhere), /is not a model folder/);
  writeFileSync(join(path, "traffic.json"), "{}");
  await assert.rejects(exportOnnx(path, elsewhere), /export one of its detectors, .*isolation-forest/);
  const own = join(model, "manifest.json");
  await assert.rejects(exportOnnx(model, own), /manifest\.json/);

  const other = join(newFolder(), "pca");
  const numbers = tableOf({
    a: Array.from({ length: 100 }, (_, i) => i % 7),
    b: Array.from({ length: 100 }, (_, i) => i % 5),
  });
  await saveModel(other, await fitModel(numbers, principalComponents, { settings: { components: 1 } }));
  await assert.rejects(exportOnnx(other, out), /pca cannot be exported: the PCA is there to compare with/);
  const tanh = { settings: { activation: "tanh", layers: [2], epochs: 1 } } as const;
  await saveModel(join(path, "tanh"), await fitModel(numbers, autoencoder, tanh));
  await assert.rejects(
    exportOnnx(join(path, "tanh"), out),
    /its autoencoder has other activations than relu/,
  );
  assert.equal(readFileSync(out, "utf8"), "mine");
});
