import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { escapeHtml, htmlPage } from "../../common/html";
import { type Chapter, contentsName } from "../book/chapter";
import { style } from "../book/style";
import { scoreRange } from "./drawing";
import { toys } from "./toys";

/**
 * The playground as one page that needs nothing else.
 *
 * @param chapters of the book, in which it leads back to the forest's; none: it stands alone
 */
export async function playgroundPage(chapters: readonly Chapter[]): Promise<string> {
  const back = chapters.find(({ page }) => page.endsWith("isolation-forest.html"));
  const links = [
    ...(chapters.length > 0 ? [`<a href="${contentsName}">Contents</a>`] : []),
    ...(back ? [`<a href="${escapeHtml(back.page)}">← ${escapeHtml(back.title)}</a>`] : []),
  ].join("\n");
  const script = await readFile(join(__dirname, "main.bundle.js"), "utf8");
  return htmlPage({
    title: "Playground: an isolation forest",
    style: style + playgroundStyle,
    body: `<header><nav aria-label="Book">${links}</nav></header>
<main>
<h1>Playground: an isolation forest</h1>
<p>The colour of a place is its anomaly score: the fewer random cuts isolate it, the stronger; the forest is this project's own,
and is grown anew with each change. Circles are usual points and triangles planted anomalies, which the forest is not told, and
whatever lies on the strong side of the line is flagged.</p>
<div class="columns">
${plane}
${settings()}
</div>
</main>
<script>${script.replaceAll("</script", "<\\/script")}</script>`,
  });
}

/** Where points are placed. */
const plane = `<section aria-label="Plane">
<canvas id="plane" tabindex="0" role="application" aria-label="Plane with points" aria-describedby="help"></canvas>
<canvas id="scale" aria-hidden="true"></canvas>
<div class="ends"><span>${scoreRange[0]} usual</span><span>score</span><span>anomalous ${scoreRange[1]}</span></div>
<p id="help">Click to add a point, drag one to move it. Keys: arrows go to a place (with Shift further), Enter adds a point there,
M takes up the nearest point and puts it down, Delete removes it.</p>
<fieldset><legend>A click or Enter</legend>
<label><input type="radio" name="tool" value="usual" checked> adds a usual point</label>
<label><input type="radio" name="tool" value="anomaly"> adds an anomaly</label>
<label><input type="radio" name="tool" value="remove"> removes a point</label>
</fieldset>
</section>`;

/** What can be set, and what is measured. */
function settings(): string {
  return `<section aria-label="Settings and measures">
<p><label for="toy">Start from</label> <select id="toy">${Object.keys(toys)
    .map((name) => `<option>${name}</option>`)
    .join("")}</select> <button id="clear" type="button">Remove all</button></p>
${slider("trees", "Trees")}
${slider("sampleSize", "Sample size ψ")}
${slider("seed", "Seed")}
${slider("threshold", "Threshold")}
${slider("budget", "Budget of false alarms")}
<p id="message" role="status"></p>
<h2>At this place</h2>
<output id="place" aria-live="polite"></output>
<svg id="paths" viewBox="0 0 320 130" role="img" aria-label="Histogram of path lengths over the trees"></svg>
<h2>On these points</h2>
<div class="measures">
<svg id="roc" viewBox="0 0 170 170" role="img" aria-label="ROC curve"></svg>
<div>
<p>ROC AUC <data id="area" value=""></data></p>
<table><thead><tr><th></th><th>flagged</th><th>passed</th></tr></thead><tbody>
<tr><th>anomalies</th><td id="truePositive"></td><td id="falseNegative"></td></tr>
<tr><th>usual</th><td id="falsePositive"></td><td id="trueNegative"></td></tr>
</tbody></table>
<p id="rates"></p>
</div>
</div>
</section>`;
}

function slider(id: string, words: string): string {
  return `<p class="slider"><label for="${id}">${words}</label><input id="${id}" type="range"><output for="${id}"></output></p>`;
}

const playgroundStyle = `:root { --usual: #0072b2; --anomaly: #000; --rim: #fff; --low: #fff; --high: #d55e00; }
@media screen and (prefers-color-scheme: dark) {
  :root { --usual: #56b4e9; --anomaly: #fff; --rim: #000; --low: #202020; --high: #e06a10; }
}
header nav { display: flex; gap: 24px; padding: 10px 20px; border-bottom: 1px solid var(--line); }
main { max-width: 1180px; margin: 0 auto; padding: 0 20px 40px; }
h1 { margin: 0.6em 0 0.3em; font-size: 1.6em; } h2 { margin: 1em 0 0.3em; font-size: 1.05em; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 28px; }
@media (min-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr) 400px; } }
#plane { display: block; width: 100%; aspect-ratio: 4 / 3; border: 1px solid var(--line); touch-action: none; cursor: crosshair; }
#plane:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
#scale { display: block; width: 100%; height: 14px; margin-top: 8px; }
.ends { display: flex; justify-content: space-between; color: var(--faint); font-size: 13px; }
#help { font-size: 14px; color: var(--faint); margin: 0.6em 0; }
fieldset { border: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: 4px 18px; }
.slider { display: grid; grid-template-columns: 150px 1fr 80px; gap: 10px; margin: 2px 0; align-items: center; font-size: 14px; }
.slider input { min-width: 0; }
.slider output, td, data { font-variant-numeric: tabular-nums; }
#message:empty { display: none; }
#place { display: block; font-size: 14px; min-height: 3.2em; }
#paths { display: block; width: 100%; max-width: 400px; }
svg text { font-size: 10px; fill: var(--faint); }
svg .bar { fill: var(--usual); } svg .axis { stroke: var(--line); fill: none; }
svg .curve { stroke: var(--usual); fill: none; stroke-width: 2; } svg .mark { fill: var(--high); stroke: var(--high); stroke-width: 1.5; }
svg .expected { stroke: var(--text); stroke-dasharray: 3 3; }
.measures { display: flex; flex-wrap: wrap; gap: 16px; font-size: 14px; }
#roc { width: 160px; }
.measures > div { flex: 1 1 190px; }
.measures p { margin: 0 0 0.5em; }
table { border-collapse: collapse; } th, td { padding: 2px 6px; border-bottom: 1px solid var(--line); text-align: right; }
`;
