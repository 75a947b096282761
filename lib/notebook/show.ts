import { InputError } from "../common/errors";
import { scriptJson, unescapeHtml } from "../common/html";
import { oneLine } from "../common/shown";
import type { Table } from "../data/table";
import { darkFigures, hasAreas } from "../visualize/dark";
import type { Figure } from "../visualize/figure";
import { type ImageRenderer, openImageRenderer } from "../visualize/image";
import { display, inNotebook } from "./display";
import { type Frame, frameHtml, frameText, tableFrame } from "./frame";

/**
 * Shows a figure, a frame of danfojs, or the first rows of a table, in a notebook.
 *
 * A figure goes out as one bundle: for Plotly's own renderers (VS Code), as a picture that JupyterLab makes interactive,
 * as a picture alone (GitHub, exports), and as a line of text. Without an installed browser there is no picture.
 *
 * @example
 * await show(rocFigure(curves, { protocol: "fit on normals, scored on corrected" }));
 */
export async function show(value: Figure | Frame | Table): Promise<void> {
  if (!("columns" in value) && "layout" in value) return showFigure(value);
  // A frame of danfojs has its columns as properties too, whatever their names; a table of a file describes its columns.
  const frame =
    "features" in value && Array.isArray(value.features) ? tableFrame(value as Table) : (value as Frame);
  display({ "text/html": frameHtml(frame), "text/plain": frameText(frame) });
  return undefined;
}

/**
 * A place in a notebook for a figure that changes while something runs, such as a training curve.
 *
 * @example
 * const live = liveFigure();
 * await fitAutoencoder(matrix, {
 *   onEpoch: (history) => {
 *     const epochs = history.map((losses, i) => ({ epoch: i + 1, ...losses }));
 *     live.update(trainingLossFigure(epochs, caption));
 *   },
 * });
 * await live.finish();
 */
export function liveFigure(): { update(figure: Figure): void; finish(): Promise<void> } {
  const id = newDisplayId();
  let last: Figure | undefined;
  return {
    update(figure) {
      if (inNotebook()) display(figureBundle(figure, undefined), id, last !== undefined);
      last = figure;
    },
    async finish() {
      if (last) display(figureBundle(last, await picture(last)), id, inNotebook());
    },
  };
}

let displays = 0;

/** A name for a display that other notebooks of this process do not use. */
export function newDisplayId(): string {
  return `traffic-anomaly-${process.pid}-${displays++}`;
}

async function showFigure(figure: Figure): Promise<void> {
  display(figureBundle(figure, inNotebook() ? await picture(figure) : undefined));
}

let renderer: Promise<ImageRenderer | undefined> | undefined;
let closing: NodeJS.Timeout | undefined;

/** The figure as PNG, base64, small enough for GitHub; one browser serves the notebook, until half a minute without a figure. */
async function picture(figure: Figure): Promise<string | undefined> {
  clearTimeout(closing);
  renderer ??= openImageRenderer(1).catch((error) => {
    if (!(error instanceof InputError)) throw error;
    console.warn(`figures have no pictures: ${error.message}`);
    return undefined;
  });
  const opened = await renderer;
  const image = await opened?.draw(figure);
  clearTimeout(closing); // of a figure that was drawn meanwhile
  if (opened) closing = setTimeout(closeRenderer, 30_000, opened).unref();
  return image && Buffer.from(image).toString("base64");
}

/** A browser holds as much memory as a notebook's kernel does. */
function closeRenderer(opened: ImageRenderer): void {
  renderer = undefined;
  void opened.close();
}

function figureBundle(figure: Figure, png: string | undefined): Record<string, unknown> {
  return {
    "application/vnd.plotly.v1+json": plotted(figure),
    "text/html": figureHtml(figure, png),
    ...(png && { "image/png": png }),
    "text/plain": titleOf(figure),
  };
}

/** What `Plotly.newPlot` takes. */
function plotted(figure: Figure): object {
  return { ...figure, config: { responsive: true, displaylogo: false } };
}

/**
 * A picture, and a script that draws the figure over it with the Plotly of the page, or with the project's own, which
 * JupyterLab serves when it was opened by `npm run lab`. Where scripts do not run the picture stays. In JupyterLab's dark
 * theme it is dark, too.
 */
function figureHtml(drawn: Figure, png: string | undefined): string {
  const figure = scriptJson(plotted(drawn));
  const image = png ? `<img src="data:image/png;base64,${png}" style="max-width: 100%" alt="">` : "";
  const dark = darkFigures('body[data-jp-theme-light="false"] .traffic-figure');
  return `<div class="traffic-figure${hasAreas(drawn) ? " areas" : ""}">${image}<script>
(() => {
  const place = document.currentScript ? document.currentScript.parentElement : undefined;
  if (!place) return;
  if (!document.getElementById("traffic-figures")) {
    const style = document.createElement("style");
    style.id = "traffic-figures";
    style.textContent = ${JSON.stringify(dark)};
    document.head.append(style);
  }
  const figure = ${figure};
  const draw = (Plotly) => {
    const target = document.createElement("div");
    place.replaceChildren(target);
    Plotly.newPlot(target, figure);
  };
  if (window.Plotly) return draw(window.Plotly);
  const settings = document.getElementById("jupyter-config-data");
  if (!settings) return;
  window.plotlyLoading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = JSON.parse(settings.textContent).baseUrl + "files/node_modules/plotly.js-dist/plotly.js";
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  window.plotlyLoading.then(draw, () => {});
})();
</script></div>`;
}

function titleOf({ layout, data }: Figure): string {
  const title = (layout.title as { text?: string } | undefined)?.text ?? "figure";
  const words = unescapeHtml(title.replace(/<br>/g, ": ").replace(/<[^>]*>/g, ""));
  return `${oneLine(words)} (figure with ${data.length} ${data.length === 1 ? "trace" : "traces"})`;
}
