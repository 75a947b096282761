import { InputError } from "../common/errors";
import { shown } from "../common/shown";
import { ColumnJoiner } from "./collect-columns";
import { type ColumnType, identifyingNames, identifyingNumbers } from "./infer-columns";
import type { RowGroup } from "./kdd/checked-rows";
import { groupTable } from "./kdd/group-table";
import type { KddReader } from "./kdd/reader";
import { simplified } from "./known-tables";
import { labelColumn, normalValues } from "./label-column";
import { cellKind, type PlannedColumn } from "./plan-columns";
import type { Source } from "./source";
import { type Column, missingName, type NominalColumn, type Table } from "./table";
import { TableReader, type TableReaderOptions } from "./table-reader";

export type ReadTableOptions = Omit<TableReaderOptions, "features">;

/** What a column of a file was taken for, and what became of it. */
export interface ColumnDescription {
  readonly name: string;
  readonly type: ColumnType | "label" | "group" | "excluded";
  /** In words: why it is a feature, or left out. */
  readonly use: string;
  /** Rows without a value; undefined where the column was not read. */
  readonly missing: number | undefined;
  /** Its first value. */
  readonly example: string | undefined;
}

/** A table from a file. */
export interface FileTable extends Table {
  readonly source: Source;
  /** Every column of the file, in its order. */
  readonly columns: readonly ColumnDescription[];
  /** What was recognised, left out or put right, a sentence each. */
  readonly notices: readonly string[];
}

/**
 * Reads a table: CSV, TSV or text with semicolons, JSON lines, ARFF or Parquet, plain or gzip; recognised by its content,
 * whatever its name. KDD'99 and NSL-KDD are among them.
 *
 * Types of columns are inferred from the first rows. A missing value is NaN, or the category `(missing)`. Times,
 * identifiers, and names of which there are nearly as many as rows are left out of the features, and a notice says so.
 *
 * @param path `-` is the standard input
 * @throws {InputError} that names file, line and column if anything is wrong with it
 * @example
 * const table = await readTable("data/corrected.gz"); // of another table: readTable("cards.csv", { label: "Class" })
 * table.features.length; // 41
 */
export async function readTable(path: string, options: ReadTableOptions = {}): Promise<FileTable> {
  const notices: string[] = [];
  const onNotice = (sentence: string) => {
    notices.push(sentence);
    options.onNotice?.(sentence);
  };
  const reader = new TableReader(path, { ...options, onNotice });
  const kdd = await reader.kddReader();
  if (kdd) return kddTable(kdd, options).finally(() => reader.close());
  let joiners: ColumnJoiner[] | undefined;
  for await (const { columns } of reader.collected()) {
    joiners ??= reader.plan.columns.flatMap((column) => {
      const kind = cellKind(column);
      return kind ? [new ColumnJoiner(column.name, kind)] : [];
    });
    for (const [i, cells] of columns.entries()) joiners[i].add(cells);
  }
  return finishTable(reader, joiners ?? [], onNotice, notices);
}

async function kddTable(reader: KddReader, { exclude = [] }: ReadTableOptions): Promise<FileTable> {
  const groups: RowGroup[] = [];
  for await (const group of reader.groups()) groups.push(group);
  const table = await groupTable(groups);
  const left = new Set(exclude.map(simplified));
  const use = (name: string) => (left.has(name) ? "left out: excluded" : "feature: as KDD'99 has it");
  const columns = table.features.map(
    (column): ColumnDescription => ({
      name: column.name,
      type: left.has(column.name) ? "excluded" : column.kind,
      use: use(column.name),
      missing: 0,
      example: column.kind === "nominal" ? column.categories[column.codes[0]] : String(column.values[0]),
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
  return { ...table, features, source: reader.source, columns, notices: [] };
}

function finishTable(
  reader: TableReader,
  joiners: readonly ColumnJoiner[],
  onNotice: (sentence: string) => void,
  notices: readonly string[],
): FileTable {
  const { source, plan } = reader;
  const { rows } = source;
  const features: Column[] = [];
  const found = new Map<PlannedColumn["role"], NominalColumn>();
  const columns: ColumnDescription[] = [];
  const leftOut: string[] = [];
  let next = 0;
  for (const planned of plan.columns) {
    const { name, role, example, reason } = planned;
    if (!cellKind(planned)) {
      columns.push({
        name,
        type: reason === "excluded" ? reason : planned.type,
        use: `left out: ${reason}`,
        missing: undefined,
        example,
      });
      continue;
    }
    const joiner = joiners[next++];
    const tooMany = joiner.isDropped ? "too many different values to tell apart" : undefined;
    if (tooMany && (planned.isSaid || role !== "feature"))
      throw new InputError(`${source.path}: the column ${shown(name)} has ${tooMany}`);
    const column = tooMany ? undefined : joiner.column(rows);
    const identifying =
      tooMany ?? (planned.isSaid || role !== "feature" || !column ? undefined : identifies(column));
    const missing = column && missingIn(column);
    if (identifying !== undefined || !column) {
      columns.push({ name, type: "identifier", use: `left out: ${identifying}`, missing, example });
      leftOut.push(`${shown(name)} (${identifying})`);
    } else if (role === "feature") {
      features.push(column);
      columns.push({ name, type: planned.type, use: `feature: ${reason}`, missing, example });
    } else {
      found.set(role, column as NominalColumn);
      columns.push({ name, type: role as "label" | "group", use: reason, missing, example });
    }
  }
  if (leftOut.length > 0) onNotice(`left out: ${leftOut.join(", ")}`);
  if (features.length === 0)
    throw new InputError(`${source.path} has no column of features: ${leftOut.join(", ")}`);
  const label = found.get("label");
  const labels = label && labelsOf(source.path, label, found.get("group"), plan.normal, onNotice);
  return { rows, features, ...(labels && { labels }), source, columns, notices };
}

function identifies(column: Column): string | undefined {
  return column.kind === "nominal"
    ? identifyingNames(column.categories.length, column.codes.length)
    : identifyingNumbers(column.name, column.values);
}

function missingIn(column: Column): number {
  let count = 0;
  if (column.kind === "numeric") {
    for (const value of column.values) if (Number.isNaN(value)) count++;
  } else {
    const code = column.categories.indexOf(missingName);
    if (code >= 0) for (const other of column.codes) if (other === code) count++;
  }
  return count;
}

function labelsOf(
  file: string,
  label: NominalColumn,
  group: NominalColumn | undefined,
  said: readonly string[] | undefined,
  onNotice: (sentence: string) => void,
): NominalColumn {
  const place = `${file}: the label ${shown(label.name)}`;
  const missing = missingIn(label);
  if (missing > 0)
    throw new InputError(
      `${place} is missing in ${missing.toLocaleString("en-US")} of ${label.codes.length.toLocaleString("en-US")} rows`,
    );
  const normal = normalValues(place, label.categories, said);
  if (label.categories.length === 1)
    onNotice(`${place} has one value only, '${shown(label.categories[0])}'; there is nothing to judge by`);
  return labelColumn(label, normal, group);
}
