import { decimalIn } from "../../common/decimal";
import { formatCount } from "../../common/format";
import { missingName } from "../table";

/** What a column holds. Numbers, names and booleans are features; times and identifiers are not. */
export type ColumnType = "numeric" | "nominal" | "boolean" | "time" | "identifier";

export const columnTypes: readonly ColumnType[] = ["numeric", "nominal", "boolean", "time", "identifier"];

/** A type, and in words why a column has it. */
export interface InferredType {
  readonly type: ColumnType;
  readonly reason: string;
}

/** What stands for a missing value in any column, as it is written. */
export const missingWords: readonly string[] = [
  ...["", "?", "NA", "N/A", "n/a", "#N/A", "<NA>"],
  ...["NaN", "nan", "NAN", "-nan", "-NaN", "null", "NULL", "Null"],
];

const missing = new Set(missingWords);

/** Whether a text, without blanks around it, stands for a missing value. */
export function isMissing(text: string): boolean {
  return missing.has(text);
}

const numberText = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const infinityText = /^([+-]?)inf(inity)?$/i;

/** The number that a text is, also an infinite one; undefined if it is none. */
export function numberIn(text: string): number | undefined {
  const value = decimalIn(text, 0, text.length);
  if (!Number.isNaN(value)) return value;
  if (numberText.test(text)) return Number(text) + 0; // + 0: without the sign of −0
  const infinity = infinityText.exec(text);
  return infinity ? (infinity[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : undefined;
}

/** 1 or 0 for what is written for true or false; undefined if it is neither. */
export function booleanIn(text: string): 0 | 1 | undefined {
  if (/^(true|yes|t|y|1|1\.0)$/i.test(text)) return 1;
  return /^(false|no|f|n|0|0\.0)$/i.test(text) ? 0 : undefined;
}

const booleanWord = /^(true|false|yes|no)$/i;

// As programs write them: 2023-11-14T22:13:20.000Z, 2023-11-14, 14/02/2018 08:31:01 AM, 3/7/2017 8:55, 22:13:20.
const isoTime =
  /^\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s?(Z|UTC|[+-]\d{2}:?\d{2})?)?$/i;
const localTime = /^\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}([T ,]+\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[ap]m)?)?$/i;
const clockTime = /^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?(\s?[ap]m)?$/i;

function isTime(text: string): boolean {
  return isoTime.test(text) || localTime.test(text) || clockTime.test(text);
}

// Addresses and identifiers as programs make them.
const ipv4 = /^\d{1,3}(\.\d{1,3}){3}(:\d+|\/\d+)?$/;
const ipv6 = /^[0-9a-f]{0,4}(:[0-9a-f]{0,4}){2,7}(\/\d+)?$/i;
const macAddress = /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i;
const uuid = /^\{?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?$/i;
const hash = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{16,}$/i;

function identifies(text: string): boolean {
  return [ipv4, ipv6, macAddress, uuid, hash].some((pattern) => pattern.test(text));
}

const timeName =
  /^(time|timestamp|ts|datetime|date|epoch|[sl]time|(flow_)?(start|end)_?(time|milliseconds)(_ms)?)$/i;
const identifierName =
  /^((row|record|flow|transaction|customer|user|event)?[ _]?id|uid|index|row(_?(number|no))?|unnamed: \d+)$/i;

/** Of the values of a column that is numeric, at least so many are numbers: others are then mistakes. */
const numericShare = 0.8;

/**
 * What a column holds, by its name and some of its values without missing ones, in their order. A wrong value among
 * many numbers does not make names of them: who reads the column then says where it is.
 */
export function inferType(name: string, values: readonly string[]): InferredType {
  if (values.length === 0) return { type: "numeric", reason: "no value in it" };
  if (values.every((text) => booleanWord.test(text))) return { type: "boolean", reason: "true and false" };
  let numeric = 0;
  for (const text of values) if (numberIn(text) !== undefined) numeric++;
  if (numeric >= numericShare * values.length) {
    if (!timeName.test(name)) return { type: "numeric", reason: "numbers" };
    const numbers = values.map(numberIn).filter((value) => value !== undefined);
    if (isAscending(numbers)) return { type: "time", reason: "ascending times" };
    if (numbers.every(isSince1970)) return { type: "time", reason: "times since 1970" };
    return { type: "numeric", reason: "numbers" };
  }
  if (values.every(isTime)) return { type: "time", reason: "dates or times of day" };
  if (values.every(identifies)) return { type: "identifier", reason: "addresses or identifiers" };
  return { type: "nominal", reason: "names" };
}

/** A time of the years 2001 to 2033 in seconds, or in thousandths, millionths or milliardths of one. */
function isSince1970(value: number): boolean {
  return [1, 1e3, 1e6, 1e9].some((unit) => value >= 1e9 * unit && value < 2e9 * unit);
}

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((value, i) => i === 0 || value >= numbers[i - 1]);
}

/** Rows from which on identifiers can be told from features. */
const fewestRows = 20;

/** Names that a column of features may have. */
const mostNames = 1_000;

/** Numbers as people write them: 1,234 or 1.234,5 or 12 %. */
const writtenNumber = /^[$€£]?\s?[+\u2212-]?\s?[$€£]?\d[\d.,'_\u00a0\u202f ]*\s?[%$€£]?$/;

/** Why a column of names is rather an identifier; undefined if it is not. */
export function identifyingNames(names: readonly string[], rows: number): string | undefined {
  if (rows < fewestRows) return undefined;
  const distinct = names.length;
  const written = names.filter((name) => name !== missingName);
  if (distinct > rows / 2 && written.every((name) => writtenNumber.test(name)))
    return `numbers in a form that is not read, such as '${written[0]}'; write them as 1234.5`;
  const counts = `${formatCount(distinct)} different values in ${formatCount(rows)} rows`;
  if (distinct > rows / 2) return `nearly as many values as rows: ${counts}`;
  return distinct > mostNames ? `too many values to learn from: ${counts}` : undefined;
}

/** Why a column of numbers is rather an identifier; undefined if it is not. */
export function identifyingNumbers(name: string, values: ArrayLike<number>): string | undefined {
  if (values.length < fewestRows) return undefined;
  if (isRowNumber(values)) return "it numbers the rows";
  return identifierName.test(name) && areDistinctIntegers(values)
    ? "by its name, and as no value comes twice"
    : undefined;
}

function isRowNumber(values: ArrayLike<number>): boolean {
  if (values[0] !== 0 && values[0] !== 1) return false;
  for (let row = 1; row < values.length; row++) if (values[row] !== values[row - 1] + 1) return false;
  return true;
}

function areDistinctIntegers(values: ArrayLike<number>): boolean {
  const seen = new Set<number>();
  for (let row = 0; row < values.length; row++) {
    if (!Number.isInteger(values[row])) return false;
    seen.add(values[row]);
  }
  return seen.size === values.length;
}
