import { InputError, type OptionNames } from "../../common/errors";
import { shown } from "../../common/shown";
import type { FileColumn } from "../formats/table-form";
import type { CellKind } from "./cells";
import { type ColumnType, columnTypes, type InferredType, inferType } from "./infer-columns";
import { type KnownTable, knownTable, simplified } from "./known-tables";

/** What the columns of a table are for. */
export interface ColumnOptions {
  /** The column that says whether a row is normal. Default: none, but in data sets that are recognised. */
  readonly label?: string;
  /**
   * The label's value, or values, of normal rows; case and blanks around them do not matter. Default: the one of
   * `normal`, `benign`, `0` and `false` that the label has.
   */
  readonly normal?: string | readonly string[];
  /** A column with the kinds of attacks or anomalies, if the label does not have them. */
  readonly group?: string;
  /** Columns that are left out. */
  readonly exclude?: readonly string[];
  /** Types of columns by name. Default: they are inferred from the first rows. */
  readonly types?: Readonly<Record<string, ColumnType>>;
  /** The only columns that are features, and their types: those of a model. Default: all that look like features. */
  readonly features?: readonly { readonly name: string; readonly type: ColumnType }[];
}

/** Options by which whoever calls chooses columns; `features` are a model's. */
export const columnChoices: OptionNames<Omit<ColumnOptions, "features">> = {
  ...{ label: true, normal: true, group: true, exclude: true, types: true },
};

/** Checks what a program says of columns, before anything is read. @throws {InputError} if it is no text where one is needed */
export function requireColumnOptions(options: ColumnOptions): void {
  const { label, normal, group, exclude, types } = options;
  requireNames("label", label === undefined ? [] : [label]);
  requireNames("group", group === undefined ? [] : [group]);
  requireNames("normal", normal === undefined ? [] : [normal].flat());
  if (Array.isArray(normal) && normal.length === 0)
    throw new InputError("normal is an empty list: it names the values that are normal");
  if (exclude !== undefined && !Array.isArray(exclude))
    throw new InputError("exclude must be a list of names of columns");
  requireNames("exclude", exclude ?? []);
  if (types !== undefined && (typeof types !== "object" || types === null))
    throw new InputError("types must be an object: types of columns by name");
}

function requireNames(option: string, names: readonly unknown[]): void {
  for (const name of names)
    if (typeof name !== "string" || name.trim() === "")
      throw new InputError(
        `${option} must be a text that is not empty, got ${shown(JSON.stringify(name) ?? "nothing")}`,
      );
}

/** A column of a file, and what becomes of it. */
export interface PlannedColumn {
  /** Its 0-based place in the file. */
  readonly position: number;
  readonly name: string;
  readonly role: "feature" | "label" | "group" | "left out";
  readonly type: ColumnType;
  /** Whether the caller said the type. */
  readonly isSaid: boolean;
  /** Why it is of this type, or left out. */
  readonly reason: string;
  readonly example: string | undefined;
}

export interface ColumnPlan {
  readonly columns: readonly PlannedColumn[];
  readonly normal?: readonly string[];
  readonly notices: readonly string[];
}

/** How a column is collected from a file; undefined if it is not. */
export function cellKind({ role, type }: PlannedColumn): CellKind | undefined {
  if (role === "left out") return undefined;
  if (role !== "feature" || type === "nominal") return "name";
  return type === "boolean" ? "flag" : "number";
}

/** A column that is read, and as what. */
export interface ColumnRead {
  readonly position: number;
  readonly name: string;
  readonly kind: CellKind;
  /** Whether the caller said its type. */
  readonly isSaid: boolean;
}

/** The columns of a plan that are read, in their order. */
export function columnsRead({ columns }: ColumnPlan): ColumnRead[] {
  return columns.flatMap((column) => {
    const kind = cellKind(column);
    const { position, name, isSaid } = column;
    return kind ? [{ position, name, kind, isSaid }] : [];
  });
}

/**
 * Decides what each column of a file is for: what the caller says, else what is known of the data set, else what the
 * first values look like.
 *
 * @param file its name, for messages
 * @throws {InputError} if a column that the caller names is not there, or columns can't be told apart
 */
export function planColumns(
  file: string,
  columns: readonly FileColumn[],
  options: ColumnOptions,
): ColumnPlan {
  const names = columns.map(({ name }) => name);
  const known = knownTable(names, columns.at(-1)?.sample);
  const place: Place = (name, option) => placeOf(file, names, name, option);
  const out = unreadable(file, columns, known);
  const judged = judgedColumns(names, known, options, place);
  requireLabelFor(file, judged, options);
  const said = saidTypes(columns, options, place);
  const excluded = options.features ? others(columns, said) : excludedColumns(known, judged, options, place);
  const planned = columns.map((column, position): PlannedColumn => {
    const own = said.get(position);
    const { type, reason } = own ? { type: own.type, reason: "as said" } : typeOf(column);
    const name = own?.name ?? column.name;
    const base = { position, name, type, isSaid: own !== undefined, example: column.sample[0] };
    const isJudged = position === judged.label || position === judged.group;
    if (column.problem && isJudged)
      throw new InputError(`${file}: the column ${shown(column.name)} can't be read: ${column.problem}`);
    if (position === judged.label) return { ...base, role: "label", reason: "the label" };
    if (position === judged.group) return { ...base, role: "group", reason: "the kinds of anomalies" };
    const isNoFeature = type === "time" || type === "identifier";
    const whyOut = out.get(position) ?? excluded.get(position) ?? (isNoFeature ? reason : undefined);
    return whyOut === undefined
      ? { ...base, role: "feature", reason }
      : { ...base, role: "left out", reason: whyOut };
  });
  requireFeatures(file, planned);
  const normal = normalOf(known, options);
  return {
    columns: planned,
    ...(normal && { normal }),
    notices: noticesOf(file, planned, known, options, normal),
  };
}

/** Finds the place of a column that an option names, or `the model`. */
type Place = (name: string, option: string) => number;

/** The places of label and group. */
interface Judged {
  readonly label?: number;
  readonly group?: number;
}

function judgedColumns(
  names: readonly string[],
  known: KnownTable | undefined,
  options: ColumnOptions,
  place: Place,
): Judged {
  const labelName = options.label ?? known?.label;
  const groupName = options.group ?? (options.label === undefined ? known?.group : undefined);
  const label = labelName === undefined ? undefined : place(labelName, "label");
  const group = groupName === undefined ? undefined : place(groupName, "group");
  if (label !== undefined && label === group)
    throw new InputError(
      `label and group both name ${shown(names[label])}: a group tells kinds that the label does not`,
    );
  return { label, group };
}

/** What is said of a label needs one. */
function requireLabelFor(file: string, { label }: Judged, { normal, group }: ColumnOptions): void {
  const option = normal !== undefined ? "normal" : group !== undefined ? "group" : undefined;
  if (label === undefined && option !== undefined)
    throw new InputError(`${file}: ${option} is of use only with a label; say which column that is`);
}

/** The types that the caller says, or a model has, and the name by which the model knows a column. */
function saidTypes(
  columns: readonly FileColumn[],
  { features = [], types = {} }: ColumnOptions,
  place: Place,
): Map<number, { readonly type: ColumnType; readonly name?: string }> {
  const said = new Map<number, { readonly type: ColumnType; readonly name?: string }>();
  for (const { name, type } of features) {
    const at = place(name, "the model");
    // A model knows booleans as numbers.
    const isBoolean = type === "numeric" && inferType(name, columns[at].sample).type === "boolean";
    said.set(at, { type: isBoolean ? "boolean" : type, name });
  }
  for (const [name, type] of Object.entries(types)) {
    if (!columnTypes.includes(type))
      throw new InputError(
        `types: the type of ${shown(name)} must be one of ${columnTypes.join(", ")}, got ${shown(String(type))}`,
      );
    const at = place(name, "types");
    said.set(at, { ...said.get(at), type });
  }
  return said;
}

function typeOf({ name, type, sample }: FileColumn): InferredType {
  return type ? { type, reason: `${type}, as the file says` } : inferType(name, sample);
}

/** Columns that a model does not have. */
function others(
  columns: readonly FileColumn[],
  said: ReadonlyMap<number, { readonly name?: string }>,
): Map<number, string> {
  const places = [...columns.keys()].filter((position) => said.get(position)?.name === undefined);
  return new Map(places.map((position) => [position, "no feature of the model"]));
}

/** Columns that the caller excludes, or that are known to be no features unless the caller says their type. */
function excludedColumns(
  known: KnownTable | undefined,
  judged: Judged,
  { exclude = [], types = {} }: ColumnOptions,
  place: Place,
): Map<number, string> {
  const excluded = new Map<number, string>();
  const said = new Set(Object.keys(types).map(simplified));
  for (const name of known?.exclude ?? [])
    if (!said.has(simplified(name)))
      excluded.set(place(name, "exclude"), `the data set's ${name} is no feature`);
  for (const name of exclude) excluded.set(place(name, "exclude"), "excluded");
  if (known?.group !== undefined && judged.group === undefined)
    excluded.set(place(known.group, "group"), "it tells the label");
  if (
    known?.label !== undefined &&
    judged.label !== undefined &&
    judged.label !== place(known.label, "label")
  )
    excluded.set(place(known.label, "label"), "it tells the label");
  return excluded;
}

/** Columns that no one can read as features, and why. */
function unreadable(
  file: string,
  columns: readonly FileColumn[],
  known: KnownTable | undefined,
): Map<number, string> {
  const unnamed = unnamedColumns(file, columns);
  const found = new Map([...repeatedColumns(file, columns, known), ...unnamed]);
  for (const [i, { problem }] of columns.entries()) if (problem) found.set(i, problem);
  return found;
}

function requireFeatures(file: string, columns: readonly PlannedColumn[]): void {
  if (columns.length === 0) throw new InputError(`${file} has no columns`);
  if (columns.some(({ role }) => role === "feature")) return;
  const reasons = columns.map(({ name, reason }) => `${shown(name)} (${reason})`).join(", ");
  throw new InputError(`${file} has no column of features: ${reasons}`);
}

function normalOf(
  known: KnownTable | undefined,
  { label, normal }: ColumnOptions,
): readonly string[] | undefined {
  if (normal !== undefined) return [normal].flat();
  return known && (label === undefined || label === known.label) ? known.normal : undefined;
}

/** The place of a column; case and blanks around its name matter only where they tell columns apart. */
function placeOf(file: string, names: readonly string[], wanted: string, option: string): number {
  const exact = names.indexOf(wanted.trim());
  if (exact >= 0) return exact;
  const close = names.flatMap((name, i) => (simplified(name) === simplified(wanted) ? [i] : []));
  if (close.length === 1) return close[0];
  throw new InputError(
    `${file} has no column ${shown(wanted)}, ${whyWanted(option)}; its columns are ${listed(names)}`,
  );
}

/** As it follows `which`, or stands for it; neither the library's `types` nor the command's option is named. */
function whyWanted(option: string): string {
  if (option === "types") return "whose type is said";
  return option === "the model" ? "which the model was trained on" : `which ${option} names`;
}

function listed(names: readonly string[]): string {
  const first = names.slice(0, 60).map(shown).join(", ");
  return names.length > 60 ? `${first} and ${names.length - 60} more` : first;
}

/** Columns without a name that can be left out: pandas' index, and what a comma at the end of each line makes. */
function unnamedColumns(file: string, columns: readonly FileColumn[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const [i, { name, line, sample }] of columns.entries()) {
    const isIndex = i === 0 && /^(unnamed: 0)?$/i.test(name) && sample.length > 0 && areWhole(sample);
    if (isIndex) found.set(i, "an index of rows, as pandas writes it");
    else if (name === "" && sample.length === 0) found.set(i, "an empty column without a name");
    else if (name === "")
      throw new InputError(
        `${placeIn(file, line)}: column ${i + 1} has no name; its first value is '${shown(sample[0])}'`,
      );
  }
  return found;
}

/** Also the index of rows that were shuffled or joined. */
function areWhole(sample: readonly string[]): boolean {
  return sample.every((text) => /^\d+$/.test(text));
}

/** Second columns of one name: left out where the data set is known for it, else refused. */
function repeatedColumns(
  file: string,
  columns: readonly FileColumn[],
  known: KnownTable | undefined,
): Map<number, string> {
  const found = new Map<number, string>();
  const places = new Map<string, number>();
  for (const [i, { name, line }] of columns.entries()) {
    const first = places.get(name);
    if (name === "" || first === undefined) places.set(name, i);
    else if (known?.repeatsColumns) found.set(i, `the same as column ${first + 1}`);
    else
      throw new InputError(
        `${placeIn(file, line)}: columns ${first + 1} and ${i + 1} are both named ${shown(name)}; rename one of them`,
      );
  }
  if (known?.repeatsColumns)
    for (const [i, { name }] of columns.entries())
      if (/^Fwd Header Length\.1$/i.test(name)) found.set(i, "the same as Fwd Header Length");
  return found;
}

/** The line of a file, where there is one. */
function placeIn(file: string, line: number | undefined): string {
  return line === undefined ? file : `${file}, line ${line}`;
}

function noticesOf(
  file: string,
  columns: readonly PlannedColumn[],
  known: KnownTable | undefined,
  options: ColumnOptions,
  normal: readonly string[] | undefined,
): string[] {
  const notices: string[] = [];
  const label = columns.find(({ role }) => role === "label");
  const group = columns.find(({ role }) => role === "group");
  if (known && options.label === undefined) {
    const normals = normal ? `, normal ${normal.join(" or ")}` : "";
    const kinds = group ? `, kinds of attacks in ${group.name}` : "";
    const labels = label ? `: label ${label.name}${normals}${kinds}` : ", without its label";
    notices.push(`${file} is recognised as ${known.name}${labels}`);
  }
  const out = columns.filter(({ role, reason }) => role === "left out" && reason !== "excluded");
  if (!options.features && out.length > 0)
    notices.push(
      `left out: ${out.map(({ name, reason }) => `${shown(name) || "(no name)"} (${reason})`).join(", ")}`,
    );
  return notices;
}
