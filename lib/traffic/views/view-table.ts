import type { NumericColumn, Table } from "../../data/table";
import { type ViewName, viewKinds } from "./view";
import type { ViewRow } from "./view-row";

/** The rows of a view as a table, with the columns of the view's features; NaN where a row lacks one. */
export function viewTable(name: ViewName, rows: readonly Pick<ViewRow, "values">[]): Table {
  const { features } = viewKinds[name];
  const columns = features.map(() => new Float64Array(rows.length));
  for (const [row, { values }] of rows.entries())
    for (const [i, column] of columns.entries()) column[row] = values[i];
  return {
    rows: rows.length,
    features: features.map(
      ({ name, measure }, i) => ({ kind: "numeric", name, measure, values: columns[i] }) as NumericColumn,
    ),
  };
}
