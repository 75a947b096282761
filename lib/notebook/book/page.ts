import { posix } from "node:path";
import { escapeHtml, htmlPage } from "../../common/html";
import { drawFigures } from "./cell-html";
import { type Chapter, contentsName, findChapter, solutionsPage } from "./chapter";
import { relativeAddress } from "./markdown";
import { chapterStyle, style } from "./style";

/** The text of a chapter's page: what it holds beside it, the chapters before and after it above and below. */
export function chapterPage(chapter: Chapter, chapters: readonly Chapter[]): string {
  const { page, title, headings, body } = chapter;
  const link = (to: string, words: string) =>
    `<a href="${escapeHtml(relativeAddress(page, to))}">${words}</a>`;
  const neighbours = neighbourLinks(chapter, chapters, link);
  const sections = headings
    .filter(({ level }) => level === 2 || level === 3)
    .map(
      ({ level, id, text }) =>
        `<li class="level-${level}"><a href="#${escapeHtml(id)}">${escapeHtml(text)}</a></li>`,
    );
  const isDrawn = body.includes('class="figure"');
  return htmlPage({
    title,
    plotly: isDrawn ? relativeAddress(page, "plotly.js") : undefined,
    style: style + chapterStyle,
    body: `<header><nav aria-label="Book">${link(contentsName, "Contents")}${neighbours}</nav></header>
<div class="columns">
<nav class="sections" aria-label="On this page"><ul>${sections.join("\n")}</ul></nav>
<main>
${body}
</main>
</div>
<footer><nav aria-label="Next pages">${neighbours}</nav></footer>
${isDrawn ? drawFigures : ""}`,
  });
}

/** Links to the chapters of the same folder before and after this one, and to its solutions or what it solves. */
function neighbourLinks(
  { page, kind }: Chapter,
  chapters: readonly Chapter[],
  link: (to: string, words: string) => string,
): string {
  if (kind !== "notebook") return "";
  const beside = chapters.filter(
    (other) => other.kind === kind && posix.dirname(other.page) === posix.dirname(page),
  );
  const place = beside.findIndex((other) => other.page === page);
  const [previous, next] = [beside[place - 1], beside[place + 1]];
  const solutions = findChapter(chapters, solutionsPage(page));
  const solved = chapters.find((other) => solutionsPage(other.page) === page);
  return [
    previous && link(previous.page, `← ${escapeHtml(previous.title)}`),
    solutions && link(solutions.page, "Solutions"),
    solved && link(solved.page, `↑ ${escapeHtml(solved.title)}`),
    next && link(next.page, `${escapeHtml(next.title)} →`),
  ]
    .filter((part) => part !== undefined)
    .join("\n");
}
