import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { marked } from "marked";
import * as library from "traffic-anomaly";
import {
  chooseThreshold,
  createRandom,
  type Detector,
  fitAutoencoder,
  fitIsolationForest,
  fitPreprocessor,
  isolationForest,
  loadModel,
  type Model,
  saveModel,
  scoreTable,
  transform,
} from "traffic-anomaly";
import { inTransaction } from "traffic-anomaly/dist/common/transaction";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { modelFolderKind, writeModel } from "traffic-anomaly/dist/models/model-folder";
import { countNovelValues } from "traffic-anomaly/dist/preprocess/novelty";
import { share } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { tableOf } from "../fixtures/table";

const root = temporaryFolder("model");
let folders = 0;
const newFolder = () => join(root, `parent-${folders++}`, "model");

const random = createRandom(1, "test data");
const draw = (rows: number, below: number) => Array.from({ length: rows }, () => random.integer(below));
const makeTable = (rows: number) =>
  tableOf(
    {
      bytes: draw(rows, 10_000),
      service: draw(rows, 3).map((code) => ["dns", "http", "smtp"][code]),
      hot: draw(rows, 5),
    },
    { measures: { bytes: "amount" } },
  );
/** More rows than are scored at a time, so that there are several blocks and a short one. */
const table = makeTable(70_001);
const training = makeTable(500);

const trainingRecord = {
  dataset: { name: "made-up", sha256: "0".repeat(64), rows: 500 },
  seed: 3,
  metrics: { holdout: { rocAuc: 0.5 } },
};

async function makeModel(kind: Detector["kind"]): Promise<Model> {
  const preprocessor = fitPreprocessor(training);
  const matrix = transform(preprocessor, training);
  const detector =
    kind === "autoencoder"
      ? await fitAutoencoder(matrix, { layers: [4, 2, 4], epochs: 2, seed: 3 })
      : await fitIsolationForest(matrix, { trees: 10, sampleSize: 32, seed: 3 });
  const threshold = chooseThreshold(await detector.score(matrix), 0.05);
  return { detector, preprocessor, threshold, training: trainingRecord };
}

const models = {
  "isolation-forest": makeModel("isolation-forest"),
  autoencoder: makeModel("autoencoder"),
};
const kinds = ["isolation-forest", "autoencoder"] as const;

async function saved(kind: (typeof kinds)[number] = "isolation-forest"): Promise<string> {
  const folder = newFolder();
  await saveModel(folder, await models[kind]);
  return folder;
}

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8"));

/** Every file of a folder with its content. */
async function contents(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), "base64")));
  return Object.fromEntries(names.map((name, i) => [name, texts[i]]));
}

for (const kind of kinds) {
  test(`a saved ${kind} scores the same to the bit, and all else comes back`, async () => {
    const model = await models[kind];
    const loaded = await loadModel(await saved(kind));
    assert.deepEqual(await scoreTable(loaded, table), await scoreTable(model, table));
    assert.equal(loaded.detector.kind, kind);
    assert.deepEqual(loaded.detector.settings, model.detector.settings);
    assert.deepEqual(loaded.detector.columns, model.detector.columns);
    assert.deepEqual(loaded.preprocessor, model.preprocessor);
    assert.deepEqual(loaded.threshold, model.threshold);
    assert.deepEqual(loaded.training, trainingRecord);
  });

  test(`the manifest of the ${kind} tells where it comes from and lists every other file but the card`, async () => {
    const folder = await saved(kind);
    const { files, ...manifest } = await readJson(join(folder, "manifest.json"));
    assert.deepEqual(manifest, {
      formatVersion: 1,
      libraryVersion,
      kind,
      settings: (await models[kind]).detector.settings,
      features: ["bytes", "service", "hot"],
      ...trainingRecord,
    });
    const all = [...Object.keys(files), "manifest.json", "README.md"];
    assert.deepEqual(all.sort(), (await readdir(folder)).sort());
    for (const [name, sha256] of Object.entries(files)) {
      const bytes = await readFile(join(folder, name));
      assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256);
    }
  });

  test(`a folder of the ${kind} that lacks a file, or holds a changed one, is refused by the file's name`, async () => {
    const folder = await saved(kind);
    for (const name of Object.keys((await readJson(join(folder, "manifest.json"))).files)) {
      const whole = await readFile(join(folder, name));
      await rm(join(folder, name));
      await assert.rejects(loadModel(folder), {
        name: "InputError",
        message: `the model folder ${folder} is incomplete: ${name} is missing`,
      });
      const changed = Buffer.from(whole);
      changed[changed.length >> 1] ^= 1;
      for (const damaged of [changed, whole.subarray(1), Buffer.alloc(0)]) {
        await writeFile(join(folder, name), damaged);
        await assert.rejects(loadModel(folder), {
          name: "InputError",
          message: `the model folder ${folder} is damaged: ${name} was changed`,
        });
      }
      await writeFile(join(folder, name), whole);
    }
    await loadModel(folder);
  });

  test(`scoring a table by blocks with the ${kind} is scoring its whole matrix, and adding what is new`, async () => {
    const { detector, preprocessor } = await models[kind];
    const novel = countNovelValues(preprocessor, table);
    const whole = (await detector.score(transform(preprocessor, table))).map((score, row) =>
      novel[row] > 0 && detector.novelty ? detector.novelty.score(score, novel[row]) : score,
    );
    assert.deepEqual(await scoreTable({ detector, preprocessor }, table), whole);
    const alone = await scoreTable({ detector, preprocessor }, table, undefined, { workers: 1 });
    assert.deepEqual(alone, whole);
    const backwards = Uint32Array.from({ length: 40_000 }, (_, i) => 50_000 - i);
    assert.deepEqual(
      await scoreTable({ detector, preprocessor }, table, backwards),
      Float64Array.from(backwards, (row) => whole[row]),
    );
    assert.equal((await scoreTable({ detector, preprocessor }, table, Uint32Array.of())).length, 0);
  });
}

test("what is not a model folder is refused", async () => {
  const folder = newFolder();
  const refusal = {
    name: "InputError",
    message: `${folder} is not a model folder: it has no readable manifest.json`,
  };
  await assert.rejects(loadModel(folder), { name: "InputError", message: `${folder} does not exist` });
  await mkdir(folder, { recursive: true });
  await assert.rejects(loadModel(folder), refusal, "empty");
  await rm(folder, { recursive: true });
  await writeFile(folder, "a file");
  await assert.rejects(loadModel(folder), refusal, "a file");
});

test("a manifest of another version, or damaged, is refused", async () => {
  const folder = await saved();
  const path = join(folder, "manifest.json");
  const manifest = await readJson(path);
  const refuse = async (content: unknown, message: string) => {
    await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
    await assert.rejects(loadModel(folder), { name: "InputError", message });
  };
  const version = (found: unknown) =>
    `the model folder ${folder} has format version ${found}; this program reads 1: train it again`;
  await refuse({ ...manifest, formatVersion: 2 }, version(2));
  await refuse({ ...manifest, formatVersion: undefined }, version("none"));
  await refuse("null", version("none"));
  await refuse("[]", version("none"));
  await refuse({ ...manifest, formatVersion: { toString: 1 } }, version("an object"));
  await refuse({ ...manifest, formatVersion: "\u001b[2J" }, version('"\ufffd[2J"'));
  await refuse(JSON.stringify(manifest).slice(0, -1), `${path} is damaged: it is not JSON`);
  await refuse("", `${path} is damaged: it is not JSON`);
  const damaged = `${path} is damaged: files`;
  const { "preprocessor.json": sum, ...others } = manifest.files;
  await refuse({ ...manifest, files: undefined }, `${damaged} is missing`);
  await refuse(
    { ...manifest, files: null },
    `${damaged} must be an object of SHA-256 in lower-case hexadecimal, got null`,
  );
  const names = "forest.bin, forest.json, preprocessor.json, threshold.json";
  for (const files of [{}, others, { ...others, "../preprocessor.json": sum }])
    await refuse({ ...manifest, files }, `${path} is damaged: its files must be ${names}`);
  await refuse(
    { ...manifest, kind: "oracle" },
    `${path} is damaged: kind must be one of "isolation-forest", "autoencoder", "combined", "principal-components", "mahalanobis", "ecod", "nearest-neighbours", "local-outlier-factor", got "oracle"`,
  );
});

test("data that lacks a feature of the model is refused by its name", async () => {
  const model = await models["isolation-forest"];
  const other = { ...table, features: table.features.slice(0, 2) };
  await assert.rejects(scoreTable(model, other), {
    name: "InputError",
    message: "the data has no column hot, which the model was fitted on",
  });
});

test("saving replaces the model of its kind, keeps what others put into the folder, and leaves nothing beside it", async () => {
  const folder = await saved("isolation-forest");
  await writeFile(join(folder, "notes.txt"), "mine");
  // As a stranger's manifest may.
  const manifest = await readJson(join(folder, "manifest.json"));
  manifest.files["notes.txt"] = "0".repeat(64);
  await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
  const model = await models["isolation-forest"];
  await saveModel(folder, { ...model, training: { ...model.training, seed: 77 } });
  assert.equal((await loadModel(folder)).training.seed, 77);
  assert.equal(await readFile(join(folder, "notes.txt"), "utf8"), "mine");
  assert.deepEqual(await readdir(join(folder, "..")), ["model"]);
});

test("the card tells what the manifest has, what is promised and was measured, and how to use the model", async () => {
  for (const kind of kinds) {
    const folder = await saved(kind);
    const manifest = await readFile(join(folder, "manifest.json"));
    const { settings, features, dataset, seed } = JSON.parse(manifest.toString());
    const card = await readFile(join(folder, "README.md"), "utf8");
    for (const text of [
      `# Model: ${kind.replace("-", " ")}\n`,
      `traffic-anomaly ${libraryVersion}`,
      features.map((name: string) => `\`${name}\``).join(", "),
      `greater than ${(await models[kind]).threshold.value}.`,
      `\`${dataset.name}\`, 500 rows, SHA-256 \`${dataset.sha256}\``,
      ...Object.entries({ ...settings, seed }).map(([name, of]) => `- ${name}: \`${JSON.stringify(of)}\`\n`),
      "Promised: at most 4.99 % of rows like the 500 that were held out, in expectation (asked for: 5 %).",
      "| `holdout` | 0.5000 | – | – | – |",
      "## Blind spots\n\n- It ",
      "export FOLDER --out model.onnx",
      kind === "autoencoder" ? 'tf.loadLayersModel("file://FOLDER/model.json")' : "as it is no network",
      createHash("sha256").update(manifest).digest("hex"),
    ])
      assert.ok(card.includes(text), `${text} in ${card}`);
    assert.equal(card, await readFile(join(await saved(kind), "README.md"), "utf8"));
    assert.ok(card.split("\n").length < 80, card);
    const [, imported] = /import \{ (.*) \} from "traffic-anomaly"/.exec(card)!;
    for (const name of imported.split(", ")) assert.ok(name in library, name);
  }
});

test("a card shows a stranger's names as they are, and never as Markdown", async () => {
  const model = await models["isolation-forest"];
  const folder = newFolder();
  const name = "<img src=x onerror=alert(1)> `[a](b)` ``\n# \u001b[2J|\ud800";
  const [step, ...steps] = model.preprocessor.steps;
  await saveModel(folder, {
    ...model,
    preprocessor: { ...model.preprocessor, steps: [{ ...step, feature: name }, ...steps] },
    training: {
      seed: 1,
      dataset: { name, sha256: "`", rows: 1 },
      metrics: { [name]: { rocAuc: 1 }, odd: null },
    },
  });
  const card = await readFile(join(folder, "README.md"), "utf8");
  const html = await marked.parse(card.replace(/^<!--.*-->$/m, ""));
  assert.equal(
    html.split("&lt;img src=x onerror=alert(1)&gt; `[a](b)` ``\ufffd# \ufffd[2J|\ufffd").length,
    4,
  );
  assert.doesNotMatch(html, /<img|<a /);
  assert.ok(!card.includes("\u001b"));
  await saveModel(folder, model);
  assert.doesNotMatch(await readFile(join(folder, "README.md"), "utf8"), /<img/);
});

test("a card that was changed, or is the user's own, stays when the model is replaced, and damages nothing", async () => {
  const model = await models["isolation-forest"];
  const folder = await saved();
  const path = join(folder, "README.md");
  const notices: string[] = [];
  const replaced = () =>
    inTransaction({ onNotice: (notice) => notices.push(notice) }, async (transaction) =>
      writeModel(await transaction.stageFolder(folder, modelFolderKind(isolationForest)), {
        ...model,
        training: { ...model.training, seed: 78 },
      }),
    );
  await replaced();
  assert.deepEqual(notices, []);
  const card = await readFile(path, "utf8");
  assert.match(card, /^- seed: `78`$/m);
  for (const own of [`${card}It is mine now.\n`, "# Mine\n", ""]) {
    await writeFile(path, own);
    notices.length = 0;
    await replaced();
    assert.deepEqual(notices, [`${path} was changed by hand and stays: it may tell of an earlier result`]);
    assert.equal(await readFile(path, "utf8"), own);
    assert.equal((await loadModel(folder)).training.seed, 78);
  }
  await rm(path);
  await symlink(join(root, "nowhere"), path);
  await replaced();
  assert.ok((await lstat(path)).isSymbolicLink());
  assert.deepEqual(await readdir(join(folder, "..")), ["model"]);
});

test("a model of another kind is not replaced", async () => {
  const folder = await saved("autoencoder");
  const before = await contents(folder);
  await assert.rejects(saveModel(folder, await models["isolation-forest"]), {
    name: "InputError",
    message:
      /^cannot write to .*model: it is no isolation forest model, but a folder with README\.md, autoencoder\.json, manifest\.json/,
  });
  assert.deepEqual(await contents(folder), before);
});

test("saving that fails leaves the old model as it was, and nothing beside it", async () => {
  const folder = await saved();
  const before = await contents(folder);
  const model = await models["isolation-forest"];
  const failing: Detector = Object.assign(Object.create(model.detector), {
    save: async (unfinished: string) => {
      await writeFile(join(unfinished, "forest.json"), "half");
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    },
  });
  await assert.rejects(saveModel(folder, { ...model, detector: failing }), {
    name: "InputError",
    message: /^cannot write to .*: no space left on the device$/,
  });
  assert.deepEqual(await contents(folder), before);
  assert.deepEqual(await readdir(join(folder, "..")), ["model"]);
});

test("a folder that cannot be written to is named", async () => {
  const file = join(root, "file");
  await writeFile(file, "");
  await assert.rejects(saveModel(join(file, "model"), await models["isolation-forest"]), {
    name: "InputError",
    message: `cannot write to ${join(file, "model")}: a part of the path is a file, not a folder`,
  });
});

test("a model folder may be moved", async () => {
  const folder = await saved("autoencoder");
  const moved = newFolder();
  await cp(folder, moved, { recursive: true });
  await rm(folder, { recursive: true });
  assert.deepEqual(
    await scoreTable(await loadModel(moved), training),
    await scoreTable(await models.autoencoder, training),
  );
});

test("scoring reports progress to the end, and an abort stops it", async () => {
  const model = await models["isolation-forest"];
  const done: number[] = [];
  await scoreTable(model, table, undefined, {
    onProgress: (update) => done.push(update.done / update.total),
  });
  // Blocks of 32,768 rows.
  assert.deepEqual(done, [32_768 / 70_001, 65_536 / 70_001, 1]);
  const controller = new AbortController();
  const stopped = scoreTable(model, table, undefined, {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await assert.rejects(stopped, /^Error: enough$/);
});

test("the table and the rows asked for are not changed", async () => {
  const before = structuredClone(training);
  const rows = Uint32Array.of(4, 2);
  for (const kind of kinds) await scoreTable(await models[kind], training, rows);
  assert.deepEqual(training, before);
  assert.deepEqual(rows, Uint32Array.of(4, 2));
});

test("a model that is replaced again and again meanwhile is read from one writing each time", async () => {
  const folder = await saved();
  const model = await models["isolation-forest"];
  const writing = { done: false };
  const write = async () => {
    for (let seed = 1; seed <= share(40, 2); seed++) {
      const threshold = { ...model.threshold, value: seed };
      await saveModel(folder, { ...model, threshold, training: { ...model.training, seed } });
    }
    writing.done = true;
  };
  const writes = write();
  const seeds = new Set<number>();
  while (!writing.done) {
    const { threshold, training } = await loadModel(folder);
    if (threshold.value !== model.threshold.value) assert.equal(threshold.value, training.seed);
    seeds.add(training.seed);
  }
  await writes;
  assert.ok(seeds.size > 1, `${seeds.size} models were read`);
});

test("what a stranger left to be moved in a model folder moves nothing of others", async () => {
  const journal = (move: object) =>
    JSON.stringify({ formatVersion: 1, first: "", parts: [""], moves: [{ to: "taken", ...move }] });
  const cases: Record<string, (work: string, others: string) => Promise<void>> = {
    "a link to a folder": async (work, others) => {
      await symlink(others, join(work, "new-0"));
      await writeFile(join(work, "journal.json"), journal({ from: "new-0/file" }));
    },
    "a path that leads out": async (work) => {
      await writeFile(join(work, "journal.json"), journal({ from: "../../../others/file" }));
    },
    "a place that leads out": async (work) => {
      await writeFile(join(work, "new-0"), "new");
      await writeFile(join(work, "journal.json"), journal({ from: "new-0", to: "../others/file" }));
    },
    "a first that is elsewhere": async (work) => {
      await writeFile(
        join(work, "journal.json"),
        journal({ from: "x" }).replace('"first":""', '"first":"/"'),
      );
    },
    "a journal that is a named pipe": async (work) => {
      execFileSync("mkfifo", [join(work, "journal.json")]);
    },
    "a lock that is a link": async (work, others) => {
      await symlink(join(others, "made"), join(work, "lock"));
    },
    "a folder of work that is a link": async (work, others) => {
      await rm(work, { recursive: true });
      await symlink(others, work);
    },
    "a lock of all that is a link": async (work, others) => {
      await symlink(join(others, "made"), join(work, "..", "commit.lock"));
    },
  };
  for (const [title, tamper] of Object.entries(cases)) {
    const folder = await saved();
    const others = join(folder, "..", "others");
    const work = join(folder, ".unfinished-traffic-anomaly", "work-abcdef");
    await mkdir(others);
    await writeFile(join(others, "file"), "another's");
    await mkdir(work, { recursive: true });
    await writeFile(join(work, "committed"), "");
    await tamper(work, others);
    await assert.rejects(loadModel(folder), { name: "InputError", message: /: .*move it away$/ }, title);
    assert.deepEqual(await contents(others), { file: Buffer.from("another's").toString("base64") }, title);
  }
});
