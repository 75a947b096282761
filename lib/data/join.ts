import type { Column, NominalColumn, NumericColumn, Table } from "./table";

/**
 * The rows of several tables of the same columns in one table, in this order. Dictionaries may differ; the joined one
 * holds the names of all. Numbers have 32 bits only if they have in all tables.
 *
 * @throws {RangeError} if there are no tables or their columns differ
 */
export function joinTables(tables: readonly Table[]): Table {
  if (tables.length === 0) throw new RangeError("there are no tables to join");
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  const features = tables[0].features.map((first, i) => {
    const parts = tables.map((table) => table.features[i]);
    if (parts.some((part) => part?.name !== first.name || part.kind !== first.kind))
      throw new RangeError(`the tables to join differ in the column ${first.name}`);
    return joinColumns(parts, rows);
  });
  const labels = tables.map((table) => table.labels).filter((column) => column !== undefined);
  if (labels.length > 0 && labels.length < tables.length)
    throw new RangeError("some of the tables to join have labels, others have none");
  return { rows, features, ...(labels.length > 0 && { labels: joinNominal(labels, rows) }) };
}

function joinColumns(parts: readonly Column[], rows: number): Column {
  const [first] = parts;
  if (first.kind === "nominal") return joinNominal(parts as readonly NominalColumn[], rows);
  const numeric = parts as readonly NumericColumn[];
  const isExact = numeric.every((part) => part.values instanceof Float32Array);
  const values = isExact ? new Float32Array(rows) : new Float64Array(rows);
  let at = 0;
  for (const part of numeric) {
    values.set(part.values, at);
    at += part.values.length;
  }
  return { ...first, values };
}

function joinNominal(parts: readonly NominalColumn[], rows: number): NominalColumn {
  const categories = [...new Set(parts.flatMap((part) => part.categories))].sort();
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = categories.length <= 256 ? new Uint8Array(rows) : new Uint16Array(rows);
  let at = 0;
  for (const part of parts) {
    const code = part.categories.map((category) => codeOf.get(category) as number);
    for (const own of part.codes) codes[at++] = code[own];
  }
  return { ...parts[0], codes, categories };
}
