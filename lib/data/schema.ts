import type { Measure } from "./table";

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

/** How the columns of one file are laid out; recognised from its first lines. */
export interface Layout {
  readonly gzip: boolean;
  /** Whether line 1 names the columns. */
  readonly header: boolean;
  /** 41: features only; 42: and a label; 43: and NSL-KDD's difficulty, which is not read. */
  readonly columns: 41 | 42 | 43;
}

/** Why a line is no good row, in a few words that name the column; undefined if it is good. */
export function rowProblem(line: string, layout: Layout): string | undefined {
  const fields = splitLine(line);
  if (fields.length !== layout.columns) return `expected ${layout.columns} columns, found ${fields.length}`;
  for (let i = 0; i < kddFeatures.length; i++) {
    const problem = valueProblem(fields[i], kddFeatures[i]);
    if (problem) return `column ${i + 1} (${kddFeatures[i].name}) ${problem}`;
  }
  if (layout.columns >= 42 && labelOf(fields) === "") return "column 42 (label) is missing its label";
  return undefined;
}

/** The fields of a line; quotes around a field are dropped. */
export function splitLine(line: string): string[] {
  return line.split(",").map((field) => field.trim().replace(/^(["'])(.*)\1$/, "$2"));
}

function labelOf(fields: readonly string[]): string {
  return fields[41].replace(/\.$/, "");
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function valueProblem(text: string, { measure, values }: Feature): string | undefined {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  if (text === "") return "is empty";
  if (measure === "nominal") {
    return values && !values.includes(text)
      ? `must be one of ${values.join(", ")}, got '${shown}'`
      : undefined;
  }
  if (/^[+-]?(nan|inf(inity)?)$/i.test(text)) return `must be a finite number, got '${shown}'`;
  if (!decimal.test(text)) return `must be a number, got '${shown}'`;
  const value = measure === "amount" ? Number(text) : Math.fround(Number(text));
  if (!Number.isFinite(value)) return `must be a finite number, got '${shown}'`;
  if (measure === "flag" && value !== 0 && value !== 1) return `must be 0 or 1, got ${shown}`;
  if (value < 0) return `must not be negative, got ${shown}`;
  if (measure === "rate" && value > 1) return `must be in [0, 1], got ${shown}`;
  return undefined;
}
