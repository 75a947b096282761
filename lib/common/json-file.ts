import type { GenericIssue, GenericSchema } from "valibot";
import { InputError } from "./errors";
import { readPlainFile } from "./plain-file";
import { shown } from "./shown";

/** Limits of a JSON file that may come from anybody. */
export const jsonLimits = {
  /** Bytes of the file. */
  bytes: 32 * 2 ** 20,
  /** Arrays and objects inside of one another. */
  depth: 64,
  /** Values, all levels together. */
  values: 1_000_000,
} as const;

/**
 * Reads a JSON file that may come from anybody, in bounded memory.
 *
 * @throws {InputError} if it is missing, no plain file, not JSON, or beyond {@link jsonLimits}
 */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readPlainFile(path, jsonLimits.bytes);
  requireModest(bytes, path);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new InputError(`${path} is damaged: it is not JSON`);
  }
}

/**
 * A value, once it is what the schema says; keys that the schema does not name are left out.
 *
 * @throws {InputError} naming file, place, and what should be there
 */
export function checked<T>(schema: GenericSchema<unknown, T>, value: unknown, path: string): T {
  const { safeParse } = require("valibot") as typeof import("valibot");
  const result = safeParse(schema, value, { abortEarly: true });
  if (result.success) return result.output;
  throw new InputError(`${path} is damaged: ${sentence(result.issues[0])}`);
}

/** `steps.3.factor must be a finite number, got "1"`. The schema's own messages say what must be. */
function sentence({ path, message, input }: GenericIssue): string {
  const place = path?.map(({ key }) => shown(String(key))).join(".") ?? "it";
  if (input === undefined) return `${place} is missing`;
  return `${place} must be ${message}, got ${shownValue(input)}`;
}

/** Any value of JSON as a message shows it: short, on one line, harmless. */
export function shownValue(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? `"${shown(value)}"` : String(value);
}

/** Looks at brackets and commas only, since parsing is what would take memory. */
function requireModest(bytes: Uint8Array, path: string): void {
  let depth = 0;
  let values = 1;
  let inText = false;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (inText) {
      if (byte === backslash) i++;
      else if (byte === quote) inText = false;
    } else if (byte === quote) inText = true;
    else if (byte === comma) values++;
    else if (byte === openBracket || byte === openBrace) {
      values++;
      if (++depth > jsonLimits.depth)
        throw new InputError(`${path} is damaged: it is nested more than ${jsonLimits.depth} deep`);
    } else if (byte === closeBracket || byte === closeBrace) depth--;
  }
  if (values > jsonLimits.values)
    throw new InputError(`${path} is too large: it has more than ${jsonLimits.values} values`);
}

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = Buffer.from('"\\,[]{}');
