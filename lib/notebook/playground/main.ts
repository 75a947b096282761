// What runs in the playground's page. The build bundles it, with the library's forest in it, into main.bundle.js.
import { averagePathLength } from "../../models/isolation-forest/average-path-length";
import { pathLengthChart, rocChart } from "./charts";
import { drawPlane, drawScale, forgetColours, scoreRange } from "./drawing";
import { type Grown, grow, type Judgement, judge, judgePlace, type Rule } from "./judgement";
import { type Place, type Point, plane, pointAt, toys } from "./toys";

/** Values of the sliders that do not go in even steps. */
const steps = {
  trees: [1, 2, 5, 10, 20, 50, 100, 200, 400],
  sampleSize: [2, 4, 8, 16, 32, 64, 128, 256],
} as const;

let points: Point[] = Object.values(toys)[0]();
let rule: Rule = { kind: "budget", value: 0.05 };
let place: Place = { x: 0, y: 0 };
/** The point that follows the pointer or the arrows. */
let held: number | undefined;
let grown: Grown | undefined;
let verdict: Judgement | undefined;

function element<Kind extends Element = HTMLElement>(id: string): Kind {
  return document.querySelector(`#${id}`) as Kind;
}

const canvas = element<HTMLCanvasElement>("plane");
const input = (id: string) => element<HTMLInputElement>(id);

// Growing and judging.

let isGrowing = false;
let isStale = false;

/** Grows the forest anew and shows what came of it; of changes that come meanwhile, only the last is carried out. */
async function regrow(): Promise<void> {
  draw();
  isStale = true;
  if (isGrowing) return;
  isGrowing = true;
  try {
    while (isStale) {
      isStale = false;
      grown = points.length >= 2 ? await grow(points, settings()) : undefined;
      await showAll();
      await new Promise(requestAnimationFrame);
    }
  } finally {
    isGrowing = false;
  }
}

function settings() {
  return {
    trees: steps.trees[input("trees").valueAsNumber],
    sampleSize: steps.sampleSize[input("sampleSize").valueAsNumber],
    seed: input("seed").valueAsNumber,
  };
}

// Showing.

async function showAll(): Promise<void> {
  showVerdict();
  await showPlace();
}

function showVerdict(): void {
  verdict = grown && judge(grown, rule);
  showSettings();
  showMeasures();
  draw();
}

function draw(): void {
  const threshold = verdict?.threshold ?? 1;
  const flagged = grown?.points === points && verdict ? verdict.flagged : new Uint8Array(points.length);
  drawPlane(canvas, { points, grown, flagged, threshold, place });
  drawScale(element<HTMLCanvasElement>("scale"), threshold);
}

function showSettings(): void {
  const { trees, sampleSize, seed } = settings();
  const used = grown?.forest.settings.sampleSize ?? sampleSize;
  showValue("trees", `${trees}`);
  showValue("sampleSize", used < sampleSize ? `${sampleSize} (all ${used})` : `${sampleSize}`);
  showValue("seed", `${seed}`);
  if (verdict && rule.kind === "budget") input("threshold").valueAsNumber = verdict.threshold;
  showValue("threshold", `${(verdict?.threshold ?? input("threshold").valueAsNumber).toFixed(3)}`);
  if (verdict && rule.kind === "score") input("budget").valueAsNumber = falseAlarmRate();
  showValue("budget", percent(rule.kind === "budget" ? rule.value : falseAlarmRate()));
  element("message").textContent = grown ? "" : "A forest needs at least two points.";
}

/** Says a slider's value, also to who can't see it. */
function showValue(id: string, words: string): void {
  input(id).setAttribute("aria-valuetext", words);
  const output = document.querySelector(`output[for="${id}"]`);
  if (output) output.textContent = words;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function ratio(part: number, other: number): number {
  return part + other === 0 ? 0 : part / (part + other);
}

function falseAlarmRate(): number {
  return verdict ? ratio(verdict.confusion.falsePositive, verdict.confusion.trueNegative) : 0;
}

function showMeasures(): void {
  const { confusion, roc } = verdict ?? {};
  const area = element<HTMLDataElement>("area");
  area.value = `${roc?.area ?? ""}`;
  area.textContent = roc?.area.toFixed(3) ?? "– (needs points of both kinds)";
  for (const id of ["truePositive", "falseNegative", "falsePositive", "trueNegative"] as const)
    element(id).textContent = `${confusion?.[id] ?? "–"}`;
  const recall = confusion ? ratio(confusion.truePositive, confusion.falseNegative) : 0;
  const precision = confusion ? ratio(confusion.truePositive, confusion.falsePositive) : 0;
  element("rates").textContent = confusion
    ? `recall ${percent(recall)}, precision ${percent(precision)}, false alarms ${percent(falseAlarmRate())}`
    : "";
  element("roc").innerHTML = roc ? rocChart(roc, { falseAlarmRate: falseAlarmRate(), recall }) : "";
}

/** Shows what the forest says of the place that is looked at. */
async function showPlace(): Promise<void> {
  const judged = grown;
  if (!judged) {
    element("place").textContent = "";
    element("paths").innerHTML = "";
    return;
  }
  const { score, pathLengths } = await judgePlace(judged, place);
  if (judged !== grown) return; // a newer forest has its own turn
  const mean = pathLengths.reduce((sum, length) => sum + length, 0) / pathLengths.length;
  const expected = averagePathLength(judged.forest.settings.sampleSize);
  element("place").innerHTML = `x <data id="x" value="${place.x}">${place.x.toFixed(2)}</data>,
y <data id="y" value="${place.y}">${place.y.toFixed(2)}</data>: score <data id="score" value="${score}">${score.toFixed(3)}</data>
= 2<sup>−E[h] / c(ψ)</sup> = 2<sup>−<data id="mean" value="${mean}">${mean.toFixed(2)}</data> / ${expected.toFixed(2)}</sup>;
${verdict && score > verdict.threshold ? "flagged" : "passed"}`;
  element("paths").innerHTML = pathLengthChart(pathLengths, mean, expected);
}

// Points.

/** The nearest point to a place; undefined if none is near enough. */
function nearest({ x, y }: Place, reach = 0.25): number | undefined {
  const distances = points.map((point) => Math.hypot(point.x - x, point.y - y));
  const least = Math.min(...distances);
  return least <= reach ? distances.indexOf(least) : undefined;
}

function setPoints(next: Point[]): void {
  points = next;
  void regrow();
}

function remove(index: number | undefined): void {
  held = undefined;
  if (index !== undefined) setPoints(points.filter((_, i) => i !== index));
}

/** Does at the place what the chosen tool does. */
function useTool(): void {
  const tool = document.querySelector<HTMLInputElement>("input[name=tool]:checked")?.value;
  if (tool === "remove") remove(nearest(place, 0.4));
  else setPoints([...points, pointAt(place.x, place.y, tool === "anomaly")]);
}

/** Looks at another place, and takes along the point that is held. */
function moveTo(next: Place): void {
  const { x, y } = pointAt(next.x, next.y, false);
  place = { x, y };
  if (held !== undefined)
    setPoints(points.map((point, i) => (i === held ? pointAt(x, y, point.anomalous) : point)));
  else {
    draw();
    void showPlace();
  }
}

// Pointer and keys.

function placeOf(event: PointerEvent): Place {
  const box = canvas.getBoundingClientRect();
  const [left, right] = plane.x;
  const [bottom, top] = plane.y;
  return {
    x: left + ((event.clientX - box.left) / box.width) * (right - left),
    y: top - ((event.clientY - box.top) / box.height) * (top - bottom),
  };
}

canvas.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  moveTo(placeOf(event));
  const isRemoving = document.querySelector<HTMLInputElement>("input[value=remove]")?.checked;
  const near = isRemoving ? undefined : nearest(place);
  if (near === undefined) return useTool();
  held = near;
  canvas.setPointerCapture(event.pointerId);
});
canvas.addEventListener("pointermove", (event) => moveTo(placeOf(event)));
for (const end of ["pointerup", "pointercancel"])
  canvas.addEventListener(end, () => {
    held = undefined;
  });

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-0.1, 0],
  ArrowRight: [0.1, 0],
  ArrowUp: [0, 0.1],
  ArrowDown: [0, -0.1],
};

canvas.addEventListener("keydown", (event) => {
  const arrow = arrows[event.key];
  const far = event.shiftKey ? 5 : 1;
  if (arrow) moveTo({ x: place.x + far * arrow[0], y: place.y + far * arrow[1] });
  else if (event.key === "Enter") useTool();
  else if (event.key === "Delete" || event.key === "Backspace") remove(held ?? nearest(place, 0.4));
  else if (event.key.toLowerCase() === "m") held = held === undefined ? nearest(place, 0.4) : undefined;
  else return;
  event.preventDefault();
});

// Settings.

function setUp(id: string, range: { min: number; max: number; step: number; value: number }): void {
  Object.assign(input(id), range);
}

setUp("trees", { min: 0, max: steps.trees.length - 1, step: 1, value: steps.trees.indexOf(100) });
setUp("sampleSize", {
  min: 0,
  max: steps.sampleSize.length - 1,
  step: 1,
  value: steps.sampleSize.indexOf(64),
});
setUp("seed", { min: 1, max: 50, step: 1, value: 1 });
setUp("threshold", { min: scoreRange[0], max: scoreRange[1], step: 0.001, value: 0.6 });
setUp("budget", { min: 0.005, max: 0.3, step: 0.005, value: rule.value });

for (const id of ["trees", "sampleSize", "seed"]) input(id).addEventListener("input", regrow);
for (const [id, kind] of [
  ["threshold", "score"],
  ["budget", "budget"],
] as const)
  input(id).addEventListener("input", () => {
    rule = { kind, value: input(id).valueAsNumber };
    void showAll();
  });
element<HTMLSelectElement>("toy").addEventListener("change", (event) => {
  setPoints(toys[(event.target as HTMLSelectElement).value]());
});
element("clear").addEventListener("click", () => setPoints([]));
addEventListener("resize", draw);
matchMedia("screen and (prefers-color-scheme: dark)").addEventListener("change", () => {
  forgetColours();
  draw();
});
void regrow();
