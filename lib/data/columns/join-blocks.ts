/// <reference lib="es2024.arraybuffer" />

import { type Column, mostCategories } from "../table";
import { type CellKind, type CollectedBlock, type CollectedCells, mostBlockRows } from "./cells";

/** A column of all rows. */
export interface JoinedColumn {
  /** Undefined if it has more names than can be told apart. */
  readonly column: Column | undefined;
  /** Rows without a value. */
  readonly missing: number;
}

/** A column on its way from blocks into one array. */
interface Joiner {
  readonly joined: JoinedColumn;
  /** Takes in the next block's part. */
  readonly add: (cells: CollectedCells) => void;
}

type NumberPart = Extract<CollectedCells, { kind: "number" }>;
type NamePart = Extract<CollectedCells, { kind: "name" }>;

/**
 * The columns of all rows of blocks, in little more memory than they take: each block's memory is given back at once, as the
 * garbage collector would let it wait.
 */
export function joinBlocks(
  columns: readonly { readonly name: string; readonly kind: CellKind }[],
  blocks: readonly CollectedBlock[],
): JoinedColumn[] {
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const joiners = columns.map(({ name, kind }, i) => {
    const parts = blocks.map((block) => block.columns[i]);
    return kind === "name"
      ? namesJoiner(name, parts as NamePart[], rows)
      : numbersJoiner(name, kind, parts as NumberPart[], rows);
  });
  for (const { columns: parts, memory } of blocks) {
    for (const [i, part] of parts.entries()) joiners[i].add(part);
    memory.resize(0);
  }
  return joiners.map(({ joined }) => joined);
}

/** Numbers; with 32 bits where that rounds none of them. */
function numbersJoiner(
  name: string,
  kind: "number" | "flag",
  parts: readonly NumberPart[],
  rows: number,
): Joiner {
  const isExact = parts.every((part) => part.values instanceof Float32Array);
  const values = isExact ? new Float32Array(rows) : new Float64Array(rows);
  const measure = kind === "flag" ? { measure: kind } : {};
  let at = 0;
  return {
    joined: { column: { kind: "numeric", name, ...measure, values }, missing: missingIn(parts) },
    add(part) {
      const own = (part as NumberPart).values;
      const isOfOneType = isExact === own instanceof Float32Array;
      values.set(isOfOneType ? own : copyOf(own, narrow), at);
      at += own.length;
    },
  };
}

/** Names, sorted. */
function namesJoiner(name: string, parts: readonly NamePart[], rows: number): Joiner {
  const missing = missingIn(parts);
  const names = new Set(parts.flatMap((part) => part.names));
  if (names.size > mostCategories) return { joined: { column: undefined, missing }, add: () => {} };
  const categories = [...names].sort();
  const codeOf = new Map(categories.map((category, code) => [category, code]));
  const codes = categories.length <= 255 ? new Uint8Array(rows) : new Uint16Array(rows);
  let at = 0;
  return {
    joined: { column: { kind: "nominal", name, codes, categories }, missing },
    add(part) {
      const { names, codes: own } = part as NamePart;
      const joined = Uint16Array.from(names, (category) => codeOf.get(category) as number);
      for (const code of copyOf(own, words)) codes[at++] = joined[code];
    },
  };
}

function missingIn(parts: readonly CollectedCells[]): number {
  return parts.reduce((sum, { missing }) => sum + missing, 0);
}

/** Where blocks are copied to be read: from memory that can change its size, that takes three times as long. */
const [narrow, words] = [new Float32Array(mostBlockRows), new Uint16Array(mostBlockRows)];

function copyOf<Numbers extends Float32Array | Float64Array | Uint16Array>(
  source: Numbers,
  target: typeof narrow | typeof words,
): typeof target {
  target.set(source);
  return target.subarray(0, source.length);
}
