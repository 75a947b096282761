import type { TextRow } from "./delimited";
import type { ColumnType } from "./infer-columns";
import type { ScannedColumn } from "./scan";

/** By so many bytes of its content a table is recognised. */
export const sampleBytes = 262_144;

/** Rows by which the types of columns are told. */
export const sampleRows = 1_000;

/** A column of a file, at its place. */
export interface FileColumn {
  /** As the file has it, without blanks around it; empty if it has none. */
  readonly name: string;
  /** Some of its values without missing ones, in their order. */
  readonly sample: readonly string[];
  /** What the file itself says of it. */
  readonly type?: ColumnType;
  /** Why it can't be read. */
  readonly problem?: string;
}

export type Compression = "none" | "gzip" | "zstd";

/** How the rows of a file are laid out, and who can read them. */
export interface TableForm {
  readonly columns: readonly FileColumn[];
  readonly notices: readonly string[];
  /** Whether 3,14 is a number. */
  readonly decimalComma?: boolean;
  /** The header's fields, as they come again where files were joined. */
  readonly header?: readonly string[];
  /**
   * The query by which DuckDB reads some columns; without it, it would not take the file as we do. It ends with `FROM …`.
   * To look for those words alone that stand for missing values in the first rows takes DuckDB less time.
   */
  readonly query?: (
    path: string,
    compression: Compression,
    columns: readonly ScannedColumn[],
    missing: "any word" | "words seen",
  ) => string;
  /** Our own, slower reader, which tells lines; there is none for binary files. */
  readonly rows?: (name: string, pieces: AsyncIterable<Buffer>) => AsyncGenerator<TextRow[]>;
}
