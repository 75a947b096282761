import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../common/errors";
import { checked, readJsonFile } from "../../common/json-file";
import { fillFromPlainFile } from "../../common/plain-file";
import { sharedBytes } from "../../common/shared";
import { requireSoundTrees } from "./require-sound-trees";
import type { IsolationForestOptions } from "./settings";
import { mostNodes, type Nodes } from "./tree";

type ForestSettings = Readonly<Required<IsolationForestOptions>>;

/** Writes a forest into an existing folder: its settings as JSON, its nodes as they lie in memory. */
export async function writeForest(folder: string, settings: ForestSettings, nodes: Nodes): Promise<void> {
  const { roots, left, split, pathLength, column } = nodes;
  const description = { settings, nodes: column.length };
  const bytes = [pathLength, roots, left, split, column].map((array) =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength),
  );
  await writeFile(join(folder, "forest.json"), `${JSON.stringify(description, null, 2)}\n`);
  await writeFile(join(folder, "forest.bin"), Buffer.concat(bytes));
}

/** Reads what {@link writeForest} wrote. @throws {InputError} if it is damaged, or not of this many columns */
export async function readForest(
  folder: string,
  columns: number,
): Promise<{ readonly settings: ForestSettings; readonly nodes: Nodes }> {
  const { forestSchema } = require("./schema") as typeof import("./schema");
  const path = join(folder, "forest.json");
  const { settings, nodes: count } = checked(forestSchema, await readJsonFile(path), path);
  if (count > mostNodes)
    throw new InputError(`${path} is too large: it has ${count} nodes, at most ${mostNodes} are read`);
  const nodes = await readNodes(join(folder, "forest.bin"), settings.trees, count);
  requireSoundTrees(nodes, settings.sampleSize, columns, join(folder, "forest.bin"));
  return { settings, nodes };
}

/** Reads the nodes as {@link writeForest} wrote them, into memory that worker threads can share. */
async function readNodes(path: string, trees: number, count: number): Promise<Nodes> {
  const { buffer } = await fillFromPlainFile(
    path,
    count * 18 + trees * 4,
    `${count} nodes in ${trees} trees`,
    (size) => new Uint8Array(sharedBytes(size)),
  );
  const rootsAt = count * 8;
  const leftAt = rootsAt + trees * 4;
  const splitAt = leftAt + count * 4;
  return {
    pathLength: new Float64Array(buffer, 0, count),
    roots: new Int32Array(buffer, rootsAt, trees),
    left: new Int32Array(buffer, leftAt, count),
    split: new Float32Array(buffer, splitAt, count),
    column: new Int16Array(buffer, splitAt + count * 4, count),
  };
}
