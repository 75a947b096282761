import { escapeHtml, scriptJson } from "../../common/html";
import { loadPackage } from "../../common/packages";
import type { MimeBundle } from "../display";
import type { CodeCell, Output } from "../tools/notebook";

/**
 * A code cell with its outputs.
 *
 * @param place among the page's code cells, from 1
 * @param markdownHtml makes HTML of the sentences that it says
 */
export function cellHtml(
  { source, execution_count, outputs }: CodeCell,
  place: number,
  markdownHtml: (source: string) => string,
): string {
  const id = `cell-${place}`;
  const number = `<a class="number" href="#${id}" aria-label="Cell ${place}">[${execution_count ?? " "}]</a>`;
  const code = `<pre class="code">${codeHtml(source)}</pre>`;
  return `<div class="cell" id="${id}">${number}${code}\n${outputs.map((output) => outputHtml(output, markdownHtml)).join("\n")}</div>`;
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

function outputHtml(output: Output, markdownHtml: (source: string) => string): string {
  if (output.output_type === "stream")
    return `<pre class="${escapeHtml(output.name)}">${escapeHtml(output.text)}</pre>`;
  if (output.output_type === "error")
    return `<pre class="stderr">${escapeHtml(output.traceback.join("\n"))}</pre>`;
  const markdown = output.data["text/markdown"];
  if (typeof markdown === "string") return markdownHtml(markdown);
  return `<div class="output">${richestHtml(output.data)}</div>`;
}

function richestHtml(data: MimeBundle): string {
  const words = String(data["text/plain"] ?? "");
  const png = data["image/png"];
  const alt = escapeHtml(words || "picture");
  const image =
    typeof png === "string" ? `<img src="data:image/png;base64,${escapeHtml(png.trim())}" alt="${alt}">` : "";
  const figure = data["application/vnd.plotly.v1+json"];
  if (figure !== undefined) {
    const script = `<script type="application/vnd.plotly.v1+json">${scriptJson(figure)}</script>`;
    return `<div class="figure" data-words="${alt}">${image}${script}</div>`;
  }
  if (image) return image;
  if (typeof data["text/html"] === "string") return data["text/html"];
  if (typeof data["image/svg+xml"] === "string") return data["image/svg+xml"];
  return `<pre>${escapeHtml(words)}</pre>`;
}

/**
 * Draws the figures of a page; their pictures remain for printing and for readers without scripts. Those with a
 * heatmap are marked: in the dark it keeps its colours, of which the text speaks.
 */
export const drawFigures = `<script>
for (const place of document.querySelectorAll(".figure")) {
  if (!window.Plotly) break;
  const figure = JSON.parse(place.querySelector("script").textContent);
  const target = document.createElement("div");
  target.role = "img";
  target.ariaLabel = place.dataset.words;
  if (figure.data.some(({ type }) => type === "heatmap")) place.classList.add("areas");
  place.classList.add("drawn");
  place.append(target);
  Plotly.newPlot(target, figure);
}
</script>`;
