import { types } from "node:util";
import { InputError } from "../../common/errors";
import { codeCells, type Notebook } from "../tools/notebook";
import { type DataInUse, type Exercise, isNothing } from "./exercise";
import { exercises } from "./exercises";
import { showPanel } from "./panel";

/**
 * Says in a notebook whether the answer to an exercise is right, or what is wrong with it, without giving away what is right.
 * An answer that nobody has given yet is no error, so that a notebook can be run from the top.
 *
 * @param exercise its number: `3-1` is the first of notebook 3
 * @param data what the notebook ran on, where the answer depends on it
 * @throws {InputError} if there is no such exercise, or it depends on the data
 * @example
 * check("3-1", undefined); // your answer in the place of undefined
 */
export function check(exercise: string, answer: unknown, data?: DataInUse): void {
  const { verdict, words } = judgeAnswer(exercise, answer, data);
  showPanel(verdict, `Exercise ${exercise}: ${verdictWords[verdict]}.`, words === undefined ? [] : [words]);
}

/** What came of an answer. */
export type Verdict = "right" | "wrong" | "open";

const verdictWords: Readonly<Record<Verdict, string>> = {
  right: "right",
  wrong: "not right yet",
  open: "not answered yet",
};

/** What {@link check} shows. */
export function judgeAnswer(
  exercise: string,
  given: unknown,
  data?: DataInUse,
): { verdict: Verdict; words?: string } {
  const { answer } = exerciseOf(exercise);
  if (types.isPromise(given)) {
    given.catch(() => {}); // the reader is told what to do: no second message of the kernel's
    return { verdict: "wrong", words: "This is a promise, not yet its value: put await before it." };
  }
  if (isNothing(given) || answer.isOpen?.(given))
    return {
      verdict: "open",
      words: `Put your answer into the cell and run it again; hint("${exercise}") helps.`,
    };
  const words = answer.complaint(given, data);
  return words === undefined ? { verdict: "right" } : { verdict: "wrong", words };
}

/** An exercise with what a notebook's outputs say about its answer. */
export interface ExerciseVerdict {
  readonly exercise: string;
  readonly verdict: Verdict;
}

/** What {@link check} has shown in a notebook that was run, in the order of its cells. */
export function verdictsIn(notebook: Notebook): ExerciseVerdict[] {
  const verdicts = Object.keys(verdictWords) as Verdict[];
  return codeCells(notebook).flatMap(({ outputs }) =>
    outputs.flatMap((output) => {
      const text = "data" in output ? String(output.data["text/plain"]) : "";
      const [, exercise, words] = /^Exercise (\d+-\d+): ([a-z ]+)\./.exec(text) ?? [];
      const verdict = verdicts.find((one) => verdictWords[one] === words);
      return verdict ? [{ exercise, verdict }] : [];
    }),
  );
}

const hintsShown = new Map<string, number>();

/**
 * Shows the next hint for an exercise, below those before it; after the last one all of them again.
 *
 * @throws {InputError} if there is no such exercise
 * @example
 * hint("3-1");
 */
export function hint(exercise: string): void {
  const { hints } = exerciseOf(exercise);
  const count = Math.min((hintsShown.get(exercise) ?? 0) + 1, hints.length);
  hintsShown.set(exercise, count);
  const more = count < hints.length ? "run the cell again for the next" : "there are no more";
  const lines = hints.slice(0, count).map((one, i) => (count > 1 ? `${i + 1}. ${one}` : one));
  showPanel("hint", `Exercise ${exercise}, hint ${count} of ${hints.length} (${more}):`, lines);
}

function exerciseOf(exercise: string): Exercise {
  const found = Object.hasOwn(exercises, exercise) ? exercises[exercise] : undefined;
  if (found) return found;
  throw new InputError(
    `there is no exercise ${JSON.stringify(exercise)}; the exercises are ${Object.keys(exercises).join(", ")}`,
  );
}
