import { InputError } from "../common/errors";
import { shown } from "../common/shown";
import { contentOf, isGzip, lookAt } from "./content";
import { kddFeatures, type Layout, splitLine } from "./schema";

/**
 * Finds out, by its content, whether a file is KDD'99 or NSL-KDD data and how it is laid out.
 *
 * @throws {InputError} if it is missing, a directory, empty, not text, or another data set
 */
export async function recogniseLayout(path: string): Promise<Layout> {
  await requireFile(path);
  const gzip = await isGzip(path);
  const lines = await firstLines(path);
  if (lines.length === 0) throw new InputError(`${path} is empty`);
  if (lines.some((line) => line.includes("\0") || line.includes("\ufffd"))) {
    throw new InputError(`${path} is not a text file; KDD'99 files are comma-separated text, plain or gzip`);
  }
  const [first, ...others] = lines.map(splitLine);
  const columns = mostFrequent((others.length > 0 ? others : [first]).map((fields) => fields.length));
  if (columns !== 41 && columns !== 42 && columns !== 43) {
    throw new InputError(
      `${path} is not a KDD'99 file: its lines have ${columns} comma-separated column${columns === 1 ? "" : "s"} instead of 41 features and a label`,
    );
  }
  const header = looksLikeHeader(first);
  if (header) requireFeatureNames(path, first);
  return { gzip, header, columns };
}

/** @throws {InputError} unless it is a file that can be read again from its beginning, with at least one byte */
async function requireFile(path: string): Promise<void> {
  const found = await lookAt(path);
  if (found.isDirectory()) throw new InputError(`${path} is a directory, not a data file`);
  if (found.isFIFO())
    throw new InputError(`${path} is a pipe, but the file is read twice: save what it gives to a file first`);
  if (found.size === 0) throw new InputError(`${path} is empty`);
}

async function firstLines(path: string): Promise<string[]> {
  const enough = 65_536;
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of contentOf(path)) {
    pieces.push(piece);
    length += piece.length;
    if (length >= enough) break;
  }
  const text = Buffer.concat(pieces)
    .toString("utf8", 0, enough)
    .replace(/^\ufeff/, "");
  const lines = text.split(/\r\n|\n|\r/).slice(0, 50);
  if (length > enough && lines.length > 1 && lines.length < 50) lines.pop(); // it may be cut off
  return lines.filter((line) => line.trim() !== "");
}

function mostFrequent(values: readonly number[]): number {
  const times = new Map<number, number>();
  for (const value of values) times.set(value, (times.get(value) ?? 0) + 1);
  return [...times].sort((a, b) => b[1] - a[1])[0][0];
}

/** A header has names where rows have numbers. */
function looksLikeHeader(fields: readonly string[]): boolean {
  const numeric = kddFeatures.map((_, i) => i).filter((i) => kddFeatures[i].measure !== "nominal");
  const named = numeric.filter((i) => /^[a-z_ ]{3,}$/i.test(fields[i] ?? ""));
  return named.length > numeric.length / 2;
}

function requireFeatureNames(path: string, names: readonly string[]): void {
  for (const [i, { name }] of kddFeatures.entries()) {
    if (names[i]?.toLowerCase().replaceAll(" ", "_") !== name) {
      throw new InputError(
        `${path} is not a KDD'99 file: line 1 names column ${i + 1} '${shown(names[i] ?? "")}' instead of '${name}'`,
      );
    }
  }
}
