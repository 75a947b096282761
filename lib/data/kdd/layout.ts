import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import { contentOf, lookAt, peek } from "../content";
import { kddFeatures, type Layout, splitLine } from "./schema";

/** By so much of its content a file is recognised. */
export const recognisedBytes = 65_536;

/**
 * Finds out, by its content, whether a file is KDD'99 or NSL-KDD data and how it is laid out.
 *
 * @throws {InputError} if it is missing, a folder, a pipe, empty, not text, or another data set
 */
export async function recogniseLayout(path: string): Promise<Layout> {
  if (!(await lookAt(path)).isFile()) throw new InputError(`${path} is not a file that can be read again`);
  const pieces = contentOf(path);
  const { first } = await peek(pieces, recognisedBytes);
  await pieces.return(undefined);
  return layoutOf(path, first);
}

/**
 * How a file is laid out by its first bytes, all of them if they are fewer than `recognisedBytes`.
 *
 * @param name of the file, for messages
 * @throws {InputError} if they are empty, not text, or of another data set
 */
export function layoutOf(name: string, bytes: Buffer): Layout {
  const lines = firstLines(bytes);
  if (lines.length === 0) throw new InputError(`${name} is empty`);
  if (lines.some((line) => line.includes("\0") || line.includes("\ufffd"))) {
    throw new InputError(`${name} is not a text file; KDD'99 files are comma-separated text, plain or gzip`);
  }
  const [first, ...others] = lines.map(splitLine);
  const columns = mostFrequent((others.length > 0 ? others : [first]).map((fields) => fields.length));
  if (columns !== 41 && columns !== 42 && columns !== 43) {
    throw new InputError(
      `${name} is not a KDD'99 file: its lines have ${columns} comma-separated column${columns === 1 ? "" : "s"} instead of 41 features and a label`,
    );
  }
  const header = looksLikeHeader(first);
  if (header) requireFeatureNames(name, first);
  return { header, columns };
}

function firstLines(bytes: Buffer): string[] {
  const text = bytes.toString("utf8", 0, recognisedBytes).replace(/^\ufeff/, "");
  const lines = text.split(/\r\n|\n|\r/).slice(0, 50);
  if (bytes.length > recognisedBytes && lines.length > 1 && lines.length < 50) lines.pop(); // it may be cut off
  return lines.filter((line) => line.trim() !== "");
}

/** The value that occurs most. */
export function mostFrequent(values: readonly number[]): number {
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
