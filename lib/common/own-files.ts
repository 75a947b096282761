import { join } from "node:path";
import { readJsonFile } from "./json-file";
import { sha256OfPlainFiles } from "./plain-file";
import { writeJson } from "./unwritable";

/**
 * What a folder of results is for, and how to tell which files in it this program wrote: only those are ever replaced or
 * removed.
 */
export interface FolderKind {
  /** What messages call such a folder: `traffic model`. */
  readonly title: string;
  /**
   * Paths of the files in the folder that this program wrote as this kind; undefined if the folder is none of the kind. It
   * may have been made by a stranger.
   */
  ownFiles(folder: string): Promise<ReadonlySet<string> | undefined>;
  /**
   * Whether a file of that path may be written; only for folders that hold what others wrote, too. A folder of any other kind
   * is refused where it holds anything, unless it is of the kind.
   */
  readonly mayWrite?: (path: string) => boolean;
  /** Whether a file of that path is left out where something that this program did not write has its place. */
  readonly givesWay?: (path: string) => boolean;
}

/** In a folder that others may use too: what this program wrote there. */
const listName = ".traffic-anomaly.json";

/** The list: by path, for what and with which content a file was written. */
interface WrittenFiles {
  readonly formatVersion: 1;
  readonly files: Readonly<Record<string, { readonly kind: string; readonly sha256: string }>>;
}

/**
 * A kind of results in folders that others use too, such as `outputs`. A list in the folder says what was written; a file that
 * was changed since is its user's.
 *
 * @param mayWrite whether results of this kind may have a file of that path
 */
export function sharedFolder(title: string, mayWrite: (path: string) => boolean): FolderKind {
  return {
    title,
    mayWrite,
    async ownFiles(folder) {
      const own = new Set([listName]);
      for (const [path, { sha256 }] of await readList(folder))
        if ((await sha256Of(join(folder, path))) === sha256) own.add(path);
      return own;
    },
  };
}

/** Which of the files in a folder were written as results of a kind before. */
export async function filesOfKind(folder: string, kind: FolderKind): Promise<string[]> {
  return [...(await readList(folder))].filter(([, file]) => file.kind === kind.title).map(([path]) => path);
}

/**
 * Writes the list for a folder.
 *
 * @param staged the folder in which the new files are now, and which the list is written to
 * @param paths of the new files
 */
export async function writeList(
  folder: string,
  staged: string,
  kind: FolderKind,
  paths: readonly string[],
): Promise<void> {
  const files = await readList(folder);
  for (const [path, file] of files) if (file.kind === kind.title) files.delete(path);
  for (const path of paths)
    files.set(path, { kind: kind.title, sha256: `${await sha256Of(join(staged, path))}` });
  const list: WrittenFiles = { formatVersion: 1, files: Object.fromEntries([...files].sort()) };
  await writeJson(join(staged, listName), list);
}

async function readList(folder: string): Promise<Map<string, { kind: string; sha256: string }>> {
  try {
    const { formatVersion, files } = (await readJsonFile(join(folder, listName))) as WrittenFiles;
    const written = formatVersion === 1 ? Object.entries(files) : [];
    return new Map(written.filter(([, file]) => typeof file?.sha256 === "string"));
  } catch {
    return new Map(); // none, or damaged: nothing in the folder is ours
  }
}

/** The checksum of a plain file; undefined of anything else. */
async function sha256Of(path: string): Promise<string | undefined> {
  return sha256OfPlainFiles([path], Number.POSITIVE_INFINITY).catch(() => undefined);
}
