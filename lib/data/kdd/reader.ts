import { createHash, type Hash } from "node:crypto";
import { InputError } from "../../common/errors";
import type { WorkOptions } from "../../common/progress";
import {
  beginsAsGzip,
  beginsAsZstd,
  contentOf,
  inputName,
  lookAt,
  peek,
  sourceName,
  wholeLines,
} from "../content";
import { RejectedRows } from "../rejected-rows";
import type { Source } from "../source";
import type { Table } from "../table";
import { CheckedRows, type RowGroup } from "./checked-rows";
import { datasetName } from "./datasets";
import { type KddForm, type KddLabelOptions, kddFormOf } from "./forms";
import { groupTable } from "./group-table";
import { layoutOf, recognisedBytes } from "./layout";
import { kddFeatures } from "./schema";
import { sources } from "./sources";

const knownSizes = new Set(Object.values(sources).map(({ bytes }) => bytes));

export interface ReadKddOptions extends WorkOptions, KddLabelOptions {
  /** Leave bad rows out and write them, with line and reason, to this CSV file. Default: refuse the file. */
  readonly rejectedFile?: string;
  /** A file with more good rows is refused. Default: there is no limit. */
  readonly maxRows?: number;
  /** Where the file can be read, if not by its path: a pipe that was kept. */
  readonly storedPath?: string;
  /** Told in a sentence what was put right. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * A KDD'99 or NSL-KDD file on its way through: in one pass it is hashed, unpacked, recognised, checked row by row, and
 * parsed into typed columns.
 */
export class KddReader {
  #source: Source | undefined;
  #rows: CheckedRows | undefined;
  /** Bytes of the file, 0 for a pipe, and how many of them were read. */
  bytes = 0;
  bytesRead = 0;

  constructor(
    private readonly path: string,
    private readonly options: ReadKddOptions = {},
  ) {}

  /** 1-based numbers of the bad rows met so far. */
  get skippedRows(): readonly number[] {
    return this.#rows?.bad ?? [];
  }

  /** What the file was, when all of it was read. */
  get source(): Source {
    if (!this.#source) throw new RangeError(`${this.path} was not read to its end`);
    return this.#source;
  }

  /**
   * The rows in tables of 65,536 at most; in constant memory, however long the file. Each table has the names that occur in
   * it. Call it once.
   *
   * @throws {InputError} that names file, line and column if anything is wrong with it
   */
  async *blocks(): AsyncGenerator<Table> {
    for await (const group of this.groups()) yield groupTable([group]);
  }

  /** As {@link blocks}, the rows as they were parsed. */
  async *groups(): AsyncGenerator<RowGroup> {
    const { path } = this;
    const { rejectedFile, maxRows, storedPath = path, label, normal } = this.options;
    const { onNotice, onProgress, signal } = this.options;
    if (storedPath !== "-") this.bytes = await sizeOf(storedPath);
    const [name, ownName] = [inputName(path), await sourceName(path)];
    const stage = `reading ${ownName}`;
    const checksums = new Checksums(knownSizes.has(this.bytes));
    const onStored = (bytes: Buffer) => {
      checksums.addStored(bytes);
      this.bytesRead += bytes.length;
      onProgress?.({ stage, done: Math.min(this.bytesRead, this.bytes), total: this.bytes });
    };
    const pieces = contentOf(storedPath, { onStored, signal });
    const rejected = rejectedFile === undefined ? undefined : new RejectedRows(rejectedFile);
    try {
      const { first, all } = await peek(pieces, recognisedBytes + 1);
      const { layout, rewrite, notice }: KddForm = kddFormOf(name, first, { label, normal }) ?? {
        layout: layoutOf(name, first),
      };
      if (notice) onNotice?.(notice);
      const checked = new CheckedRows({ name, layout, rejected, maxRows });
      this.#rows = checked;
      const blocks = wholeLines(checksums.ofContent(all));
      yield* checked.groups(rewrite ? rewrite(blocks) : blocks);
      const rows = checked.rows - checked.bad.length;
      const sums = checksums.digests();
      const known = datasetName({ ...sums, columns: rewrite ? 43 : layout.columns, rows });
      this.#source = {
        path,
        name: known ?? ownName,
        sha256: sums.sha256,
        rows,
        labelled: layout.columns > kddFeatures.length,
        skippedRows: checked.bad,
      };
    } finally {
      await pieces.return(undefined);
      await rejected?.close();
    }
  }
}

/** The bytes of a file, 0 of a pipe. */
async function sizeOf(path: string): Promise<number> {
  const found = await lookAt(path);
  if (found.isDirectory()) throw new InputError(`${path} is a directory, not a data file`);
  return found.size;
}

/** SHA-256 of a file as it is stored, and of what is packed in it, by both of which a data set is known. */
class Checksums {
  readonly #stored = createHash("sha256");
  /** Of the content; a file that is not packed, or by its size one of the known, needs no second hash. */
  #content: Hash | undefined;
  #isStart = true;

  constructor(private readonly isKnownSize: boolean) {}

  /** Takes in the next bytes of the file. */
  addStored(bytes: Buffer): void {
    if (this.#isStart && (beginsAsGzip(bytes) || beginsAsZstd(bytes)) && !this.isKnownSize)
      this.#content = createHash("sha256");
    this.#isStart = false;
    this.#stored.update(bytes);
  }

  /** Passes the content on, and takes it in. */
  async *ofContent(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      this.#content?.update(piece);
      yield piece;
    }
  }

  /** Call it once. */
  digests(): { readonly sha256: string; readonly contentSha256: string } {
    const sha256 = this.#stored.digest("hex");
    return { sha256, contentSha256: this.#content?.digest("hex") ?? sha256 };
  }
}
