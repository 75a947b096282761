import { formatCount, formatRows, formatShare } from "../common/format";
import { inputName } from "../data/content";
import type { FileDescription, StudyDescription } from "../study/describe";

/** What the files of a study are taken for, as tables. */
export function descriptionReport({ train, test }: StudyDescription): string {
  const lines = [
    ...fileLines(train),
    ...(test ? ["", ...fileLines(test)] : []),
    "",
    "Nothing was trained. To have it otherwise: --label, --normal, --group, --exclude, --type column=nominal, --logarithm column=no",
  ];
  return lines.join("\n");
}

function fileLines({ path, rows, columns, labels }: FileDescription): string[] {
  const cells = columns.map(({ name, type, use, missing, example = "", becomes }) => [
    name || "(no name)",
    type,
    missing === undefined ? "–" : missing === 0 ? "" : formatCount(missing),
    cut(example),
    becomes ? `${use}; becomes ${becomes}` : use,
  ]);
  return [
    `${inputName(path)}: ${formatRows(rows)}, ${columns.length} columns`,
    ...aligned([["column", "type", "missing", "for example", "use"], ...cells]),
    ...(labels ? labelLines(labels, rows) : ["No labels: nothing to judge the models by"]),
  ];
}

function labelLines(labels: Readonly<Record<string, number>>, rows: number): string[] {
  const counts = Object.entries(labels).sort(([a, m], [b, n]) =>
    a === "normal" ? -1 : b === "normal" ? 1 : n - m,
  );
  const words = counts.map(([label, n]) => `${label} ${formatCount(n)} (${formatShare(n / rows)})`);
  return [`Rows by label: ${words.join(", ")}`];
}

const longestExample = 24;

function cut(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length > longestExample ? `${line.slice(0, longestExample - 1)}…` : line;
}

/** Lines of which the cells stand below each other; the last is as long as it is. */
function aligned(lines: readonly (readonly string[])[]): string[] {
  const widths = lines[0].map((_, i) => Math.max(...lines.map((cells) => cells[i].length)));
  return lines.map((cells) =>
    `  ${cells.map((cell, i) => (i === cells.length - 1 ? cell : cell.padEnd(widths[i] + 2))).join("")}`.trimEnd(),
  );
}
