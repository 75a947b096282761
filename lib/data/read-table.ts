import { requireNumber, requireOptions } from "../common/errors";
import { workOptions } from "../common/progress";
import type { CollectedBlock } from "./columns/cells";
import { type ColumnDescription, type InferredTable, inferredTable } from "./columns/infer-table";
import { joinBlocks } from "./columns/join-blocks";
import { simplified } from "./columns/known-tables";
import { columnChoices, columnsRead, requireColumnOptions } from "./columns/plan-columns";
import type { GroupColumn, RowGroup } from "./kdd/checked-rows";
import { groupTable } from "./kdd/group-table";
import type { Source } from "./source";
import { missingName, missingValues } from "./table";
import { TableReader, type TableReaderOptions } from "./table-reader";

export type ReadTableOptions = TableReaderOptions;

/** A table from a file. */
export interface FileTable extends InferredTable {
  readonly source: Source;
}

/**
 * Reads a table: CSV, TSV or text with semicolons, JSON lines, ARFF or Parquet, plain, gzip or Zstandard; recognised by its
 * content, whatever its name. KDD'99 and NSL-KDD are among them.
 *
 * Types of columns are inferred from the first rows. A missing value is NaN, or the category `(missing)`. Times,
 * identifiers, and names of which there are nearly as many as rows are left out of the features, and a notice says so.
 *
 * @param path `-` is the standard input
 * @throws {InputError} that names file, line and column if anything is wrong with it, or an option that is unknown
 * @example
 * const table = await readTable("data/corrected.gz"); // of another table: readTable("cards.csv", { label: "Class" })
 * table.features.length; // 41
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<FileTable> {
  requireOptions(options, {
    ...columnChoices,
    ...{ features: true, rejectedFile: true, maxRows: true, onNotice: true },
    ...workOptions,
  });
  requireColumnOptions(options);
  if (options.maxRows !== undefined) requireNumber("maxRows", options.maxRows, { min: 1, integer: true });
  const notices: string[] = [];
  const onNotice = (sentence: string) => {
    notices.push(sentence);
    options.onNotice?.(sentence);
  };
  const reader = new TableReader(path, { ...options, onNotice });
  if (await reader.isKdd()) return kddTable(reader, options, notices);
  const blocks: CollectedBlock[] = [];
  for await (const block of reader.collected()) blocks.push(block);
  const { source, plan } = reader;
  const joined = joinBlocks(columnsRead(plan), blocks);
  const table = inferredTable(source.path, source.rows, plan, joined, onNotice);
  return { ...table, source, notices };
}

async function kddTable(
  reader: TableReader,
  { exclude = [] }: ReadTableOptions,
  notices: readonly string[],
): Promise<FileTable> {
  const groups: RowGroup[] = [];
  for await (const group of reader.groups()) groups.push(group);
  const table = await groupTable(groups);
  const left = new Set(exclude.map(simplified));
  const use = (name: string) => (left.has(name) ? "left out: excluded" : "feature: as KDD'99 has it");
  const columns = table.features.map(
    (column, i): ColumnDescription => ({
      name: column.name,
      type: left.has(column.name) ? "excluded" : column.kind,
      use: use(column.name),
      missing: groups.some(({ columns }) => hasGap(columns[i])) ? missingValues(column) : 0,
      example: column.kind === "nominal" ? column.categories[column.codes[0]] : asWritten(column.values[0]),
    }),
  );
  if (table.labels) {
    const { codes, categories } = table.labels;
    columns.push({
      name: "label",
      type: "label",
      use: "the label",
      missing: 0,
      example: categories[codes[0]],
    });
  }
  const features = table.features.filter(({ name }) => !left.has(name));
  return { ...table, features, source: reader.source, columns, notices };
}

/** Whether rows may have no value: few values are different, and looking at each row's would take a quarter of the reading. */
function hasGap({ values }: GroupColumn): boolean {
  return values instanceof Float64Array ? values.includes(Number.NaN) : values.includes(missingName);
}

/** A number as the file has it: of 32 bits, seven digits are certain. */
function asWritten(value: number): string {
  return String(Number(value.toPrecision(7)));
}
