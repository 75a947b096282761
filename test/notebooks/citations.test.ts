// The course's one bibliography, at the end of notebook 00: what is cited is in it, and what is in it is cited.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";

const project = join(__dirname, "..", "..");
const folder = join(project, "notebooks");

interface Text {
  readonly file: string;
  readonly text: string;
}

/** The text cells of the notebooks. */
async function notebookTexts(): Promise<Text[]> {
  return Promise.all(
    (await findNotebooks([], folder)).map(async (file) => {
      const { cells } = await readNotebook(file);
      const texts = cells.filter((cell) => cell.cell_type === "markdown").map(({ source }) => source);
      return { file, text: texts.join("\n\n") };
    }),
  );
}

function bibliographyOf(texts: readonly Text[]): string {
  const { text } = texts.find(({ file }) => file === join(folder, "00-welcome.ipynb")) as Text;
  return text.slice(text.indexOf("## Bibliography"));
}

/** `- **Liu et al. 2008** · authors: [*title*](link), venue, year.` */
const entry = /^- \*\*(.+)\*\* · (.+): \[\*(.+)\*\]\((https?:\/\/\S+)\), (.+)\.$/;

function keysOf(bibliography: string): string[] {
  return [...bibliography.matchAll(/^- \*\*(.+?)\*\*/gm)].map(([, key]) => key);
}

/** What `[Liu et al. 2008](00-welcome.ipynb#Bibliography)` cites, from a folder below, too. */
function citationsIn(text: string): string[] {
  return [...text.matchAll(/\[([^\]]+)\]\((?:(?:\.\.\/)?00-welcome\.ipynb)?#Bibliography\)/g)].map(
    ([, key]) => key.replace(/\s+/g, " "),
  );
}

/** Papers that a text names with their years: `Lee and Stolfo 2000`, `Shyu et al. (2003)`, `Liu, Ting and Zhou 2008`. */
function namedIn(text: string): { surname: string; year: string }[] {
  const name = String.raw`\p{Lu}[\p{L}-]+`;
  const authors = String.raw`((?:Dal )?${name})(?:(?:, ${name})*,? (?:and|&) (?:${name}|others)| et al\.)`;
  const pattern = new RegExp(String.raw`${authors},? \(?((?:19|20)\d\d)\b`, "gu");
  const words = text.replace(/\n[\s>*/]*/g, " ");
  return [...words.matchAll(pattern)].map(([, surname, year]) => ({ surname, year }));
}

/** Whether a text names the first author and, not far behind, the year. */
function names(text: string, key: string): boolean {
  const [, surname, year] = /^(.+?)(?: et al\.| and \S+)? (\d{4})$/.exec(key) as RegExpExecArray;
  return new RegExp(String.raw`\b${surname}\b[\s\S]{0,250}?\b${year}\b`, "u").test(text);
}

/** The README and its page of figures, and what the library's sources say. */
function otherTexts(): Text[] {
  const sources = readdirSync(join(project, "lib"), { recursive: true, encoding: "utf8" }).filter(
    (path) => path.endsWith(".ts") && !/^(dist|node_modules)/.test(path),
  );
  return ["README.md", join("test", "bench", "README.md"), ...sources.map((path) => join("lib", path))].map(
    (path) => ({
      file: path,
      text: readFileSync(join(project, path), "utf8"),
    }),
  );
}

test("each entry of the bibliography has authors, title, link, venue and year, and they are in order", async () => {
  const bibliography = bibliographyOf(await notebookTexts());
  const lines = bibliography.split("\n").filter((line) => line.startsWith("- "));
  assert.ok(lines.length > 30, `${lines.length} entries`);
  for (const line of lines) {
    const [, key, authors, , , venue] = entry.exec(line) ?? [];
    assert.ok(key, line);
    const [, surname, year] = /^(.+?)(?: et al\.| and \S+)? (\d{4})$/.exec(key) ?? [];
    assert.ok(authors.split(",")[0].includes(surname), line);
    assert.ok(venue.includes(year), line);
  }
  const keys = keysOf(bibliography);
  assert.deepEqual(
    keys,
    [...new Set(keys)].sort((a, b) => a.localeCompare(b, "en")),
  );
});

test("whatever is cited has an entry, in notebooks, the README and the sources", async () => {
  const texts = await notebookTexts();
  const keys = keysOf(bibliographyOf(texts));
  let citations = 0;
  for (const { file, text } of texts)
    for (const key of citationsIn(text)) {
      citations++;
      assert.ok(keys.includes(key), `${file} cites ${key}`);
    }
  assert.ok(citations > 0);
  for (const { file, text } of otherTexts())
    for (const { surname, year } of namedIn(text))
      assert.ok(
        keys.some((key) => key.startsWith(surname) && key.endsWith(year)),
        `${file} names ${surname} ${year}`,
      );
});

test("every entry is cited by a notebook, or named by the README or a source", async () => {
  const texts = await notebookTexts();
  const cited = new Set(texts.flatMap(({ text }) => citationsIn(text)));
  const naming = otherTexts();
  for (const key of keysOf(bibliographyOf(texts)))
    assert.ok(cited.has(key) || naming.some(({ text }) => names(text, key)), key);
});

test("a notebook cites by links to the bibliography, not by papers' own addresses or in words alone", async () => {
  const addresses = /https?:\/\/(?:doi\.org|arxiv\.org|openreview\.net|proceedings\.mlr\.press)/;
  for (const { file, text } of await notebookTexts()) {
    const prose = text.replace(/^## Bibliography[\s\S]*/m, "");
    assert.doesNotMatch(prose, addresses, file);
    assert.deepEqual(namedIn(prose.replace(/\[[^\]]*\]\([^)]*\)/g, "")), [], file);
  }
});
