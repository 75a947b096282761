import { posix } from "node:path";
import type { Heading } from "./markdown";

/** A notebook, or a text that a notebook points to, as a page of the book. */
export interface Chapter {
  /** The page's path in the book, with slashes. */
  readonly page: string;
  readonly title: string;
  readonly kind: "notebook" | "text";
  readonly headings: readonly Heading[];
  /** The question that a notebook starts with, or what its reader will be able to do, as markup. */
  readonly about: string | undefined;
  readonly body: string;
}

export const contentsName = "index.html";
export const playgroundName = "playground.html";

export function findChapter(chapters: readonly Chapter[], page: string): Chapter | undefined {
  return chapters.find((chapter) => chapter.page === page);
}

/** Where the solutions of a notebook's exercises are. */
export function solutionsPage(page: string): string {
  return posix.join(posix.dirname(page), "solutions", posix.basename(page));
}
