// What runs in a report's page: draws its figures and moves its thresholds. The build bundles it into main.bundle.js.
import { formatCount, formatScore, formatShare } from "../../common/format";
import { type Drawn, isNarrow, pageLayout } from "./page-layout";
import type { MovableThreshold, PageData, PageThreshold } from "./report";

declare const Plotly: {
  newPlot(place: Element, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  restyle(place: Element, update: unknown, traces: number[]): Promise<unknown>;
};

function element<Kind extends Element = HTMLElement>(selector: string, place: ParentNode = document): Kind {
  return place.querySelector(selector) as Kind;
}

const { figures, thresholds }: PageData = JSON.parse(element("#data").textContent ?? "");

/** Draws one figure after the other, so that the page answers meanwhile. */
async function drawAll(): Promise<void> {
  for (const [id, figure] of Object.entries(figures)) await draw(id, figure);
  for (const [id, threshold] of Object.entries(thresholds)) movable(id, threshold);
  document.body.dataset.drawn = "yes";
}

async function draw(id: string, { data, layout }: Drawn): Promise<void> {
  const place = element(`#${id}`);
  const config = {
    responsive: true,
    displaylogo: false,
    toImageButtonOptions: { filename: id, scale: 2 },
    ...(isNarrow(place.clientWidth) && { displayModeBar: false }),
  };
  // Plotly changes what it is given, and the page may be drawn anew.
  const drawn = structuredClone({ data, layout: pageLayout({ data, layout }, place.clientWidth) });
  await Plotly.newPlot(place, drawn.data, drawn.layout, config);
}

const listening = new Set<string>();

/** Makes a slider work: at each of its steps the counts are known. */
function movable(id: string, threshold: PageThreshold): void {
  const group = element(`#${id}`);
  const choice = element<HTMLSelectElement>("select", group);
  const slider = element<HTMLInputElement>("input", group);
  const button = element("button", group);
  const detector = () => threshold.detectors[Number(choice.value)];
  const start = () => {
    slider.max = String(detector().thresholds.length - 1);
    slider.value = String(detector().chosen);
    move();
  };
  const move = () => showAt(group, threshold, detector(), Number(slider.value));
  if (!listening.has(id)) {
    listening.add(id);
    choice.addEventListener("change", start);
    button.addEventListener("click", start);
    slider.addEventListener("input", move);
    start();
  } else move();
}

/** What verdicts at a threshold are worth: in words, as a confusion matrix, and on the curves. */
function showAt(
  group: Element,
  { positives, negatives, roc, precisionRecall }: PageThreshold,
  { name, thresholds, truePositives, falsePositives, chosen }: MovableThreshold,
  step: number,
): void {
  const [truePositive, falsePositive] = [truePositives[step], falsePositives[step]];
  const counts: Readonly<Record<string, readonly [count: number, of: number, isRight: boolean]>> = {
    truePositive: [truePositive, positives, true],
    falseNegative: [positives - truePositive, positives, false],
    falsePositive: [falsePositive, negatives, false],
    trueNegative: [negatives - falsePositive, negatives, true],
  };
  for (const [cell, [count, of, isRight]] of Object.entries(counts)) {
    const place = element(`[data-count=${cell}]`, group);
    place.textContent = `${formatCount(count)} (${formatShare(count / of)})`;
    place.className = isRight ? "right" : "wrong";
  }
  const flagged = truePositive + falsePositive;
  const [recall, falseAlarmRate] = [truePositive / positives, falsePositive / negatives];
  const precision = flagged === 0 ? 0 : truePositive / flagged;
  const f1 = truePositive === 0 ? 0 : (2 * truePositive) / (flagged + positives);
  const value = `${formatScore(thresholds[step])}${step === chosen ? ", as chosen" : ""}`;
  const words = `Flagged above ${value}: false alarms ${formatShare(falseAlarmRate)}, recall ${formatShare(recall)}, precision ${flagged === 0 ? "–" : formatShare(precision)}, F1 ${f1.toFixed(3)}`;
  element("output", group).textContent = words;
  element("input", group).setAttribute("aria-valuetext", value);
  movePoint(roc, name, falseAlarmRate, recall);
  movePoint(precisionRecall, name, recall, precision);
}

/** Moves the dot on a detector's curve, in each panel that has it, and makes it larger than those of others. */
function movePoint(id: string, name: string, x: number, y: number): void {
  const { data } = figures[id];
  const dots = data.flatMap(({ mode, legendgroup }, i) => (mode === "markers" && legendgroup ? [i] : []));
  const own = dots.filter((i) => data[i].legendgroup === name);
  const sizes = dots.map((i) => (own.includes(i) ? 16 : 9));
  void Plotly.restyle(element(`#${id}`), { "marker.size": sizes }, dots);
  void Plotly.restyle(element(`#${id}`), { x: own.map(() => [x]), y: own.map(() => [y]) }, own);
}

// Another layout for another width: panels stand side by side, or below one another.
let width = window.innerWidth;
window.addEventListener("resize", () => {
  if (isNarrow(width) !== isNarrow(window.innerWidth)) void drawAll();
  width = window.innerWidth;
});

void drawAll();
