import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The functions of assembly/, and the memory that they work on. All numbers are addresses in it, or counts. */
export interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly sumPathLengths: (
    roots: number,
    trees: number,
    depth: number,
    rows: number,
    width: number,
    count: number,
  ) => void;
  readonly distinctRows: (
    rows: number,
    width: number,
    count: number,
    slots: number,
    slotCount: number,
    places: number,
  ) => number;
}

let instance: Kernel | undefined;

/** The WebAssembly kernel of this thread; undefined where there is no WebAssembly. */
export function kernel(): Kernel | undefined {
  if (instance || typeof WebAssembly === "undefined") return instance;
  const memory = new WebAssembly.Memory({ initial: 1 });
  const module = new WebAssembly.Module(readFileSync(join(__dirname, "kernel.wasm")));
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const { sumPathLengths, distinctRows } = exports as unknown as Kernel;
  instance = { memory, sumPathLengths, distinctRows };
  return instance;
}

/** Makes the memory at least so many bytes long. Views on it made before are of no use then. */
export function reserve({ memory }: Kernel, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
}
