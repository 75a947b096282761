import type { Connection } from "../connection";
import {
  amount,
  FieldProblem,
  isoSeconds,
  LineProblem,
  mustBe,
  port,
  type Requirement,
  secondsOf,
  type Texts,
  time,
  uidOf,
} from "./values";

type Fields = Readonly<Record<string, unknown>>;

/** A line of a JSON log. */
export interface JsonRecord {
  /** Which log it is of, if it says so: `conn`, `dns`, … */
  readonly log?: string;
  readonly fields: Fields;
}

/**
 * Parses a line of a JSON log. Zeek's Kafka plugin wraps a record as `{"conn": {…}}`; other writers add
 * `"_path": "conn"`.
 *
 * @throws {LineProblem} if it is no JSON object
 */
export function parseJsonRecord(line: string): JsonRecord {
  let fields: Fields;
  try {
    fields = JSON.parse(line);
  } catch {
    throw new LineProblem("it is not a JSON object");
  }
  if (typeof fields._path === "string") return { log: fields._path, fields };
  if (fields.ts !== undefined) return { fields };
  const [log, ...others] = Object.keys(fields);
  const wrapped = fields[log];
  const isWrap = others.length === 0 && typeof wrapped === "object" && wrapped !== null;
  return isWrap ? { log, fields: wrapped as Fields } : { fields };
}

/** The connection that a record of a connection log holds. @throws {LineProblem} if a field is missing or bad */
export function jsonConnection(fields: Fields, texts: Texts): Connection {
  try {
    const application = name(fields, "service", texts);
    const label = name(fields, "label", texts);
    const detailedLabel = name(fields, "detailedlabel", texts);
    return {
      uid: uidOf("uid", text("uid", fields.uid)),
      start: seconds(fields.ts),
      duration: fields.duration == null ? 0 : number("duration", fields.duration, amount),
      protocol: texts.name("proto", text("proto", fields.proto)),
      sourceHost: texts.host("id.orig_h", text("id.orig_h", fields["id.orig_h"] ?? fields.id_orig_h)),
      sourcePort: number("id.orig_p", fields["id.orig_p"] ?? fields.id_orig_p, port),
      destinationHost: texts.host("id.resp_h", text("id.resp_h", fields["id.resp_h"] ?? fields.id_resp_h)),
      destinationPort: number("id.resp_p", fields["id.resp_p"] ?? fields.id_resp_p, port),
      state: texts.name("conn_state", text("conn_state", fields.conn_state)),
      sourceBytes: fields.orig_bytes == null ? 0 : number("orig_bytes", fields.orig_bytes, amount),
      destinationBytes: fields.resp_bytes == null ? 0 : number("resp_bytes", fields.resp_bytes, amount),
      ...(application !== undefined && { application }),
      ...(label !== undefined && { label }),
      ...(detailedLabel !== undefined && { detailedLabel }),
    };
  } catch (error) {
    if (error instanceof FieldProblem) throw new LineProblem(`${error.field} ${error.message}`);
    throw error;
  }
}

function wrongType(field: string, requirement: string, value: unknown): FieldProblem {
  return value == null ? new FieldProblem(field, "is missing") : mustBe(field, requirement, inWords(value));
}

function text(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw wrongType(field, "a text", value);
}

function number(field: string, value: unknown, requirement: Requirement): number {
  const problem = typeof value === "number" ? requirement(value) : requirement(Number.NaN);
  if (problem) throw wrongType(field, problem, value);
  return (value as number) + 0; // + 0: without the sign of -0
}

function seconds(value: unknown): number {
  if (typeof value === "number") return number("ts", secondsOf(value), time);
  const iso = typeof value === "string" ? isoSeconds(value) : Number.NaN;
  const problem = time(iso);
  if (problem) throw wrongType("ts", problem, value);
  return iso;
}

/** A service or label: one name, or a list of them, which becomes one with commas as TSV logs have it. */
function name(fields: Fields, field: string, texts: Texts): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  const names = Array.isArray(value) ? value.map((item) => text(field, item)).join(",") : text(field, value);
  return names === "" ? undefined : texts.name(field, names);
}

/** A value of any type, for a message; not written out if it may be large. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : String(value);
}
