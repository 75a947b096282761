/**
 * A mistake in what the user gave: a file, an option, a model folder. Its message is one sentence that says
 * what is wrong and where; the command line prints it without a stack trace and exits with code 2.
 *
 * @example
 * await readTable("missing.gz").catch((error) => error instanceof InputError && error.message); // "missing.gz does not exist"
 */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** A thread that ended before its work was done, through no fault of the program. Its message is one sentence. */
export class ThreadError extends Error {
  override readonly name = "ThreadError";
}

/** Whether an error says that memory ran out: the machine's, a thread's, or WebAssembly's 4 GiB. */
export function memoryRanOut(error: unknown): boolean {
  return (
    systemErrorCode(error) === "ERR_WORKER_OUT_OF_MEMORY" ||
    (error instanceof RangeError && /allocation failed|WebAssembly\.Memory/.test(error.message))
  );
}

/** Checks that an option is a number inside its range. @throws {InputError} naming parameter, range and value. */
export function requireNumber(
  parameter: string,
  value: number,
  range: { min?: number; max?: number; integer?: boolean; minExcluded?: boolean; maxExcluded?: boolean },
): void {
  const {
    min = -Infinity,
    max = Infinity,
    integer = false,
    minExcluded = false,
    maxExcluded = false,
  } = range;
  const inside = (minExcluded ? value > min : value >= min) && (maxExcluded ? value < max : value <= max);
  if (inside && Number.isFinite(value) && (!integer || Number.isInteger(value))) return;
  const left = minExcluded || min === -Infinity ? "(" : "[";
  const right = maxExcluded || max === Infinity ? ")" : "]";
  const bound = (limit: number) => (Math.abs(limit) === Infinity ? (limit < 0 ? "-∞" : "∞") : String(limit));
  throw new InputError(
    `${parameter} must be ${integer ? "an integer" : "a number"} in ${left}${bound(min)}, ${bound(max)}${right}, got ${value}`,
  );
}

/** Checks that an option is one of some words. @throws {InputError} naming parameter, words and value */
export function requireOneOf(parameter: string, value: string, choices: readonly string[]): void {
  if (choices.includes(value)) return;
  const named = choices.map((choice) => `"${choice}"`).join(", ");
  throw new InputError(`${parameter} must be one of ${named}, got ${JSON.stringify(value)}`);
}

/** The names of options, which the compiler holds to their type: one that is missing or of no option does not compile. */
export type OptionNames<Options extends object> = Readonly<Record<keyof Options, true>>;

/**
 * Checks that there are no options of other names, as a misspelt one is, which would pass unnoticed. Whatever takes options
 * begins with this.
 *
 * @throws {InputError} naming one that is unknown
 */
export function requireOptions<Options extends object>(options: Options, names: OptionNames<Options>): void {
  if (typeof options !== "object" || options === null)
    throw new InputError(`options must be an object, got ${String(options)}`);
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(names, name));
  if (unknown !== undefined)
    throw new InputError(
      `there is no option ${JSON.stringify(unknown)}; the options are ${Object.keys(names).join(", ")}`,
    );
}

/** The operating system's error code (`ENOENT`, `ENOSPC`, …) of a caught value, if it has one. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
