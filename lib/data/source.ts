/** A data file that was read. */
export interface Source {
  /** `-` is the standard input. */
  readonly path: string;
  /** The data set that the content is, or the file's name if it is none of the known. */
  readonly name: string;
  /** SHA-256 of the file as it is stored. */
  readonly sha256: string;
  readonly rows: number;
  /** Whether the rows carry labels. */
  readonly labelled: boolean;
  /** 1-based numbers of the rows of the file that were skipped; empty unless that was asked for. */
  readonly skippedRows: readonly number[];
}

/** 1-based numbers, in the file, of the rows `start` to `end` (exclusive) that were read; skipped rows count. */
export function rowNumbers(
  { skippedRows }: Pick<Source, "skippedRows">,
  start: number,
  end: number,
): Uint32Array {
  const numbers = new Uint32Array(end - start);
  let skipped = 0;
  for (let row = start; row < end; row++) {
    while (skippedRows[skipped] <= row + 1 + skipped) skipped++;
    numbers[row - start] = row + 1 + skipped;
  }
  return numbers;
}

/** What models and results remember of a source. */
export function datasetOf({ name, sha256, rows }: Source): { name: string; sha256: string; rows: number } {
  return { name, sha256, rows };
}
