import type { CollectedBlock } from "../columns/cells";
import type { ColumnType } from "../columns/infer-columns";
import type { RowCollector } from "../columns/row-collector";

/** By so many bytes of its content a table is recognised. */
export const sampleBytes = 262_144;

/** Rows by which the types of columns are told. */
export const sampleRows = 1_000;

/** A column of a file, at its place. */
export interface FileColumn {
  /** As the file has it, without blanks around it; empty if it has none. */
  readonly name: string;
  /** The 1-based line of the file in which the name stands, where it stands in one. */
  readonly line?: number;
  /** Some of its values without missing ones, in their order. */
  readonly sample: readonly string[];
  /** What the file itself says of it. */
  readonly type?: ColumnType;
  /** Why it can't be read. */
  readonly problem?: string;
}

/** What the rows of a file are read from, and where they go. */
export interface Reading {
  /** What the file holds, unpacked. */
  readonly pieces: AsyncIterable<Buffer>;
  readonly collector: RowCollector;
  readonly signal?: AbortSignal;
}

/** How the rows of a file are laid out, and how they are read. */
export interface TableForm {
  readonly columns: readonly FileColumn[];
  /** Whether 3,14 is a number. */
  readonly decimalComma?: boolean;
  /** The header's fields, as they come again where files were joined. */
  readonly header?: readonly string[];
  /** The rows in blocks of columns, in constant memory. @throws {InputError} that names the place of what is bad */
  readonly blocks: (reading: Reading) => AsyncGenerator<CollectedBlock>;
}
