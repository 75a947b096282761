import { significant } from "../common/format";
import { escapeHtml } from "../common/html";
import { oneLine } from "../common/shown";
import { type Table, valueAt } from "../data/table";

/** The parts of a danfojs frame that are shown. */
export interface Frame {
  readonly columns: readonly string[];
  readonly values: readonly unknown[];
  readonly index: readonly (string | number)[];
}

/** Rows of a frame that are shown; the others are counted. */
const shownRows = 20;

/** The first rows of a table as a frame. */
export function tableFrame({ rows, features, labels }: Table, count = 5): Frame {
  const columns = labels ? [...features, labels] : features;
  const shown = Math.min(rows, count);
  return {
    columns: columns.map(({ name }) => name),
    index: Array.from({ length: shown }, (_, row) => row),
    values: Array.from({ length: shown }, (_, row) => columns.map((column) => valueAt(column, row))),
  };
}

/** A frame as an HTML table. */
export function frameHtml(frame: Frame): string {
  // JupyterLab would take `$…$` for a formula, which may hold links; it does not look for one across elements.
  const plain = (text: string) =>
    escapeHtml(text)
      .replaceAll("&#36;", "<span>&#36;</span>")
      .replace(/(?<=\d) %/g, "\u00a0%");
  const cell = (tag: string) => (text: string) =>
    `<${tag}${isWhole(text) ? ' style="white-space: nowrap"' : ""}>${plain(text)}</${tag}>`;
  const lines = rowsOf(frame).map(
    ([index, ...cells]) => `<tr>${cell("th")(index)}${cells.map(cell("td")).join("")}</tr>`,
  );
  return (
    `<table><thead><tr><th></th>${frame.columns.map(cell("th")).join("")}</tr></thead>` +
    `<tbody>${lines.join("")}</tbody></table>${remainder(frame)}`
  );
}

/** Whether a cell is a number that a line could break in: one with a sign, an exponent, a spread or a unit. */
function isWhole(text: string): boolean {
  return /[\s-]/.test(text) && /^[-+−±<>≤≥≈]?\s?\d[\d.,e+-]*(\s[±–/]\s?[\d.,e+-]+)?(\s\S{1,3})?$/.test(text);
}

/** A frame as aligned text. */
export function frameText(frame: Frame): string {
  const lines = [["", ...frame.columns], ...rowsOf(frame)].map((line) => line.map(oneLine));
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = lines.map((line) => line.map((cell, column) => cell.padStart(widths[column])).join("  "));
  return [...text, remainder(frame)].filter((line) => line !== "").join("\n");
}

function rowsOf({ values, index }: Frame): string[][] {
  return values.slice(0, shownRows).map((row, i) => {
    const cells = Array.isArray(row) ? row : [row];
    return [String(index[i]), ...cells.map(format)];
  });
}

function remainder({ values }: Frame): string {
  return values.length > shownRows ? `… ${values.length - shownRows} more rows` : "";
}

/** At most six significant digits, as float32 columns deserve; whole numbers in full. */
function format(value: unknown): string {
  if (typeof value !== "number" || Number.isInteger(value)) return String(value);
  return String(significant(value, 6));
}
