import { inspect, types } from "node:util";
import { formatCount } from "../../common/format";
import type { Table } from "../../data/table";
import type { Detector } from "../../models/detector";
import type { PreprocessedDetector } from "../../models/model";
import type { Matrix } from "../../preprocess/matrix";
import type { Figure } from "../../visualize/figure";
import type { Frame } from "../frame";

/** Loaded when they are wanted, so that the kernel starts at once, and again after `reloadLibrary()`. */
const modules = {
  show: () => require("../show") as typeof import("../show"),
  display: () => require("../display") as typeof import("../display"),
  frame: () => require("../frame") as typeof import("../frame"),
  detectors: () => require("../../models/detectors") as typeof import("../../models/detectors"),
};

/** Shows the value of a cell's last expression as a reader wants it, not as an object's insides. */
export async function showValue(value: unknown): Promise<void> {
  if (types.isPromise(value)) console.log("This is a promise, not yet its value: put await before it.");
  else if (Array.isArray(value) && value.some(types.isPromise))
    console.log("These are promises, not yet their values: put await Promise.all(…) around them.");
  else if (isFigure(value) || isFrame(value)) await modules.show().show(value);
  else if (isTable(value)) showRows(tableHead(value), modules.frame().tableFrame(value, shownRows));
  else if (isMatrix(value))
    showRows(`matrix: ${sizeOf(value.rows, value.columns.length)}`, matrixRows(value));
  else if (isModel(value)) console.log(modelText(value));
  else if (isTensor(value))
    console.log(`tensor of ${value.dtype}, shape [${value.shape.join(", ")}]\n${value}`);
  else if (isNetwork(value)) value.summary();
  else console.log(value);
}

/** The rows of a table or matrix that are shown, and the columns of a matrix: it may have thousands. */
const shownRows = 5;
const shownColumns = 12;

function sizeOf(rows: number, columns: number): string {
  return `${formatCount(rows)} rows × ${formatCount(columns)} columns`;
}

function showRows(head: string, frame: Frame): void {
  const { frameHtml, frameText } = modules.frame();
  modules.display().display({
    "text/html": `<p>${head}</p>${frameHtml(frame)}`,
    "text/plain": `${head}\n${frameText(frame)}`,
  });
}

function tableHead({ rows, features, labels }: Table): string {
  return `table: ${sizeOf(rows, features.length)}${labels ? " and labels" : ""}`;
}

function matrixRows({ rows, columns, data }: Matrix): Frame {
  const more = columns.length > shownColumns ? ["…"] : [];
  const index = Array.from({ length: Math.min(rows, shownRows) }, (_, row) => row);
  return {
    columns: [...columns.slice(0, shownColumns), ...more],
    index,
    values: index.map((row) => {
      const start = row * columns.length;
      return [...data.subarray(start, start + Math.min(columns.length, shownColumns)), ...more];
    }),
  };
}

function modelText(model: Detector | PreprocessedDetector): string {
  const { kind, settings, columns, backend } = "detector" in model ? model.detector : model;
  const { detectorTitle } = modules.detectors();
  const names = columns.slice(0, shownColumns).join(", ") + (columns.length > shownColumns ? ", …" : "");
  const threshold = "threshold" in model ? (model.threshold as { value: number; rate: number }) : undefined;
  return [
    `${detectorTitle(kind)}, fitted`,
    `  settings: ${inspect(settings, { breakLength: Number.POSITIVE_INFINITY, depth: 3 })}`,
    `  ${columns.length} columns: ${names}`,
    ...(backend ? [`  computed by: ${backend}`] : []),
    ...(threshold ? [`  threshold: ${threshold.value}, for a false-alarm rate of ${threshold.rate}`] : []),
  ].join("\n");
}

function isFigure(value: unknown): value is Figure {
  return has(value, "data", "layout") && Array.isArray(value.data) && typeof value.layout === "object";
}

function isFrame(value: unknown): value is Frame {
  return (
    has(value, "columns", "values", "index") && Array.isArray(value.columns) && Array.isArray(value.index)
  );
}

function isTable(value: unknown): value is Table {
  return has(value, "rows", "features") && typeof value.rows === "number" && Array.isArray(value.features);
}

function isMatrix(value: unknown): value is Matrix {
  return (
    has(value, "rows", "columns", "data") &&
    value.data instanceof Float32Array &&
    Array.isArray(value.columns)
  );
}

function isModel(value: unknown): value is Detector | PreprocessedDetector {
  if (has(value, "detector", "preprocessor")) return isModel(value.detector);
  return has(value, "kind", "settings", "columns", "score") && typeof value.score === "function";
}

function isTensor(value: unknown): value is { dtype: string; shape: number[] } {
  return has(value, "dtype", "shape", "dataSync") && Array.isArray(value.shape);
}

/** A network of TensorFlow.js. */
function isNetwork(value: unknown): value is { summary(): void } {
  return has(value, "layers", "summary", "compile") && typeof value.summary === "function";
}

function has<Name extends string>(value: unknown, ...names: Name[]): value is Record<Name, unknown> {
  return typeof value === "object" && value !== null && names.every((name) => name in value);
}
