import { InputError } from "../../common/errors";
import { beginning, contentOf, lookAt } from "../content";
import { kddFeatures, type Layout, splitLine } from "./schema";

/** By so much of its content a file is recognised. */
export const recognisedBytes = 65_536;

/** How a KDD'99 or NSL-KDD file is laid out, by its content; undefined if it is none, or can't be read, or only once. */
export async function recogniseLayout(path: string): Promise<Layout | undefined> {
  try {
    if (!(await lookAt(path)).isFile()) return undefined;
    return layoutOf(await beginning(contentOf(path), recognisedBytes));
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** How a file is laid out by its first bytes, all of them if they are fewer than `recognisedBytes`; undefined if it is another. */
export function layoutOf(bytes: Buffer): Layout | undefined {
  const lines = firstLines(bytes);
  if (lines.length === 0 || lines.some((line) => /[\0\ufffd]/.test(line))) return undefined;
  const [first, ...others] = lines.map(splitLine);
  const columns = mostFrequent((others.length > 0 ? others : [first]).map((fields) => fields.length));
  if (columns !== 41 && columns !== 42 && columns !== 43) return undefined;
  const header = looksLikeHeader(first);
  return header && !hasFeatureNames(first) ? undefined : { header, columns };
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

function hasFeatureNames(names: readonly string[]): boolean {
  return kddFeatures.every(({ name }, i) => names[i]?.toLowerCase().replaceAll(" ", "_") === name);
}
