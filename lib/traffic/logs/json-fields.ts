// Values of JSON records, checked. Writers differ in their types: a number may be a text, nothing may be null or "-".
import { decimalIn } from "../../common/decimal";
import {
  FieldProblem,
  givenCount,
  isoSeconds,
  LineProblem,
  mustBe,
  type Requirement,
  secondsOf,
  type Texts,
  time,
} from "./values";

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws {LineProblem} if a line is no JSON object */
export function parseJsonObject(line: string): JsonObject {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // the sentence below says it
  }
  throw new LineProblem("it is not a JSON object");
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a dotted path, whether objects are nested there or names have dots; undefined if there is none. */
export function valueAt(record: JsonObject, path: string): unknown {
  if (record[path] !== undefined) return record[path];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const inner = record[path.slice(0, dot)];
    const value = isObject(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
    if (value !== undefined) return value;
  }
  return undefined;
}

function isUnset(value: unknown): value is null | undefined | "" | "-" {
  return value === undefined || value === null || value === "-" || value === "";
}

export function textOf(field: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw wrongType(field, "a text", value);
}

/** NaN where there is no number. */
function numberIn(value: unknown): number {
  const number = typeof value === "string" ? decimalIn(value, 0, value.length) : value;
  return typeof number === "number" ? number : Number.NaN;
}

export function numberOf(field: string, value: unknown, requirement: Requirement): number {
  const number = numberIn(value);
  const problem = requirement(number);
  if (problem) throw wrongType(field, problem, value);
  return number + 0; // + 0: without the sign of -0
}

/** 0 where there is no value. */
export function amountOf(field: string, value: unknown, requirement: Requirement): number {
  return isUnset(value) ? 0 : numberOf(field, value, requirement);
}

/** A count, if there is one. */
export function countOf(value: unknown): number | undefined {
  return givenCount(numberIn(value));
}

/** Packets of both sides, if they are counted. */
export function packetsOf(source: unknown, destination: unknown) {
  const [sourcePackets, destinationPackets] = [countOf(source), countOf(destination)];
  return {
    ...(sourcePackets !== undefined && { sourcePackets }),
    ...(destinationPackets !== undefined && { destinationPackets }),
  };
}

/** Seconds since 1970 of a time as a number of seconds or milliseconds, or as in ISO 8601. */
export function secondsIn(field: string, value: unknown): number {
  const number = numberIn(value);
  const seconds = Number.isNaN(number) ? isoSeconds(String(value)) : secondsOf(number);
  const problem = time(seconds);
  if (problem) throw wrongType(field, problem, value);
  return seconds;
}

/** How a connection ended, if the log says so. */
export function stateOf(field: string, value: unknown, texts: Texts): string | undefined {
  return isUnset(value) ? undefined : texts.name(field, textOf(field, value));
}

/** A service or label: one name, or a list of them, which becomes one with commas as TSV logs have it. */
export function nameOf(field: string, value: unknown, texts: Texts): string | undefined {
  if (value === undefined || value === null) return undefined;
  const names = Array.isArray(value)
    ? value.map((item) => textOf(field, item)).join(",")
    : textOf(field, value);
  return names === "" ? undefined : texts.name(field, names);
}

function wrongType(field: string, requirement: string, value: unknown): FieldProblem {
  return value == null ? new FieldProblem(field, "is missing") : mustBe(field, requirement, inWords(value));
}

/** A value of any type, for a message; not written out if it may be large. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : String(value);
}
