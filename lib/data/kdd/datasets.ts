import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../common/errors";
import { contentOf, lookAt, sha256OfFile } from "../content";
import { recogniseLayout } from "./layout";
import { type SourceId, sources } from "./sources";

/** The data sets that are known by their content. */
export type DatasetName = SourceId | "KDDTrain+" | "KDDTest+" | "KDDTest-21";

/** NSL-KDD's files have no official hash; their numbers of rows tell them apart. */
const nslRows: Readonly<Record<number, DatasetName>> = {
  125973: "KDDTrain+",
  22544: "KDDTest+",
  11850: "KDDTest-21",
};

/** What identifies a file's content. */
export interface Fingerprint {
  readonly sha256: string;
  readonly contentSha256: string;
  readonly columns: number;
  readonly rows: number;
}

/** The name of the data set with that content; undefined if it is none of the known. */
export function datasetName({ sha256, contentSha256, columns, rows }: Fingerprint): DatasetName | undefined {
  const known = Object.values(sources).find(
    (source) => source.sha256 === sha256 || source.contentSha256 === contentSha256,
  );
  return known?.id ?? (columns === 43 ? nslRows[rows] : undefined);
}

/** Bytes of the files by whose own checksum a data set is known: that of their content is not needed. */
export const knownSizes: ReadonlySet<number | undefined> = new Set(
  Object.values(sources).map(({ bytes }) => bytes),
);

/** Bytes of a file, and of its content, that are looked at: the known data sets have fewer. */
const mostBytes = 134_217_728;

/** Looks into a file and names its data set; undefined if it is none of the known, or no data file at all. */
export async function recogniseDataset(path: string): Promise<DatasetName | undefined> {
  try {
    const found = await lookAt(path);
    if (!found.isFile() || found.size > mostBytes) return undefined;
    const layout = await recogniseLayout(path);
    if (!layout) return undefined;
    const sha256 = await sha256OfFile(path);
    const byFile = Object.values(sources).find((source) => source.sha256 === sha256);
    if (byFile) return byFile.id;
    const { contentSha256, lines } = await lookInto(path);
    return datasetName({
      sha256,
      contentSha256,
      columns: layout.columns,
      rows: layout.header ? lines - 1 : lines,
    });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The SHA-256 of a file's content, and how many lines of it are not blank. @throws {InputError} if it is too long */
async function lookInto(path: string): Promise<{ contentSha256: string; lines: number }> {
  const hash = createHash("sha256");
  let length = 0;
  let lines = 0;
  let isBlank = true;
  for await (const piece of contentOf(path)) {
    length += piece.length;
    if (length > mostBytes) throw new InputError(`${path} is longer than any known data set`);
    hash.update(piece);
    for (let i = 0; i < piece.length; i++) {
      const byte = piece[i];
      if (byte === 10 || byte === 13) isBlank = true;
      else if (isBlank && byte > 32) {
        isBlank = false;
        lines++;
      }
    }
  }
  return { contentSha256: hash.digest("hex"), lines };
}

/** The files of known data sets in a folder, whatever they are called; empty if there is no such folder. */
export async function findDatasets(folder: string): Promise<Map<DatasetName, string>> {
  const found = new Map<DatasetName, string>();
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => !entry.isDirectory() && !entry.name.startsWith("."));
  for (const { name } of files.sort((a, b) => a.name.localeCompare(b.name))) {
    const dataset = await recogniseDataset(join(folder, name));
    if (dataset && !found.has(dataset)) found.set(dataset, join(folder, name));
  }
  return found;
}
