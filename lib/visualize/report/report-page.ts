import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeHtml, htmlPage, scriptJson } from "../../common/html";
import { loadPackage } from "../../common/packages";
import type { Figure } from "../figure";
import { captionOf } from "../layout";
import type {
  Block,
  LegendEntry,
  LegendLine,
  PageThreshold,
  Report,
  Section,
  TableBlock,
  ThresholdBlock,
} from "./report";
import { reportStyle } from "./style";

/**
 * The file of the Plotly bundle for reports, which knows lines and bars only: 1.2 MB, where the whole of it has 10.
 *
 * @throws {InputError} if the package is not installed
 */
export function reportPlotlyFile(): string {
  return loadPackage("plotly.js-basic-dist-min", () =>
    require.resolve("plotly.js-basic-dist-min/plotly-basic.min.js"),
  );
}

/**
 * A report as one page that needs no other file and no network, so that it can be mailed. It may run its own scripts only, by
 * their checksums, whatever a name in it says.
 */
export async function reportPage(report: Report): Promise<string> {
  const content = new PageContent();
  const sections = report.sections.map((section) => content.section(section)).join("\n");
  const scripts = await Promise.all([reportPlotlyFile(), join(__dirname, "main.bundle.js")].map(scriptText));
  const allowed = scripts.map((script) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`);
  const data = { figures: content.figures, thresholds: content.thresholds };
  return htmlPage({
    title: report.title,
    policy: `default-src 'none'; script-src ${allowed.join(" ")}; style-src 'unsafe-inline'; img-src data: blob:`,
    style: reportStyle,
    body: `<a class="skip" href="#main">Skip to the findings</a>
<header>
<h1>${report.remark ? `<small>${escapeHtml(report.remark)}:</small> ` : ""}${escapeHtml(report.title)}</h1>
${report.lead.map((sentence) => `<p>${escapeHtml(sentence)}</p>`).join("\n")}
${legend(report.legend)}
<noscript><p>Figures need JavaScript, which is off here; the tables do not.</p></noscript>
</header>
<nav aria-label="Sections"><ul>
${report.sections.map(({ title }) => `<li><a href="#${idOf(title)}">${escapeHtml(title)}</a></li>`).join("\n")}
</ul></nav>
<main id="main">
${sections}
</main>
<script type="application/json" id="data">${scriptJson(data)}</script>
${scripts.map((script) => `<script>${script}</script>`).join("\n")}`,
  });
}

/** Nothing in a script may end its element. */
async function scriptText(path: string): Promise<string> {
  return (await readFile(path, "utf8")).replaceAll("</script", "<\\/script");
}

function idOf(title: string): string {
  return `section-${createHash("sha256").update(title).digest("hex").slice(0, 12)}`;
}

function legend(lines: readonly LegendLine[]): string {
  const entry = ({ title, colour, dashed, area }: LegendEntry) =>
    `<span><span class="swatch${dashed ? " dashed" : area ? " area" : ""}" style="border-color: ${colour}" aria-hidden="true"></span>${escapeHtml(title)}</span>`;
  const line = ({ title, entries }: LegendLine) =>
    `<dt>${escapeHtml(title)}</dt><dd>${entries.map(entry).join("\n")}</dd>`;
  return `<div class="legend" role="group" aria-label="What the colours mean"><dl>${lines.map(line).join("\n")}</dl></div>`;
}

/** Writes the blocks of a page, and collects what its script needs. */
class PageContent {
  readonly figures: Record<string, Pick<Figure, "data" | "layout">> = {};
  readonly thresholds: Record<string, PageThreshold> = {};

  section({ title, blocks }: Section): string {
    const id = idOf(title);
    return `<section aria-labelledby="${id}"><h2 id="${id}">${escapeHtml(title)}</h2>
${blocks.map((block) => this.#block(block)).join("\n")}
</section>`;
  }

  #block(block: Block): string {
    switch (block.kind) {
      case "list":
        return `<ul>${block.items.map((item) => `<li>${escapeHtml(item)}</li>`).join("\n")}</ul>`;
      case "table":
        return table(block);
      case "figure":
        return this.#figure(block.figure).html;
      case "threshold":
        return this.#threshold(block);
    }
  }

  /** A title, what was fitted and scored, and a place that the script draws in. */
  #figure(figure: Figure): { readonly id: string; readonly html: string } {
    const id = `figure-${Object.keys(this.figures).length}`;
    const { title, protocol } = captionOf(figure);
    this.figures[id] = { data: figure.data, layout: figure.layout };
    const html = `<figure aria-labelledby="${id}-title"><h3 id="${id}-title">${escapeHtml(title)}</h3>
<p class="protocol">${escapeHtml(protocol)}</p>
<div id="${id}" class="plot" role="img" aria-label="${escapeHtml(`${title}, ${protocol}`)}"></div></figure>`;
    return { id, html };
  }

  #threshold(block: ThresholdBlock): string {
    const { detectors, positives, negatives, anomaly } = block;
    const [roc, precisionRecall] = [block.roc, block.precisionRecall].map((figure) => this.#figure(figure));
    const id = `threshold-${Object.keys(this.thresholds).length}`;
    this.thresholds[id] = {
      detectors,
      positives,
      negatives,
      roc: roc.id,
      precisionRecall: precisionRecall.id,
    };
    const options = detectors
      .map(({ title }, i) => `<option value="${i}">${escapeHtml(title)}</option>`)
      .join("");
    const row = (name: string, flagged: string, passed: string) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td data-count="${flagged}"></td><td data-count="${passed}"></td></tr>`;
    return `<div class="threshold" id="${id}" role="group" aria-label="Move the threshold">
<div class="controls">
<label for="${id}-detector">Detector</label><select id="${id}-detector">${options}</select>
<label for="${id}-value">Threshold</label><input id="${id}-value" type="range" min="0" step="1">
</div>
<p aria-live="polite"><output for="${id}-value ${id}-detector"></output> <button type="button">as chosen</button></p>
<table><thead><tr><td></td><th scope="col">flagged</th><th scope="col">passed</th></tr></thead><tbody>
${row(anomaly, "truePositive", "falseNegative")}
${row("normal", "falsePositive", "trueNegative")}
</tbody></table>
</div>
${roc.html}
${precisionRecall.html}`;
  }
}

/** A table; on a narrow screen each row is a list of its columns, for which roles keep it a table to a screen reader. */
function table({ title, columns, rows, folded }: TableBlock): string {
  const numbers = rows.every(([, ...cells]) => cells.every(isNumber)) ? " numbers" : "";
  const kind = `${columns.length > 2 ? "wide" : "pair"}${numbers}`;
  const head = columns.map((name) => `<th scope="col" role="columnheader">${escapeHtml(name)}</th>`);
  const line = ([name, ...cells]: readonly string[]) => {
    const own = cells.map(
      (text, i) =>
        `<td role="cell"${longWord(text)} data-column="${escapeHtml(columns[i + 1])}">${escapeHtml(text)}</td>`,
    );
    return `<tr role="row"><th scope="row" role="rowheader"${longWord(name)}>${escapeHtml(name)}</th>${own.join("")}</tr>`;
  };
  const html = `<table role="table" class="${kind}"><caption>${escapeHtml(title)}</caption>
<thead role="rowgroup"><tr role="row">${head.join("")}</tr></thead>
<tbody role="rowgroup">${rows.map(line).join("\n")}</tbody></table>`;
  return folded ? `<details><summary>${escapeHtml(title)}</summary>${html}</details>` : html;
}

function isNumber(text: string): boolean {
  return /^(?:–|(?:[<>−-] ?)?[\d.,]+(?: %)?(?: ± [\d.]+)?)$/.test(text);
}

/** Lets a cell break a word that would make its column too wide; numbers and short names stay whole. */
function longWord(text: string): string {
  return /\S{25}/.test(text) ? ' class="long"' : "";
}
