/// <reference lib="es2024.arraybuffer" />
import { breathe } from "../../common/progress";
import type { Column, Table } from "../table";
import type { GroupColumn, RowGroup } from "./checked-rows";
import { blockRows } from "./row-parser";
import { kddColumns, kddFeatures } from "./schema";

/** The rows of groups, one group after the other, in one table. The groups' columns are given up on the way. */
export async function groupTable(groups: readonly RowGroup[]): Promise<Table> {
  const rows = groups.reduce((sum, group) => sum + group.rows, 0);
  const columns: Column[] = [];
  for (const i of groups[0].columns.keys()) {
    columns.push(columnOf(groups, i, rows));
    // Of a long file, codes and columns together would take much memory; the garbage collector would let it wait.
    for (const { columns } of groups) (columns[i].codes?.buffer as ArrayBuffer | undefined)?.resize(0);
    await breathe(); // so that signals have their turn
  }
  const features = columns.slice(0, kddFeatures.length);
  const labels = columns.at(kddFeatures.length);
  return { rows, features, ...(labels?.kind === "nominal" && { labels }) };
}

function columnOf(groups: readonly RowGroup[], i: number, rows: number): Column {
  const { name, measure } = kddColumns[i];
  if (measure !== "nominal") {
    const values = measure === "amount" ? new Float64Array(rows) : new Float32Array(rows);
    decode(values, groups, i, (column) => column.values as Float64Array);
    return { kind: "numeric", name, measure, values };
  }
  const namesOf = (column: GroupColumn) => column.values as readonly string[];
  const categories = [...new Set(groups.flatMap(({ columns }) => namesOf(columns[i])))].sort();
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = categories.length <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
  decode(codes, groups, i, (column) =>
    Float64Array.from(namesOf(column), (name) => codeOf.get(name) as number),
  );
  return { kind: "nominal", name, codes, categories };
}

type Numbers = Uint8Array | Uint16Array | Float32Array | Float64Array;

/** Writes the values of a column, group after group. */
function decode(
  target: Numbers,
  groups: readonly RowGroup[],
  i: number,
  valuesOf: (column: GroupColumn) => Float64Array,
): void {
  let at = 0;
  for (const { rows, columns } of groups) {
    const { codes } = columns[i];
    const values = valuesOf(columns[i]);
    // A new array holds zeros. Where there is nothing else its memory is never touched: the first touch is what takes long.
    if (codes) decodeRows(target, at, values, codes);
    else if (values[0] !== 0) target.fill(values[0], at, at + rows);
    at += rows;
  }
}

/** Where codes are copied to be read: from memory that can change its size, that takes three times as long. */
const [bytes, words] = [new Uint8Array(blockRows), new Uint16Array(blockRows)];

function decodeRows(
  target: Numbers,
  at: number,
  values: Float64Array,
  stored: Uint8Array | Uint16Array,
): void {
  const codes = stored.BYTES_PER_ELEMENT === 1 ? bytes : words;
  codes.set(stored);
  const rows = stored.length;
  const zero = values.indexOf(0);
  for (let i = 0; i < rows; i++) if (codes[i] !== zero) target[at + i] = values[codes[i]];
}
