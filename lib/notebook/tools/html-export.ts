import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { escapeHtml, htmlPage, scriptJson } from "../../common/html";
import { sharedFolder } from "../../common/own-files";
import { loadPackage } from "../../common/packages";
import { inTransaction, type TransactionOptions } from "../../common/transaction";
import { unwritable } from "../../common/unwritable";
import { plotlyFile } from "../../visualize/page";
import { type Cell, type MimeBundle, notebookName, type Output, readNotebook } from "./notebook";

/**
 * Writes notebooks as pages that work offline: text, code and outputs; figures are interactive by one `plotly.js`
 * beside the pages. A notebook in a folder below `from` becomes a page in a folder below `to`.
 *
 * @returns the paths of the pages
 * @throws {InputError} if a notebook can't be read or the folder can't be written
 */
export async function exportHtml(
  files: readonly string[],
  from: string,
  to: string,
  options: Pick<TransactionOptions, "onNotice"> = {},
): Promise<string[]> {
  const pages = files.map((file) => relative(from, file).replace(/\.ipynb$/, ".html"));
  const names = ["plotly.js", ...pages.map((page) => page.replaceAll(sep, "/"))];
  const folder = sharedFolder("pages", (path) => names.includes(path));
  await inTransaction({ ...options, read: files }, async (transaction) => {
    const staged = await transaction.stageFolder(to, folder);
    try {
      await copyFile(plotlyFile(), join(staged, "plotly.js"));
      for (const [i, file] of files.entries()) {
        const { cells } = await readNotebook(file);
        const page = join(staged, pages[i]);
        await mkdir(dirname(page), { recursive: true });
        const plotly = relative(dirname(page), join(staged, "plotly.js")).replaceAll(sep, "/");
        await writeFile(page, pageOf(notebookName(file), plotly, cells.map(cellHtml).join("\n")));
      }
    } catch (error) {
      throw unwritable(staged, error);
    }
  });
  return pages.map((page) => join(to, page));
}

function pageOf(name: string, plotly: string, cells: string): string {
  const body = `<main>
${cells}
</main>
<script>
for (const place of document.querySelectorAll("script[type='application/vnd.plotly.v1+json']")) {
  const target = document.createElement("div");
  if (place.previousElementSibling) place.previousElementSibling.remove();
  place.before(target);
  Plotly.newPlot(target, JSON.parse(place.textContent));
}
</script>`;
  return htmlPage({ title: name, plotly, style, body });
}

const style = `body { margin: 0; font: 16px/1.55 Helvetica, Arial, sans-serif; color: #222; background: #fff; }
main { max-width: 1000px; margin: 0 auto; padding: 24px 20px 80px; }
pre { overflow-x: auto; padding: 10px 14px; border-radius: 4px; font: 14px/1.45 ui-monospace, Menlo, Consolas, monospace; }
pre.code { background: #f5f6f8; border-left: 3px solid #0072b2; }
pre.stderr { background: #fdf0ec; }
p code, li code, td code { background: #f5f6f8; padding: 1px 4px; border-radius: 3px; font-size: 0.9em; }
img { max-width: 100%; }
.output { overflow-x: auto; margin-bottom: 1.2em; }
table { border-collapse: collapse; font-size: 14px; margin: 0.6em 0; }
th, td { padding: 3px 10px; border-bottom: 1px solid #ddd; text-align: right; }
.hljs-keyword, .hljs-built_in { color: #0050a0; } .hljs-string { color: #a04000; } .hljs-number { color: #007050; }
.hljs-comment { color: #777; } .hljs-title { color: #6a3d9a; }`;

function cellHtml(cell: Cell): string {
  if (cell.cell_type !== "code") return markdownHtml(cell.source);
  return `<pre class="code">${codeHtml(cell.source)}</pre>\n${cell.outputs.map(outputHtml).join("\n")}`;
}

function codeHtml(source: string): string {
  const highlighter = loadPackage("highlight.js", () => {
    const { default: core } = require("highlight.js/lib/core") as typeof import("highlight.js/lib/core");
    if (!core.getLanguage("typescript"))
      core.registerLanguage("typescript", require("highlight.js/lib/languages/typescript"));
    return core;
  });
  return highlighter.highlight(source, { language: "typescript" }).value;
}

function outputHtml(output: Output): string {
  if (output.output_type === "stream")
    return `<pre class="${escapeHtml(output.name)}">${escapeHtml(output.text)}</pre>`;
  if (output.output_type === "error")
    return `<pre class="stderr">${escapeHtml(output.traceback.join("\n"))}</pre>`;
  return `<div class="output">${richestHtml(output.data)}</div>`;
}

function richestHtml(data: MimeBundle): string {
  const png = data["image/png"];
  const image =
    typeof png === "string" ? `<img src="data:image/png;base64,${escapeHtml(png.trim())}" alt="">` : "";
  const figure = data["application/vnd.plotly.v1+json"];
  if (figure !== undefined) {
    return `${image}<script type="application/vnd.plotly.v1+json">${scriptJson(figure)}</script>`;
  }
  if (image) return image;
  if (typeof data["text/html"] === "string") return data["text/html"];
  if (typeof data["image/svg+xml"] === "string") return data["image/svg+xml"];
  return `<pre>${escapeHtml(String(data["text/plain"] ?? ""))}</pre>`;
}

/** Markdown with formulas between dollar signs, which become MathML: no fonts or scripts are needed. */
function markdownHtml(source: string): string {
  const katex = loadPackage("katex", () => require("katex") as typeof import("katex").default);
  const { Marked } = loadPackage("marked", () => require("marked") as typeof import("marked"));
  const formula = (displayMode: boolean) => (match: { text: string }) =>
    katex.renderToString(match.text, { output: "mathml", displayMode, throwOnError: false });
  const extension = (name: string, pattern: RegExp, displayMode: boolean) => ({
    name,
    level: "inline" as const,
    start: (text: string) => text.indexOf("$"),
    tokenizer: (text: string) => {
      const found = pattern.exec(text);
      return found ? { type: name, raw: found[0], text: found[1].trim() } : undefined;
    },
    renderer: (token: object) => formula(displayMode)(token as { text: string }),
  });
  const marked = new Marked({
    extensions: [
      extension("displayFormula", /^\$\$([^$]+)\$\$/, true),
      extension("formula", /^\$([^$\n]+)\$/, false),
    ],
  });
  return marked.parse(source, { async: false });
}
