import { types } from "node:util";
import { InputError } from "../../common/errors";

/** An exercise of a notebook: what its answer is, and what helps to find it. */
export interface Exercise {
  readonly answer: Answer;
  /** In order: each says more than the one before, none says the answer. */
  readonly hints: readonly string[];
}

/** What an answer must be. */
export interface Answer {
  /** What is asked for, to be told who answers with another type: `a number`. */
  readonly expected: string;
  /**
   * What is wrong with an answer, in a sentence or more, without giving away what is right; undefined if it is right.
   *
   * @throws {InputError} if it depends on the data, of which nothing was said
   */
  complaint(answer: unknown, data?: DataInUse): string | undefined;
  /** Whether nothing has been answered yet. Default: no answer is nothing, see {@link isNothing}. */
  isOpen?(answer: unknown): boolean;
  /** An answer that is right. */
  right(data?: DataInUse): unknown;
  /** Answers that are known to be wrong on the real data, with what they are told. */
  readonly wrong: readonly Mistake[];
}

/** What a notebook ran on, where the answer depends on it. */
export interface DataInUse {
  /** Whether it is simulated traffic, for want of the data set that the text speaks of. */
  readonly simulated: boolean;
}

/** A wrong answer that somebody will give, and a word to help. */
export interface Mistake<Value = unknown> {
  readonly answer: Value;
  readonly word: string;
}

/** What is right on any data; or what is right on the data set that the text speaks of, and what on simulated traffic. */
export type Truth<Value> = Value | { readonly real: Value; readonly simulated: Value };

/** Whether an answer is what an untouched cell has. */
export function isNothing(answer: unknown): boolean {
  if (answer === undefined || answer === null || answer === "") return true;
  // By name, since a cell's objects may be those of another realm.
  const kind = Object.prototype.toString.call(answer);
  return /Array\]$|Object\]$/.test(kind) && Object.values(answer).every(isNothing);
}

/** The answer is a number. A mistake is recognised with the same tolerance. */
export function number({
  truth,
  tolerance = 0,
  share = false,
  mistakes = {},
}: {
  truth: Truth<number>;
  /** How far an answer may be off. Default: 0. */
  tolerance?: number;
  /** Whether it is a share, from 0 to 1. Default: false. */
  share?: boolean;
  /** What they are told, by the wrong numbers. */
  mistakes?: Readonly<Record<number, string>>;
}): Answer {
  const wrong = Object.entries(mistakes).map(([answer, word]) => ({ answer: Number(answer), word }));
  const near = (a: number, b: number) => a === b || Math.abs(a - b) <= tolerance + 1e-9;
  return {
    expected: share ? "a number from 0 to 1, a share" : "a number",
    complaint(answer, data) {
      if (typeof answer !== "number" || Number.isNaN(answer)) return otherType(this.expected, answer);
      const right = truthOn(truth, data);
      if (near(answer, right)) return undefined;
      const known = wrong.find((mistake) => near(answer, mistake.answer));
      if (known) return known.word;
      if (share && answer > 1) return "A share is at most 1: do not multiply it by 100.";
      if (share && answer < 0) return "A share is at least 0.";
      return `${text(answer)} is too ${answer > right ? "large" : "small"}.`;
    },
    right: (data) => truthOn(truth, data),
    wrong,
  };
}

/** The answer is a word or name; case and spaces around it do not count. */
export function word({
  truth,
  of,
  mistakes = {},
}: {
  truth: Truth<string>;
  /** What the words are to be chosen from, if the exercise says so. */
  of?: readonly string[];
  /** What they are told, by the wrong words. */
  mistakes?: Readonly<Record<string, string>>;
}): Answer {
  const wrong = Object.entries(mistakes).map(([answer, word]) => ({ answer, word }));
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();
  return {
    expected: of ? `one of ${of.map((one) => JSON.stringify(one)).join(", ")}` : 'a text, such as "http"',
    complaint(answer, data) {
      if (typeof answer !== "string") return otherType(this.expected, answer);
      if (same(answer, truthOn(truth, data))) return undefined;
      const known = wrong.find((mistake) => same(answer, mistake.answer));
      if (known) return known.word;
      if (of && !of.some((one) => same(answer, one))) return `The answer is ${this.expected}.`;
      return `${text(answer)} is not right.`;
    },
    right: (data) => truthOn(truth, data),
    wrong,
  };
}

/** The answer is yes or no. @param no why the other is wrong */
export function yesOrNo({ truth, no }: { truth: boolean; no: string }): Answer {
  return {
    expected: "true or false",
    complaint(answer) {
      if (typeof answer !== "boolean") return otherType(this.expected, answer);
      return answer === truth ? undefined : no;
    },
    right: () => truth,
    wrong: [{ answer: !truth, word: no }],
  };
}

/** The answer is a list of numbers or words. @param ordered whether their order counts; default: true */
export function list<Value extends number | string>({
  truth,
  of,
  ordered = true,
  tolerance = 0,
  mistakes = [],
}: {
  truth: Truth<readonly Value[]>;
  /** What is listed, in words: `numbers`, `attack types`. */
  of: string;
  ordered?: boolean;
  tolerance?: number;
  mistakes?: readonly Mistake<readonly Value[]>[];
}): Answer {
  const same = (a: unknown, b: unknown) =>
    typeof a === "number" && typeof b === "number" ? Math.abs(a - b) <= tolerance + 1e-9 : a === b;
  const equal = (a: readonly unknown[], b: readonly unknown[]) => {
    const [left, right] = ordered ? [a, b] : [[...a].sort(), [...b].sort()];
    return left.length === right.length && left.every((value, i) => same(value, right[i]));
  };
  return {
    expected: `an array of ${of}`,
    complaint(answer, data) {
      if (!Array.isArray(answer) && !ArrayBuffer.isView(answer)) return otherType(this.expected, answer);
      const all: unknown[] = Array.from(answer as ArrayLike<unknown>);
      const given = ordered ? all : [...new Set(all)];
      const right = truthOn(truth, data);
      if (equal(given, right)) return undefined;
      const known = mistakes.find((mistake) => equal(given, mistake.answer));
      if (known) return known.word;
      const matches = (one: unknown, i: number) =>
        ordered ? same(one, right[i]) : right.some((other) => same(one, other));
      const count = `${given.filter(matches).length} of your ${given.length} ${of} are right`;
      if (given.length === right.length) return `${count}.`;
      return `${count}; there are ${given.length < right.length ? "more" : "fewer"} to name.`;
    },
    right: (data) => truthOn(truth, data),
    wrong: mistakes,
  };
}

/** The answer is an object with a value for each of some names, and no other; each is checked on its own. */
export function parts(answers: { readonly [name: string]: Answer }): Answer {
  const names = Object.keys(answers);
  const right = (data?: DataInUse) =>
    Object.fromEntries(names.map((name) => [name, answers[name].right(data)]));
  return {
    expected: `an object { ${names.join(", ")} }`,
    complaint(answer, data) {
      if (typeof answer !== "object" || answer === null || Array.isArray(answer))
        return otherType(this.expected, answer);
      const given = answer as Record<string, unknown>;
      const complaints = names.flatMap((name) => {
        if (isNothing(given[name])) return [`${name} is still missing.`];
        const complaint = answers[name].complaint(given[name], data);
        return complaint === undefined ? [] : [`${name}: ${complaint}`];
      });
      for (const name of Object.keys(given))
        if (!names.includes(name))
          complaints.push(`${name} is not asked for: the answer is ${this.expected}.`);
      return complaints.length === 0 ? undefined : complaints.join(" ");
    },
    right,
    wrong: names.flatMap((name) =>
      answers[name].wrong.map((mistake) => ({
        answer: { ...right(onRealData), [name]: mistake.answer },
        word: `${name}: ${mistake.word}`,
      })),
    ),
  };
}

/** A case on which a function is tried. */
export interface Case<Input extends readonly unknown[]> {
  /** What it is, in words: `a table of one row`. */
  readonly name: string;
  readonly input: Input;
}

/**
 * The answer is a function. It must do as a right one does on all cases; one that does as a known wrong one does is told what
 * is wrong with that.
 */
export function fn<Input extends readonly unknown[], Output>({
  expected,
  truth,
  cases,
  same = closeTo,
  mistakes = [],
}: {
  /** What it takes and gives: `a function (values: number[]) => number`. */
  expected: string;
  truth: (...input: Input) => Output;
  cases: readonly Case<Input>[];
  /** Whether two results count as equal. Default: numbers within 1e-6, arrays and objects by their parts. */
  same?: (a: unknown, b: unknown) => boolean;
  mistakes?: readonly Mistake<(...input: Input) => unknown>[];
}): Answer {
  const results = (answer: (...input: Input) => unknown) =>
    cases.map(({ input }) => answer(...(structuredClone(input) as Input)));
  return {
    expected,
    isOpen: (answer) =>
      typeof answer === "function" &&
      tried(() => isNothing(answer(...structuredClone(cases[0].input)))) === true,
    complaint(answer) {
      if (typeof answer !== "function") return otherType(expected, answer);
      for (const { name, input } of cases) {
        const given = structuredClone(input) as Input;
        let result: unknown;
        try {
          result = answer(...given);
        } catch (error) {
          return `It fails on ${name}: ${(error as Error)?.message ?? error}.`;
        }
        if (types.isPromise(result)) {
          result.catch(() => {}); // told of here, not by the kernel
          return `It gives a promise on ${name}: leave async and await out.`;
        }
        if (!closeTo(given, input)) return `It changes what it was given, on ${name}: make a copy.`;
        if (same(result, truth(...(structuredClone(input) as Input)))) continue;
        const got = tried(() => results(answer as (...input: Input) => unknown));
        const known = mistakes.find((mistake) =>
          results(mistake.answer).every((one, i) => same(one, got?.[i])),
        );
        return known?.word ?? `It is not right on ${name}: it gives ${text(result)}.`;
      }
      return undefined;
    },
    right: () => truth,
    wrong: mistakes,
  };
}

const onRealData: DataInUse = { simulated: false };

function truthOn<Value>(truth: Truth<Value>, data: DataInUse | undefined): Value {
  if (typeof truth !== "object" || truth === null || !("simulated" in truth)) return truth as Value;
  if (data === undefined)
    throw new InputError("the answer depends on the data: add { simulated } to what check is given");
  return data.simulated ? truth.simulated : truth.real;
}

/** What an answer of another type is told. */
function otherType(expected: string, answer: unknown): string {
  return `The answer is ${expected}; yours is ${text(answer)}.`;
}

function tried<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}

/** A value as a message shows it, the same in every language of the machine. */
function text(value: unknown): string {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  if (typeof value === "function") return "a function";
  const plain = (_: string, part: unknown) =>
    ArrayBuffer.isView(part) ? Array.from(part as Uint8Array) : part;
  const whole = tried(() => JSON.stringify(value, plain)) ?? typeof value;
  return whole.length > 80 ? `${whole.slice(0, 80)}…` : whole;
}

/** Whether two values are equal part by part, numbers within 1e-6; a typed array equals a plain one. */
export function closeTo(a: unknown, b: unknown): boolean {
  if (typeof a === "number" && typeof b === "number")
    return Object.is(a, b) || Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length &&
    left.every(([name, value]) => name in b && closeTo(value, (b as Record<string, unknown>)[name]))
  );
}

/** Whether two lists of scores put their rows in the same order; what size the scores have does not count. */
export function sameOrder(a: unknown, b: unknown): boolean {
  const [left, right] = [a, b].map((scores) => Array.from((scores ?? []) as ArrayLike<number>));
  return (
    left.length === right.length &&
    left.every((one, i) =>
      left.every((other, j) => Math.sign(one - other) === Math.sign(right[i] - right[j])),
    )
  );
}
