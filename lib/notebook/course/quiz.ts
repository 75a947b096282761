import { InputError } from "../../common/errors";
import { display } from "../display";
import { looks, textHtml } from "./panel";
import type { Option, Question } from "./question";
import { quizzes } from "./quizzes";

/**
 * Shows the quiz of a notebook. Each option opens and says whether it is right, and why: by the page alone, without a kernel.
 *
 * @param notebook its number: `3`
 * @throws {InputError} if there is no such quiz
 * @example
 * quiz("3");
 */
export function quiz(notebook: string): void {
  const questions = Object.hasOwn(quizzes, notebook) ? quizzes[notebook] : undefined;
  if (!questions)
    throw new InputError(
      `there is no quiz ${JSON.stringify(notebook)}; the quizzes are ${Object.keys(quizzes).join(", ")}`,
    );
  display({ "text/html": quizHtml(questions), "text/plain": questions.map(questionText).join("\n\n") });
}

/** Questions whose options open by themselves: `details`, so that no script and no kernel is needed. */
export function quizHtml(questions: readonly Question[]): string {
  const head = `${questions.length} questions. Choose in your mind first; then open an option to see whether it is right, and why.`;
  return `<p>${head}</p><ol>${questions.map(questionHtml).join("")}</ol>`;
}

function questionHtml({ ask, options }: Question): string {
  return `<li style="margin-bottom: 1em">${textHtml(ask)}${options.map(optionHtml).join("")}</li>`;
}

function optionHtml({ text, right, because }: Option): string {
  const { mark, style } = looks[right ? "right" : "wrong"];
  const verdict = `<span aria-hidden="true">${mark}</span> <b>${right ? "Right." : "No."}</b>`;
  return `<details style="margin: 0.3em 0"><summary style="cursor: pointer">${textHtml(text)}</summary><div style="${style}; padding: 0.3em 0.8em; margin: 0.2em 0 0.4em 1em">${verdict} ${textHtml(because)}</div></details>`;
}

function questionText({ ask, options }: Question, i: number): string {
  return [`${i + 1}. ${ask}`, ...options.map(({ text }, j) => `   ${"abcdef"[j]}) ${text}`)].join("\n");
}
