import { isIP } from "node:net";
import { shown } from "../../common/shown";

/** What is wrong with a line of a log, in words that follow the name of the file and the number of the line. */
export class LineProblem extends Error {}

/** What is read, or something else where a line is not good. */
export function goodOr<T, Else>(otherwise: Else, read: () => T): T | Else {
  try {
    return read();
  } catch (error) {
    if (error instanceof LineProblem) return otherwise;
    throw error;
  }
}

/** What is wrong with the value of a field; where the field stands in the line is added by who knows. */
export class FieldProblem extends Error {
  constructor(
    readonly field: string,
    problem: string,
  ) {
    super(problem);
  }
}

export function mustBe(field: string, requirement: string, value: string): FieldProblem {
  return new FieldProblem(field, `must be ${requirement}, got '${shown(value)}'`);
}

/** What a number must be; undefined if it is that. */
export type Requirement = (value: number) => string | undefined;

/** Seconds since 1970 of the years that ISO 8601 has four digits for, without the year 0, which calendars lack. */
const [earliest, latest] = ["0001-01-01", "9999-12-31T23:59:59.999Z"].map((text) => Date.parse(text) / 1000);

export const time: Requirement = (value) => {
  if (!Number.isFinite(value)) return "a time, as seconds or as in ISO 8601";
  return value >= earliest && value <= latest ? undefined : "a time of the years 1 to 9999";
};

/** Milliseconds, which Zeek writes if it is told to, are told by their size: as seconds, 10¹¹ is the year 5138. */
export function secondsOf(number: number): number {
  return Math.abs(number) >= 1e11 ? number / 1000 : number;
}

export const port: Requirement = (value) =>
  Number.isInteger(value) && value >= 0 && value <= 65_535 ? undefined : "an integer in [0, 65535]";

/** A duration or a number of bytes. */
export const amount: Requirement = (value) =>
  value >= 0 && value < Number.POSITIVE_INFINITY ? undefined : "a finite number of at least 0";

/** A count that a log gives; undefined for anything else, which is no reason to refuse a connection. */
export function givenCount(value: number): number | undefined {
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** Characters of a text that is kept; good ones are shorter, and many of a bad log's lines would take all memory. */
const longestText = 256;

/** Values of a field whose results are kept. */
const mostKnown = 65_536;

/**
 * Values that recur in a log, such as the addresses of hosts: each is looked at once and its result kept, up to a
 * number of them. So no result keeps alive the long text that it was cut from.
 */
export class Recurring<Result> {
  readonly #known = new Map<string, Result>();

  constructor(private readonly read: (text: string) => Result) {}

  of(text: string): Result {
    if (text.length > longestText) return this.read(text);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const own = ownText(text);
    const result = this.read(own);
    if (this.#known.size === mostKnown) this.#known.clear();
    this.#known.set(own, result);
    return result;
  }
}

/** A copy of a text: V8 makes a slice of a string a reference to it, which would keep all of it in memory. */
export function ownText(text: string): string {
  return ` ${text}`.slice(1);
}

/** The texts of one log: each is kept once, and empty where it is not what it should be. */
export class Texts {
  readonly #hosts = new Recurring((text) => (isIP(text) > 0 ? text : ""));
  readonly #names = new Recurring(goodName);

  /** The address of a host, of version 4 or 6. */
  host(field: string, text: string): string {
    const host = this.#hosts.of(text);
    if (host === "") throw mustBe(field, "an IP address", text);
    return host;
  }

  /** A name of one to a hundred characters without control characters, as of a protocol or a label. */
  name(field: string, text: string): string {
    const name = this.#names.of(text);
    if (name === "") throw mustBe(field, "a name", text);
    return name;
  }
}

/** A text if it is a name, else nothing. */
export function goodName(text: string): string {
  return namePattern.test(text) ? text : "";
}

const namePattern = /^[^\p{Cc}\u2028\u2029\ufeff\ufffd]{1,100}$/u;

/** A connection's identifier: one to a hundred visible ASCII characters. */
export function uidOf(field: string, text: string): string {
  let good = text.length > 0 && text.length <= 100;
  for (let i = 0; good && i < text.length; i++) {
    const code = text.charCodeAt(i);
    good = code > 32 && code < 127;
  }
  if (!good) throw mustBe(field, "an identifier", text);
  return text;
}

/** A Community ID that a log gives; undefined for anything else, which is no reason to refuse a connection. */
export function givenCommunityId(value: unknown): string | undefined {
  return typeof value === "string" && /^1:[\w+/]{27}=$/.test(value) ? ownText(value) : undefined;
}

/**
 * Seconds since 1970 of a time such as `2019-12-03T22:44:56.052279Z`, to the microsecond (`Date.parse` stops at
 * milliseconds); NaN if it is none. Without a zone it is UTC.
 */
export function isoSeconds(text: string): number {
  const parts = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:?\d\d)?$/.exec(text);
  if (!parts) return Number.NaN;
  const [, second, fraction = "", zone = "Z"] = parts;
  const seconds = Date.parse(`${second}${zone}`) / 1000;
  return seconds < 0 ? seconds + Number(`0${fraction}`) : Number(`${seconds}${fraction}`);
}
