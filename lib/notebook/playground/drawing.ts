import { type Grown, mapSize } from "./judgement";
import { type Place, type Point, plane } from "./toys";

/** The scores at the two ends of the scale of colours. */
export const scoreRange = [0.35, 0.75] as const;

/** What is drawn besides the points. */
export interface Scene {
  readonly points: readonly Point[];
  /** The forest as it was last grown, if there is one, and the verdicts on the points that it was grown on. */
  readonly grown: Grown | undefined;
  readonly flagged: Uint8Array;
  readonly threshold: number;
  readonly place: Place;
}

/** Where a place is on a canvas. */
function toCanvas({ x, y }: Place, { width, height }: HTMLCanvasElement): [number, number] {
  const [left, right] = plane.x;
  const [bottom, top] = plane.y;
  return [((x - left) / (right - left)) * width, ((top - y) / (top - bottom)) * height];
}

/** Draws map, line, points and the place that is looked at. */
export function drawPlane(canvas: HTMLCanvasElement, scene: Scene): void {
  fitToScreen(canvas);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (scene.grown) {
    drawMap(context, scene.grown.map);
    drawLine(context, scene.grown.map, scene.threshold);
  }
  drawCross(context, scene.place);
  for (const [i, point] of scene.points.entries()) drawPoint(context, point, scene.flagged[i] === 1);
}

/** Draws the scale of colours with the threshold on it. */
export function drawScale(canvas: HTMLCanvasElement, threshold: number): void {
  fitToScreen(canvas);
  const context = canvas.getContext("2d");
  if (!context) return;
  const [low, high] = scoreRange;
  for (let x = 0; x < canvas.width; x++) {
    context.fillStyle = `rgb(${colourOf(low + (x / canvas.width) * (high - low)).join()})`;
    context.fillRect(x, 0, 1, canvas.height);
  }
  context.fillStyle = themeColour("--text");
  context.fillRect(((threshold - low) / (high - low)) * canvas.width - 2, 0, 4, canvas.height);
}

/** As many pixels as the screen has for the canvas. */
function fitToScreen(canvas: HTMLCanvasElement): void {
  const width = Math.round(canvas.clientWidth * devicePixelRatio);
  const height = Math.round(canvas.clientHeight * devicePixelRatio);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

function drawMap(context: CanvasRenderingContext2D, map: Float64Array): void {
  const image = new ImageData(mapSize.columns, mapSize.rows);
  map.forEach((score, cell) => {
    image.data.set([...colourOf(score), 255], 4 * cell);
  });
  const small = document.createElement("canvas");
  small.width = mapSize.columns;
  small.height = mapSize.rows;
  small.getContext("2d")?.putImageData(image, 0, 0);
  context.imageSmoothingEnabled = false; // a forest's scores do have steps
  context.drawImage(small, 0, 0, context.canvas.width, context.canvas.height);
}

/** The border between cells that are flagged and those that are not. */
function drawLine(context: CanvasRenderingContext2D, map: Float64Array, threshold: number): void {
  const { columns, rows } = mapSize;
  const [width, height] = [context.canvas.width / columns, context.canvas.height / rows];
  const isFlagged = (column: number, row: number) => map[row * columns + column] > threshold;
  context.beginPath();
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (column > 0 && isFlagged(column, row) !== isFlagged(column - 1, row)) {
        context.moveTo(column * width, row * height);
        context.lineTo(column * width, (row + 1) * height);
      }
      if (row > 0 && isFlagged(column, row) !== isFlagged(column, row - 1)) {
        context.moveTo(column * width, row * height);
        context.lineTo((column + 1) * width, row * height);
      }
    }
  }
  stroke(context, "--text", 1.5);
}

function drawCross(context: CanvasRenderingContext2D, place: Place): void {
  const [x, y] = toCanvas(place, context.canvas);
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x, context.canvas.height);
  context.moveTo(0, y);
  context.lineTo(context.canvas.width, y);
  stroke(context, "--faint", 0.5);
}

function stroke(context: CanvasRenderingContext2D, colour: string, width: number): void {
  context.strokeStyle = themeColour(colour);
  context.lineWidth = width * devicePixelRatio;
  context.stroke();
}

/** A circle, or a triangle for an anomaly; with a ring if it is flagged. */
function drawPoint(context: CanvasRenderingContext2D, point: Point, isFlagged: boolean): void {
  const [x, y] = toCanvas(point, context.canvas);
  const radius = 4 * devicePixelRatio;
  context.beginPath();
  if (point.anomalous) {
    context.moveTo(x, y - 1.5 * radius);
    context.lineTo(x + 1.3 * radius, y + 0.9 * radius);
    context.lineTo(x - 1.3 * radius, y + 0.9 * radius);
    context.closePath();
  } else context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = themeColour(point.anomalous ? "--anomaly" : "--usual");
  context.fill();
  stroke(context, "--rim", 1);
  if (!isFlagged) return;
  context.beginPath();
  context.arc(x, y, 2.2 * radius, 0, 2 * Math.PI);
  stroke(context, "--text", 1.5);
}

let ends: [number[], number[]] | undefined;

/** Forgets the colours, when the page turns dark or light. */
export function forgetColours(): void {
  ends = undefined;
  colours.clear();
}

function colourOf(score: number): number[] {
  ends ??= [channels(themeColour("--low")), channels(themeColour("--high"))];
  const [low, high] = ends;
  const share = Math.min(1, Math.max(0, (score - scoreRange[0]) / (scoreRange[1] - scoreRange[0])));
  return low.map((channel, i) => Math.round(channel + share * (high[i] - channel)));
}

const colours = new Map<string, string>();

/** A colour of the page's style. */
function themeColour(name: string): string {
  const known = colours.get(name);
  if (known !== undefined) return known;
  const colour = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  colours.set(name, colour);
  return colour;
}

/** Of `#rrggbb` or `#rgb`. */
function channels(colour: string): number[] {
  const digits = colour.length === 4 ? colour.replace(/[^#]/g, "$&$&") : colour;
  return [1, 3, 5].map((i) => Number.parseInt(digits.slice(i, i + 2), 16));
}
