import { randomUUID } from "node:crypto";
import { copyFile, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { htmlPage, scriptJson } from "../common/html";
import { loadPackage } from "../common/packages";
import type { Figure } from "./figure";
import { figureWidth } from "./layout";

/** The file of the Plotly bundle for browsers, as installed. */
export function plotlyFile(): string {
  return loadPackage("plotly.js-dist", () => require.resolve("plotly.js-dist/plotly.js"));
}

/**
 * Writes a figure as `folder/name.html`, and `folder/plotly.js` beside it if it is not there yet, which all pages of
 * the folder share. The page works offline; keep both files together.
 *
 * @returns the path of the page
 * @example
 * await writePage(rocFigure(curves, caption), "plots", "roc"); // "plots/roc.html"
 */
export async function writePage(figure: Figure, folder: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyPlotly(folder);
  const file = join(folder, `${name}.html`);
  await writeFile(file, pageOf(figure, name));
  return file;
}

/** The text of a page that shows a figure with a `plotly.js` from its own folder. */
export function pageOf(figure: Figure, name: string): string {
  const config = { responsive: true, displaylogo: false, toImageButtonOptions: { filename: name, scale: 2 } };
  const style = `body { margin: 0 auto; max-width: ${1.2 * figureWidth}px; font-family: Helvetica, Arial, sans-serif; }`;
  const body = `<div id="figure"></div>
<script>
const figure = ${scriptJson({ ...figure, config })};
if (window.Plotly) Plotly.newPlot("figure", figure);
else document.body.textContent = "This page needs the file plotly.js in its own folder.";
</script>`;
  return htmlPage({ title: name, plotly: "plotly.js", style, body });
}

async function copyPlotly(folder: string): Promise<void> {
  const target = join(folder, "plotly.js");
  const sizes = await Promise.all([plotlyFile(), target].map((file) => stat(file).catch(() => undefined)));
  if (sizes[0]?.size === sizes[1]?.size) return;
  const unfinished = `${target}.${randomUUID()}`;
  try {
    await copyFile(plotlyFile(), unfinished);
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
}
