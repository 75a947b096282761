import { type Dialect, isComment, RowSplitter } from "./delimited";

const delimiters = [",", "\t", ";", "|", " "];

/** How a text is most likely divided, by its first lines. */
export function sniffDialect(lines: readonly string[]): Dialect {
  const sample = lines.filter((line) => line.trim() !== "" && !/^[#%]/.test(line)).slice(0, 200);
  const quote = quoteOf(sample);
  let best: Dialect = { delimiter: ",", quote, decimalComma: false };
  let bestScore = 0;
  for (const delimiter of delimiters) {
    const dialect: Dialect = { delimiter, quote, decimalComma: false };
    const { fields, share, isHeaderToo } = regularity(sample, dialect);
    const weight = (delimiter === " " ? 0.5 : 1) * (isHeaderToo ? 1 : 0.5);
    const score = fields > 1 ? share * weight + Math.min(fields, 50) / 1000 : 0;
    if (score > bestScore) [best, bestScore] = [{ ...dialect, fields }, score];
  }
  const decimalComma = best.delimiter !== "," && hasDecimalCommas(sample, best);
  const comment = lines.find(
    (line) => /^[#%]/.test(line) && isComment(line, { ...best, comment: line[0] }),
  )?.[0];
  return { ...best, decimalComma, ...(comment !== undefined && { comment }) };
}

function quoteOf(lines: readonly string[]): Dialect["quote"] {
  const text = lines.join("\n");
  const count = (pattern: RegExp) => text.match(pattern)?.length ?? 0;
  const single = /(^|[,;\t|])\s*'[^'\n]*'\s*(?=$|[,;\t|])/gm; // closed, too: names may begin with an apostrophe
  return count(single) > count(/(^|[,;\t|])\s*"/gm) ? "'" : '"';
}

/** The most frequent number of fields, its share of the rows, and whether the first row has it. */
function regularity(
  lines: readonly string[],
  dialect: Dialect,
): { fields: number; share: number; isHeaderToo: boolean } {
  const splitter = new RowSplitter(dialect);
  const times = new Map<number, number>();
  let rows = 0;
  let first: number | undefined;
  for (const line of lines) {
    const row = splitter.add(line);
    if (!row) continue;
    rows++;
    first ??= row.fields.length;
    times.set(row.fields.length, (times.get(row.fields.length) ?? 0) + 1);
  }
  const [fields, count] = [...times].sort((a, b) => b[1] - a[1])[0] ?? [0, 0];
  return { fields, share: rows === 0 ? 0 : count / rows, isHeaderToo: first === fields };
}

function hasDecimalCommas(lines: readonly string[], dialect: Dialect): boolean {
  const splitter = new RowSplitter(dialect);
  const fields = lines.flatMap((line) => splitter.add(line)?.fields ?? []);
  const withComma = fields.filter((field) => /^[+-]?\d+,\d+(e[+-]?\d+)?$/i.test(field)).length;
  return withComma > 0 && !fields.some((field) => /^[+-]?\d*\.\d+$/.test(field));
}
