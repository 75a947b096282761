import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { appendFile, cp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  chooseThreshold,
  fitIsolationForest,
  fitPreprocessor,
  InputError,
  loadTrafficModel,
  saveModel,
  transform,
} from "traffic-anomaly";
import { modelNotices, type TrafficModel } from "traffic-anomaly/dist/detect/model/traffic-model";
import {
  trafficModelFolder,
  writeTrafficModel,
} from "traffic-anomaly/dist/detect/model/traffic-model-folder";
import { trainedDetectors } from "traffic-anomaly/dist/models/detectors";
import { contents } from "../../cli/command";
import { temporaryFolder } from "../../fixtures/folder";
import { kddTable } from "../../fixtures/table";
import { trafficLines } from "../../fixtures/traffic";
import { trainOffice } from "../network";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("traffic-model");
const office = trainOffice(folder);

async function refused(path: string, sentence: RegExp): Promise<void> {
  await assert.rejects(loadTrafficModel(path), (error: Error) => {
    assert.ok(error instanceof InputError, error.stack);
    assert.match(error.message, sentence);
    return true;
  });
}

test("a loaded model that is saved again is the same to the byte", async () => {
  const { model } = await office;
  const copy = join(folder, "copy");
  await writeTrafficModel(copy, await loadTrafficModel(model));
  assert.deepEqual(Object.values(contents(copy)), Object.values(contents(model)));
});

test("the card of a traffic model tells of its logs, settings and promise, and of what is its user's stays", async () => {
  const { model, result } = await office;
  const card = readFileSync(join(model, "README.md"), "utf8");
  const { detectors, logs, views } = await loadTrafficModel(model);
  for (const text of [
    ...logs.map(({ name, sha256 }) => `- \`${name}\`, \`${sha256}\`\n`),
    ...Object.entries(detectors).map(
      ([name, { detector }]) => `- ${name}: \`${JSON.stringify(detector.settings)}\`\n`,
    ),
    "Zeek's conn.log: 3,000 connections",
    `of connections like the ${result.heldOut} that were held out, in expectation (asked for: 1 %)`,
    "Measured: nothing, as no attacks with labels were at hand.",
    ...trainedDetectors.map(({ title, blindSpot }) => `- ${title}: ${blindSpot}\n`),
  ])
    assert.ok(card.includes(text), `${text} in ${card}`);
  assert.equal(card.includes("They judge "), Object.keys(views).length > 0);
  const parts = readdirSync(model, { recursive: true, encoding: "utf8" });
  assert.deepEqual(
    parts.filter((path) => path.endsWith("README.md")),
    ["README.md"],
  );
  assert.ok((await trafficModelFolder.ownFiles(model))?.has("README.md"));
  const mine = join(folder, "mine");
  await cp(model, mine, { recursive: true });
  await appendFile(join(mine, "README.md"), "mine");
  assert.ok(!(await trafficModelFolder.ownFiles(mine))?.has("README.md"));
  await loadTrafficModel(mine);
});

test("a model that lacks a view says so", async () => {
  const model = await loadTrafficModel((await office).model);
  const lacking = (views: TrafficModel["views"]) =>
    modelNotices({ ...model, views }).filter((sentence) => sentence.includes("does not judge"));
  const { hosts, pairs } = model.views;
  assert.deepEqual(lacking({ hosts, pairs }), []);
  assert.match(lacking({ hosts })[0], /^the model does not judge pairs, of which training had too few: /);
  assert.match(lacking({})[0], /^the model does not judge hosts and pairs, /);
});

test("one detector alone can be loaded", async () => {
  const { model } = await office;
  const { detectors, name } = await loadTrafficModel(model, { detectors: ["isolation-forest"] });
  assert.deepEqual([Object.keys(detectors), name], [["isolation-forest"], "office"]);
});

test("a model that is missing, damaged, incomplete or of another version is refused with the reason", async () => {
  const { model } = await office;
  const bad = join(folder, "bad");
  const change = async (file: string, edit: (text: string) => string | undefined, sentence: RegExp) => {
    await cp(model, bad, { recursive: true });
    const text = edit(await readFile(join(bad, file), "utf8"));
    if (text === undefined) await rm(join(bad, file));
    else await writeFile(join(bad, file), text);
    await refused(bad, sentence);
    await rm(bad, { recursive: true });
  };
  await refused(bad, /bad does not exist$/);
  await change("traffic.json", () => undefined, /bad is incomplete: traffic\.json is missing$/);
  await change("traffic.json", () => "{", /traffic\.json is damaged: it is not JSON$/);
  await change(
    "traffic.json",
    () => "null",
    /has format version none; this program reads 4: train it again$/,
  );
  await change(
    "traffic.json",
    (text) => text.replace('"formatVersion": 4', '"formatVersion": 2'),
    /has format version 2; this program reads 4: train it again$/,
  );
  await change(
    "traffic.json",
    (text) => text.replace('"land"', '"ship"'),
    /is damaged: usual\.land is missing$/,
  );
  await change("traffic.json", (text) => text.replace('"windows"', '"x"'), /is damaged: windows is missing$/);
  await change("autoencoder/weights.bin", () => "", /autoencoder is damaged: weights\.bin was changed$/);
  await change("isolation-forest/forest.bin", () => undefined, /is incomplete: forest\.bin is missing$/);
  await change(
    "isolation-forest/manifest.json",
    (text) => text.replace('"seed": 1', '"seed": 2'),
    /isolation-forest is damaged: manifest\.json names other settings than its isolation-forest has$/,
  );
  await change(
    "isolation-forest/manifest.json",
    (text) => text.replace('"rows": ', '"rows": 1'),
    /bad is damaged: its isolation-forest is another model's$/,
  );
});

test("a model of KDD'99 records is refused with the reason", async () => {
  const table = kddTable(trafficLines({ rows: 60 }));
  const preprocessor = fitPreprocessor(table);
  const detector = await fitIsolationForest(transform(preprocessor, table));
  await saveModel(join(folder, "kdd"), {
    detector,
    preprocessor,
    threshold: chooseThreshold(Float64Array.of(0.5), 0.1),
    training: { dataset: { name: "x", sha256: "", rows: 60 }, seed: 1, metrics: {} },
  });
  await refused(
    join(folder, "kdd"),
    /kdd was trained on KDD'99 records, whose content features a conn\.log does not have; train one on logs: traffic-anomaly train$/,
  );
});
