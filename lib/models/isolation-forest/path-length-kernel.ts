import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Nodes } from "./tree";

/** Trees as the WebAssembly kernel reads them, in memory that threads share. */
export interface PackedTrees {
  /** 8 bytes a node: split value, column, left child counted from the tree's root. A leaf leads back to itself. */
  readonly nodes: Uint8Array;
  readonly pathLength: Float64Array;
  readonly roots: Int32Array;
  /** Steps from a root to its deepest leaf. */
  readonly depth: number;
}

type AddPathLengths = (
  tree: number,
  lengths: number,
  depth: number,
  rows: number,
  width: number,
  count: number,
  sums: number,
) => void;

/** Rows that pass through all trees at a time: they stay in the processor's first cache. */
const blockRows = 64;

/** Packs trees for the kernel; undefined where it can't run: no WebAssembly, or too many columns or rows a tree. */
export function packTrees(nodes: Nodes, sampleSize: number, columns: number): PackedTrees | undefined {
  if (2 * sampleSize > 0xffff || columns > 0xffff || !kernel()) return undefined;
  const { column, split, left, pathLength, roots } = nodes;
  const bytes = new Uint8Array(new SharedArrayBuffer(column.length * 8));
  const view = new DataView(bytes.buffer);
  for (const [tree, root] of roots.entries()) {
    const end = tree + 1 < roots.length ? roots[tree + 1] : column.length;
    for (let node = root; node < end; node++) {
      const leaf = column[node] < 0;
      view.setFloat32(node * 8, leaf ? Infinity : split[node], true);
      view.setUint16(node * 8 + 4, leaf ? 0 : column[node], true);
      view.setUint16(node * 8 + 6, (leaf ? node : left[node]) - root, true);
    }
  }
  return { nodes: bytes, pathLength, roots, depth: Math.ceil(Math.log2(sampleSize)) };
}

/** As `meanPathLengths`, with the same result to the bit. */
export function meanPathLengthsPacked(
  { nodes, pathLength, roots, depth }: PackedTrees,
  data: Float32Array,
  width: number,
  start: number,
  end: number,
  result: Float64Array,
): void {
  const running = kernel();
  if (!running) throw new Error("the WebAssembly kernel is missing");
  const { memory, addPathLengths } = running;
  const lengthsAt = nodes.byteLength;
  const sumsAt = lengthsAt + pathLength.byteLength;
  const rowsAt = sumsAt + blockRows * 8;
  const missing = rowsAt + blockRows * width * 4 - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
  new Uint8Array(memory.buffer, 0, nodes.length).set(nodes);
  new Float64Array(memory.buffer, lengthsAt, pathLength.length).set(pathLength);
  const rows = new Float32Array(memory.buffer, rowsAt, blockRows * width);
  const sums = new Float64Array(memory.buffer, sumsAt, blockRows);
  for (let from = start; from < end; from += blockRows) {
    const count = Math.min(blockRows, end - from);
    rows.set(data.subarray(from * width, (from + count) * width));
    sums.fill(0);
    for (const root of roots)
      addPathLengths(root * 8, lengthsAt + root * 8, depth, rowsAt, width, count, sumsAt);
    for (let i = 0; i < count; i++) result[from + i] = sums[i] / roots.length;
  }
}

let instance: { memory: WebAssembly.Memory; addPathLengths: AddPathLengths } | undefined;

/** The kernel of this thread; undefined where there is no WebAssembly. */
function kernel(): typeof instance {
  if (instance || typeof WebAssembly === "undefined") return instance;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(readFileSync(join(__dirname, "path-length.wasm")));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  instance = { memory, addPathLengths: exports.addPathLengths as AddPathLengths };
  return instance;
}
