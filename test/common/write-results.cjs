// A process that writes a set of results: a model's folder, a folder that others use too, and a file, in three folders; or one
// that only fixes. Parameters: the working folder, and the text to write, or nothing.
const promises = require("node:fs/promises");
const { join } = require("node:path");
const { inTransaction } = require("traffic-anomaly/dist/common/transaction");
const { mend } = require("traffic-anomaly/dist/common/unfinished");
const { sharedFolder } = require("traffic-anomaly/dist/common/own-files");
const { unwritable } = require("traffic-anomaly/dist/common/unwritable");

const { mkdir, readFile } = promises;
const writeFile = (path, content) =>
  promises.writeFile(path, content).catch((error) => {
    throw unwritable(path, error);
  });

const [, , root, text] = process.argv;
const places = {
  model: join(root, "models", "office"),
  outputs: join(root, "outputs"),
  alerts: join(root, "alerts.jsonl"),
};
const modelKind = {
  title: "model",
  ownFiles: async (folder) => {
    const list = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined);
    return list && new Set(JSON.parse(list).files);
  },
};
const outputsKind = sharedFolder("results", (path) =>
  /^(plots\/)?(metrics|roc|rejected-\w+)\.json$/.test(path),
);

async function main() {
  const onNotice = (sentence) => process.stdout.write(`${sentence}\n`);
  if (text === undefined) {
    for (const folder of [root, join(root, "models"), places.outputs]) await mend(folder, onNotice);
    return;
  }
  await inTransaction({ onNotice }, async (transaction) => {
    const model = await transaction.stageFolder(places.model, modelKind);
    const outputs = await transaction.stageFolder(places.outputs, outputsKind);
    await mkdir(join(model, "autoencoder"));
    await mkdir(join(outputs, "plots"));
    const names = ["manifest.json", "autoencoder/weights.bin", `only-${text}.bin`];
    await writeFile(join(model, names[0]), JSON.stringify({ text, files: names }));
    for (const name of names.slice(1)) await writeFile(join(model, name), text);
    for (const name of ["metrics.json", "plots/roc.json", `rejected-${text}.json`])
      await writeFile(join(outputs, name), text);
    await writeFile(await transaction.stageFile(places.alerts), text);
  });
}

main().catch((error) => {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = 2;
});
