import { escapeHtml, htmlPage } from "../../common/html";
import { type Chapter, contentsName, findChapter, playgroundName, solutionsPage } from "./chapter";
import { relativeAddress } from "./markdown";
import { contentsStyle, style } from "./style";

/** The text of the book's first page: its chapters with what they are about and their sections. */
export function contentsPage(chapters: readonly Chapter[]): string {
  const title = "Anomalies in network traffic";
  const notebooks = chapters.filter(({ kind }) => kind === "notebook");
  const solutions = new Set(notebooks.map(({ page }) => solutionsPage(page)));
  const first = notebooks.filter(({ page }) => !solutions.has(page));
  const texts = chapters.filter(({ kind }) => kind === "text");
  const entries = first.map((chapter) => entry(chapter, findChapter(chapters, solutionsPage(chapter.page))));
  return htmlPage({
    title,
    style: style + contentsStyle,
    body: `<main>
<h1>${title}</h1>
<p>Two detectors that learn what traffic usually looks like, an isolation forest and an autoencoder, built, used and doubted
in notebooks. These pages work without network, server or kernel.</p>
<p>To try an isolation forest by hand, open the ${link(playgroundName, "playground")}: move points and see what it makes of them.</p>
<ol>${entries.join("\n")}</ol>
${texts.length > 0 ? `<h2>Further texts</h2>\n<ul>${texts.map((text) => `<li>${link(text.page, text.title)}</li>`).join("\n")}</ul>` : ""}
</main>`,
  });
}

function entry({ page, title, about, headings }: Chapter, solutions: Chapter | undefined): string {
  const sections = headings
    .filter(({ level }) => level === 2)
    .map(({ id, text }) => `<li>${link(page, text, `#${id}`)}</li>`);
  return `<li><h2>${link(page, title)}</h2>
${about ?? ""}
<details><summary>Sections</summary><ul>${sections.join("\n")}</ul></details>
${solutions ? `<p>${link(solutions.page, "Solutions of the exercises")}</p>` : ""}</li>`;
}

function link(page: string, words: string, anchor = ""): string {
  const address = relativeAddress(contentsName, page) + anchor;
  return `<a href="${escapeHtml(address)}">${escapeHtml(words)}</a>`;
}
