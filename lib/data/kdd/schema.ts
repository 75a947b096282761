import { decimalIn } from "../../common/decimal";
import { shown } from "../../common/shown";
import { isMissing } from "../columns/infer-columns";
import { type Measure, missingName } from "../table";
import { categoryOf } from "./attacks";

/** A feature of a connection, in the order of the files. */
export interface Feature {
  readonly name: string;
  readonly measure: Measure | "nominal";
  /** The only values a nominal feature may have; without it any name goes. */
  readonly values?: readonly string[];
}

const feature = (measure: Feature["measure"], names: string): Feature[] =>
  names.split(" ").map((name) => ({ name, measure }));

/** KDD'99's 41 features. The task page lists `flag` after `dst_bytes`; this is the order of the files. */
export const kddFeatures: readonly Feature[] = [
  // Basic features of a connection
  ...feature("amount", "duration"),
  { name: "protocol_type", measure: "nominal", values: ["icmp", "tcp", "udp"] },
  { name: "service", measure: "nominal" },
  {
    name: "flag",
    measure: "nominal",
    values: ["OTH", "REJ", "RSTO", "RSTOS0", "RSTR", "S0", "S1", "S2", "S3", "SF", "SH"],
  },
  ...feature("amount", "src_bytes dst_bytes"),
  ...feature("flag", "land"),
  ...feature("count", "wrong_fragment urgent"),
  // Content features, from the payload; su_attempted is documented as 0/1 but takes the value 2
  ...feature("count", "hot num_failed_logins"),
  ...feature("flag", "logged_in"),
  ...feature("count", "num_compromised"),
  ...feature("flag", "root_shell"),
  ...feature(
    "count",
    "su_attempted num_root num_file_creations num_shells num_access_files num_outbound_cmds",
  ),
  ...feature("flag", "is_host_login is_guest_login"),
  // Window of two seconds
  ...feature("count", "count srv_count"),
  ...feature("rate", "serror_rate srv_serror_rate rerror_rate srv_rerror_rate"),
  ...feature("rate", "same_srv_rate diff_srv_rate srv_diff_host_rate"),
  // Window of connections to the same host
  ...feature("count", "dst_host_count dst_host_srv_count"),
  ...feature("rate", "dst_host_same_srv_rate dst_host_diff_srv_rate dst_host_same_src_port_rate"),
  ...feature("rate", "dst_host_srv_diff_host_rate dst_host_serror_rate dst_host_srv_serror_rate"),
  ...feature("rate", "dst_host_rerror_rate dst_host_srv_rerror_rate"),
];

/** The columns of a file whose rows have labels. */
export const kddColumns: readonly Feature[] = [...kddFeatures, { name: "label", measure: "nominal" }];

/** How the columns of one file are laid out; recognised from its first lines. */
export interface Layout {
  /** Whether line 1 names the columns. */
  readonly header: boolean;
  /** 41: features only; 42: and a label; 43: and NSL-KDD's difficulty, which is not read. */
  readonly columns: 41 | 42 | 43;
  /** 0-based places, in the file, of the columns; undefined where they are as they were published. */
  readonly places?: readonly number[];
  /** Columns of the file that are not read, besides the difficulty. */
  readonly otherColumns?: number;
}

/**
 * What a name (a service, a label) may look like: no quote, comma, end of line or other control character, byte order
 * mark, nor the character that stands for bytes that are not UTF-8.
 */
const name = /^(?:[ !#-+\--~]|[^\p{ASCII}\u2028\u2029\ufeff\ufffd]){1,100}$/u;

/** What a field is: a number or a name, NaN or `(missing)` where a word says that it is missing; or what is wrong with it. */
type Field =
  | { readonly value: number | string; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

/** Reads a field without quotes, by its column. */
export function readField(text: string, column: number): Field {
  const field = trim(text);
  const { measure, values } = kddColumns[column];
  if (column === kddFeatures.length) return readLabel(withoutDot(field));
  if (field === "") return { problem: "is empty" };
  if (isMissing(field)) return { value: measure === "nominal" ? missingName : Number.NaN }; // as Weka or pandas writes it
  if (measure !== "nominal") return readNumber(field, measure);
  if (values ? values.includes(field) : name.test(field)) return { value: field };
  return { problem: `must be ${values ? `one of ${values.join(", ")}` : "a name"}, got '${shown(field)}'` };
}

/** Why a line is not a good row, in a few words that name the column; undefined if it is good. */
export function rowProblem(line: string, layout: Layout): string | undefined {
  const { columns, places, otherColumns = 0 } = layout;
  const fields = rowFields(line, layout);
  if (fields.length !== columns)
    return `expected ${columns + otherColumns} columns, found ${fields.length + otherColumns}`;
  for (const [i, { name }] of kddColumns.slice(0, columns).entries()) {
    const { problem } = readField(fields[i], i);
    if (problem) return `column ${(places?.[i] ?? i) + 1} (${name}) ${problem}`;
  }
  return undefined;
}

/**
 * The fields of a line, without the blanks and quotes around them. Unlike `RowSplitter`'s, a row of KDD'99's is never longer
 * than its line: an open quote, or text after a closed one, stays in its field, which is then found to be bad.
 */
export function splitLine(line: string): string[] {
  const fields: string[] = [];
  let open: string[] = []; // the pieces of a quoted field with commas in it, until its quote is closed
  let quotes = 0;
  for (const piece of line.split(",")) {
    if (open.length > 0 || /^[ \t]*"/.test(piece)) quotes += piece.split('"').length - 1;
    if (quotes % 2 === 1) open.push(piece);
    else {
      fields.push([...open, piece].join(","));
      open = [];
      quotes = 0;
    }
  }
  if (open.length > 0) fields.push(open.join(","));
  return fields.map((field) => {
    const trimmed = trim(field);
    return /^".*"$/s.test(trimmed) ? trim(trimmed.slice(1, -1).replaceAll('""', '"')) : trimmed;
  });
}

/** The fields of a row. A comma after the last column is let pass. */
export function rowFields(line: string, { columns }: Layout): string[] {
  const fields = splitLine(line);
  if (fields.length === columns + 1 && fields[columns] === "") fields.pop();
  return fields;
}

/** Without the blanks around it; `String.trim` knows more of them, and a pattern takes long to find many. */
function trim(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && blanks.includes(text[start])) start++;
  while (end > start && blanks.includes(text[end - 1])) end--;
  return text.slice(start, end);
}

const blanks = " \t\v\f";

function withoutDot(label: string): string {
  return trim(label.replace(/\.$/, ""));
}

/** Known labels are written small; some copies have `Normal`. */
function readLabel(label: string): Field {
  if (isMissing(label)) return { problem: "is missing its label" };
  if (!name.test(label)) return { problem: `must be a name, got '${shown(label)}'` };
  const small = label.toLowerCase();
  return { value: categoryOf(small) === "other" ? label : small };
}

/** Besides plain decimals, as DuckDB and JavaScript write numbers: +1, and 1_000. */
const digits = "\\d+(?:_\\d+)*";
const decimal = new RegExp(`^[+-]?(${digits}(\\.(${digits})?)?|\\.${digits})(e[+-]?${digits})?$`, "i");

/** Amounts have 64 bits, other numbers 32. */
function readNumber(text: string, measure: Measure): Field {
  let number = decimalIn(text, 0, text.length);
  if (Number.isNaN(number) && decimal.test(text)) number = Number(text.replaceAll("_", ""));
  const value = (measure === "amount" ? number : Math.fround(number)) + 0; // not −0
  if (!Number.isFinite(value)) {
    const isNumber = !Number.isNaN(value) || /^[+-]?(nan|inf(inity)?)$/i.test(text);
    return { problem: `must be a ${isNumber ? "finite number" : "number"}, got '${shown(text)}'` };
  }
  const problem = rangeProblem(value, measure);
  return problem ? { problem: `${problem}, got ${shown(text)}` } : { value };
}

function rangeProblem(value: number, measure: Measure): string | undefined {
  if (measure === "flag" && value !== 0 && value !== 1) return "must be 0 or 1";
  if (value < 0) return "must not be negative";
  return measure === "rate" && value > 1 ? "must be in [0, 1]" : undefined;
}
