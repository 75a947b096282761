import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../common/errors";
import { sha256OfContent, sha256OfFile } from "./checksum";
import { contentOf, wholeLines } from "./content";
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

/** Looks into a file and names its data set; undefined if it is none of the known, or no data file at all. */
export async function recogniseDataset(path: string): Promise<DatasetName | undefined> {
  try {
    const layout = await recogniseLayout(path);
    const sha256 = await sha256OfFile(path);
    const byFile = Object.values(sources).find((source) => source.sha256 === sha256);
    if (byFile) return byFile.id;
    let rows = layout.header ? -1 : 0;
    if (layout.columns === 43)
      for await (const text of wholeLines(contentOf(path, layout.gzip)))
        for (const line of text.toString("latin1").split(/[\r\n]+/)) rows += line.trim() ? 1 : 0;
    return datasetName({ sha256, contentSha256: await sha256OfContent(path), columns: layout.columns, rows });
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
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
