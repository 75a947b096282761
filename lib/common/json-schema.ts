// What schemas of JSON files are built from. Messages complete "… must be": see `checked`. Only modules of schemas import
// this one, and they are loaded when a file is first read.
import * as v from "valibot";

/** What a value must be, and what it then is. The types within are of no interest outside. */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** Any finite number. JSON has numbers that are not: 1e999 is read as ∞. */
export const finite: Schema<number> = v.pipe(v.number("a finite number"), v.finite("a finite number"));

/** A number in [least, most]. */
export function numberIn(least: number, most: number): Schema<number> {
  const message = `a number in [${least}, ${most}]`;
  return v.pipe(v.number(message), v.minValue(least, message), v.maxValue(most, message));
}

/** A number between two others. */
export function numberBetween(low: number, high: number): Schema<number> {
  const message = `a number in (${low}, ${high})`;
  return v.pipe(v.number(message), v.gtValue(low, message), v.ltValue(high, message));
}

/** An integer in [least, most]. */
export function integerIn(least: number, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  const message = `an integer in [${least}, ${most}]`;
  return v.pipe(v.number(message), v.integer(message), v.minValue(least, message), v.maxValue(most, message));
}

export const truth: Schema<boolean> = v.boolean("true or false");

/** A text of at most this many characters. */
export function text(most = 65_536): Schema<string> {
  return v.pipe(v.string("a text"), v.maxLength(most, `a text of at most ${most} characters`));
}

/** One of some words. */
export function word<Word extends string>(...words: readonly Word[]): Schema<Word> {
  const all = words.map((choice) => `"${choice}"`).join(", ");
  return v.picklist(words, words.length > 11 ? `one of ${words.length} names` : `one of ${all}`);
}

/** At most this many of something. */
export function list<T>(item: Schema<T>, most: number, least = 0): Schema<T[]> {
  return v.pipe(
    v.array(item, "a list"),
    v.minLength(least, `a list of at least ${least}`),
    v.maxLength(most, `a list of at most ${most}`),
  );
}

/** At least one number, in ascending order. */
export function ascendingNumbers(most: number): Schema<number[]> {
  return v.pipe(
    list(finite, most, 1),
    v.check(
      (found) => found.every((number, i) => i === 0 || number >= found[i - 1]),
      "numbers in ascending order",
    ),
  );
}

/** Different names. */
export function names(most: number): Schema<string[]> {
  return v.pipe(
    list(text(), most),
    v.check((found) => new Set(found).size === found.length, "a list of different names"),
  );
}

export function object<Entries extends v.ObjectEntries>(entries: Entries): v.ObjectSchema<Entries, string> {
  return v.object(entries, "an object");
}

/** An object of whatever keys. It is handed on as it was parsed: its keys may be any, `__proto__` among them. */
export function anyObject<T extends object>(
  isValue: (value: unknown) => boolean,
  message: string,
): Schema<T> {
  return v.custom<T>(
    (found) =>
      typeof found === "object" &&
      found !== null &&
      !Array.isArray(found) &&
      Object.values(found).every(isValue),
    message,
  );
}

export const sha256: Schema<string> = v.pipe(
  v.string("a SHA-256"),
  v.regex(/^[0-9a-f]{64}$/, "a SHA-256 in lower-case hexadecimal"),
);
