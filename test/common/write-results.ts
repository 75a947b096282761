// A command that writes a set of results: a model's folder, a folder that others use too, and a file, in three folders.
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { sharedFolder } from "traffic-anomaly/dist/common/own-files";
import { inTransaction } from "traffic-anomaly/dist/common/transaction";
import { mend } from "traffic-anomaly/dist/common/unfinished";
import { writeWhole } from "traffic-anomaly/dist/common/unwritable";

const modelKind = {
  title: "model",
  ownFiles: async (folder: string) => {
    const list = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined);
    return list === undefined ? undefined : new Set<string>(JSON.parse(list).files);
  },
};
const outputsKind = sharedFolder("results", (path) =>
  /^(plots\/)?(metrics|roc|rejected-\w+)\.json$/.test(path),
);

/** Writes results that consist of a text. */
export async function writeResults(root: string, text: string): Promise<void> {
  await inTransaction({}, async (transaction) => {
    const model = await transaction.stageFolder(join(root, "models", "office"), modelKind);
    const outputs = await transaction.stageFolder(join(root, "outputs"), outputsKind);
    await mkdir(join(model, "autoencoder"));
    await mkdir(join(outputs, "plots"));
    const names = ["manifest.json", "autoencoder/weights.bin", `only-${text}.bin`];
    await writeWhole(join(model, names[0]), JSON.stringify({ text, files: names }));
    for (const name of names.slice(1)) await writeWhole(join(model, name), text);
    for (const name of ["metrics.json", "plots/roc.json", `rejected-${text}.json`])
      await writeWhole(join(outputs, name), text);
    await writeWhole(await transaction.stageFile(join(root, "alerts.jsonl")), text);
  });
}

/** What the next command does first: fixes what one before it left. @returns what it says of that */
export async function mendResults(root: string): Promise<string[]> {
  const notices: string[] = [];
  for (const folder of [root, join(root, "models"), join(root, "outputs")])
    await mend(folder, (sentence) => notices.push(sentence));
  return notices;
}

// As a process of its own, which can be killed.
if (require.main === module) void writeResults(process.argv[2], process.argv[3]);
