import { InputError } from "../../common/errors";
import { formatCount } from "../../common/format";
import { shown } from "../../common/shown";
import type { Column, NominalColumn, Table } from "../table";
import { type ColumnType, identifyingNames, identifyingNumbers } from "./infer-columns";
import type { JoinedColumn } from "./join-blocks";
import { labelColumn, normalValues } from "./label-column";
import { type ColumnPlan, cellKind, type PlannedColumn } from "./plan-columns";

/** What a column was taken for, and what became of it. */
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

/** A table whose columns were told apart by their values. */
export interface InferredTable extends Table {
  /** Every column that there was, in its order. */
  readonly columns: readonly ColumnDescription[];
  /** What was recognised, left out or put right, a sentence each. */
  readonly notices: readonly string[];
}

/**
 * Makes a table of columns that were collected, as planned; leaves those out that turn out to be identifiers.
 *
 * @param place where the rows come from, for messages
 * @throws {InputError} if no column of features is left, or the label tells nothing
 */
export function inferredTable(
  place: string,
  rows: number,
  plan: ColumnPlan,
  joined: readonly JoinedColumn[],
  onNotice: (sentence: string) => void,
): Table & { readonly columns: readonly ColumnDescription[] } {
  const features: Column[] = [];
  const found = new Map<PlannedColumn["role"], NominalColumn>();
  const columns: ColumnDescription[] = [];
  const leftOut: string[] = [];
  let unlabelled = 0;
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
    const { column, missing } = joined[next++];
    const tooMany = column ? undefined : "too many different values to tell apart";
    if (tooMany && (planned.isSaid || role !== "feature"))
      throw new InputError(`${place}: the column ${shown(name)} has ${tooMany}`);
    const identifying =
      tooMany ?? (planned.isSaid || role !== "feature" || !column ? undefined : identifies(column));
    if (identifying !== undefined || !column) {
      columns.push({ name, type: "identifier", use: `left out: ${identifying}`, missing, example });
      leftOut.push(`${shown(name)} (${identifying})`);
    } else if (role === "feature") {
      features.push(column);
      columns.push({ name, type: planned.type, use: `feature: ${reason}`, missing, example });
    } else {
      found.set(role, column as NominalColumn);
      if (role === "label") unlabelled = missing;
      columns.push({ name, type: role as "label" | "group", use: reason, missing, example });
    }
  }
  if (leftOut.length > 0) onNotice(`left out: ${leftOut.join(", ")}`);
  if (features.length === 0)
    throw new InputError(`${place} has no column of features: ${leftOut.join(", ")}`);
  const label = found.get("label");
  if (label && unlabelled > 0)
    throw new InputError(
      `${place}: the label ${shown(label.name)} is missing in ${formatCount(unlabelled)} of ${formatCount(rows)} rows`,
    );
  const labels = label && labelsOf(place, label, found.get("group"), plan.normal, onNotice);
  return { rows, features, ...(labels && { labels }), columns };
}

function identifies(column: Column): string | undefined {
  return column.kind === "nominal"
    ? identifyingNames(column.categories, column.codes.length)
    : identifyingNumbers(column.name, column.values);
}

function labelsOf(
  file: string,
  label: NominalColumn,
  group: NominalColumn | undefined,
  said: readonly string[] | undefined,
  onNotice: (sentence: string) => void,
): NominalColumn {
  const place = `${file}: the label ${shown(label.name)}`;
  const normal = normalValues(place, label.categories, said);
  if (label.categories.length === 1)
    onNotice(`${place} has one value only, '${shown(label.categories[0])}'; there is nothing to judge by`);
  return labelColumn(label, normal, group);
}
