import { existsSync } from "node:fs";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join, relative, resolve, sep } from "node:path";
import { InputError } from "../../common/errors";
import { sharedFolder } from "../../common/own-files";
import { inTransaction, type TransactionOptions } from "../../common/transaction";
import { unwritable } from "../../common/unwritable";
import { plotlyFile } from "../../visualize/page";
import { playgroundPage } from "../playground/page";
import { notebookName, readNotebook, readText } from "../tools/notebook";
import { cellHtml } from "./cell-html";
import { type Chapter, contentsName, playgroundName } from "./chapter";
import { contentsPage } from "./contents";
import { MarkdownPage } from "./markdown";
import { chapterPage } from "./page";

/**
 * Writes notebooks as a book that works offline: contents, and a page for each notebook with its text, code and outputs.
 * Figures are interactive by one `plotly.js` beside the pages. A notebook in a folder below `from` becomes a page in a folder
 * below `to`, and beside them is the playground. A link to another notebook leads to its page, and one to a Markdown file of the project makes that a page, too;
 * a link to a file that the book does not hold becomes plain text.
 *
 * @returns the paths of the pages, the contents first
 * @throws {InputError} if a notebook can't be read or the folder can't be written
 */
export async function writeBook(
  files: readonly string[],
  from: string,
  to: string,
  options: Pick<TransactionOptions, "onNotice"> = {},
): Promise<string[]> {
  const chapters = await readChapters(files, from);
  const pages = new Map([
    [contentsName, contentsPage(chapters)],
    [playgroundName, await playgroundPage(chapters)],
  ]);
  for (const chapter of chapters) {
    if (pages.has(chapter.page)) throw new InputError(`two pages of the book would be ${chapter.page}`);
    pages.set(chapter.page, chapterPage(chapter, chapters));
  }
  const folder = sharedFolder("pages", (path) => path === "plotly.js" || pages.has(path));
  await inTransaction({ ...options, read: files }, async (transaction) => {
    const staged = await transaction.stageFolder(to, folder);
    try {
      await copyFile(plotlyFile(), join(staged, "plotly.js"));
      for (const [page, html] of pages) {
        await mkdir(dirname(join(staged, page)), { recursive: true });
        await writeFile(join(staged, page), html);
      }
    } catch (error) {
      throw unwritable(staged, error);
    }
  });
  return [...pages.keys()].map((page) => join(to, page));
}

/** The notebooks as chapters, and after them the texts that they point to. */
async function readChapters(files: readonly string[], from: string): Promise<Chapter[]> {
  const pages = new Map(files.map((file) => [resolve(file), notebookPage(file, from)]));
  const texts: string[] = [];
  const findPage = (path: string): string | undefined => {
    if (basename(path) === playgroundName) return playgroundName;
    const page = pages.get(path) ?? textPage(path, from);
    if (page !== undefined && !pages.has(path)) {
      pages.set(path, page);
      texts.push(path);
    }
    return page;
  };
  const chapters: Chapter[] = [];
  for (const file of files) chapters.push(await notebookChapter(file, notebookPage(file, from), findPage));
  // A text may point to further ones, which are then pushed while this runs.
  for (const file of texts) {
    const markdown = new MarkdownPage(file, `${pages.get(file)}`, findPage);
    const body = markdown.html(await readText(file));
    chapters.push(chapterOf(markdown, basename(file, ".md"), "text", body));
  }
  return chapters;
}

async function notebookChapter(
  file: string,
  page: string,
  findPage: (path: string) => string | undefined,
): Promise<Chapter> {
  const { cells } = await readNotebook(file);
  const markdown = new MarkdownPage(file, page, findPage);
  let codeCells = 0;
  const body = cells
    .map((cell) =>
      cell.cell_type === "code"
        ? cellHtml(cell, ++codeCells, (source) => markdown.withoutMarkup(source))
        : markdown.html(cell.source),
    )
    .join("\n");
  return chapterOf(markdown, notebookName(file), "notebook", body, aboutOf(cells[0]?.source ?? "", markdown));
}

/** The question that a notebook starts with, or what its reader will be able to do. */
function aboutOf(head: string, markdown: MarkdownPage): string | undefined {
  const [, question] = /\*\*Question\.?\*\*\s*((?:.+\n?)+)/.exec(head) ?? [];
  if (question !== undefined) return `<p>${markdown.inlineHtml(question.trim())}</p>`;
  const [, goals] = /\*\*You will\*\*\s+((?:- .+\n?(?: +.+\n?)*)+)/.exec(head) ?? [];
  return goals && `<p>You will</p>${markdown.html(goals)}`;
}

function chapterOf(
  { page, headings }: MarkdownPage,
  name: string,
  kind: Chapter["kind"],
  body: string,
  about?: string,
): Chapter {
  const title = headings.find(({ level }) => level === 1)?.text ?? name;
  return { page, title, kind, headings, about, body };
}

function notebookPage(file: string, from: string): string {
  return relative(from, file)
    .replace(/\.ipynb$/, ".html")
    .replaceAll(sep, "/");
}

/** The page of a Markdown file in the project that the notebooks belong to; undefined of any other file. */
function textPage(path: string, from: string): string | undefined {
  const inProject = relative(dirname(resolve(from)), path);
  if (extname(path) !== ".md" || inProject.startsWith("..") || !existsSync(path)) return undefined;
  return `texts/${inProject.replace(/\.md$/, ".html").replaceAll(sep, "-")}`;
}
