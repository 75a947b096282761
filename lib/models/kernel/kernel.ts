import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A kernel's memory, which threads can share: a WebAssembly.Memory, in words that need no DOM types. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The functions of the `.as.ts` files, and the memory that they work on. All numbers are addresses in it, or counts. */
export interface Kernel {
  readonly memory: KernelMemory;
  readonly sumPathLengths: (
    roots: number,
    trees: number,
    depth: number,
    rows: number,
    width: number,
    count: number,
  ) => void;
  readonly drawSample: (state: number, count: number, size: number, set: number, drawn: number) => void;
  readonly growTree: (
    state: number,
    rows: number,
    repeats: number,
    count: number,
    size: number,
    width: number,
    deepest: number,
    places: number,
    words: number,
    columns: number,
    stride: number,
    work: number,
    nodes: number,
  ) => number;
  readonly distinctRows: (
    rows: number,
    width: number,
    count: number,
    slots: number,
    slotCount: number,
    places: number,
  ) => number;
  readonly findOthers: (rows: number, width: number, count: number, others: number) => void;
  readonly packRows: (
    rows: number,
    width: number,
    count: number,
    numbers: number,
    numberCount: number,
    to: number,
    stride: number,
  ) => void;
  readonly allFinite: (numbers: number, count: number) => number;
  readonly multiply: (
    a: number,
    rows: number,
    aRow: number,
    aColumn: number,
    inner: number,
    b: number,
    stride: number,
    start: number,
    startRow: number,
    out: number,
    list: number,
  ) => void;
  readonly transpose: (
    from: number,
    rows: number,
    columns: number,
    stride: number,
    to: number,
    toStride: number,
  ) => void;
  readonly relu: (x: number, bytes: number) => void;
  readonly reluGradient: (y: number, gradient: number, bytes: number) => void;
  readonly rowErrors: (
    output: number,
    target: number,
    rows: number,
    columns: number,
    stride: number,
    squared: boolean,
    share: number,
    errors: number,
    gradient: number,
  ) => void;
  readonly adam: (
    parameters: number,
    gradient: number,
    firstMoment: number,
    secondMoment: number,
    bytes: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    oneMinusBeta1: number,
    oneMinusBeta2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
  ) => void;
}

let compiled: WebAssembly.Module | undefined;
let instance: Kernel | undefined;

/** The WebAssembly kernel of this thread; undefined where there is no WebAssembly. */
export function kernel(): Kernel | undefined {
  instance ??= createKernel();
  return instance;
}

/**
 * A kernel for work that leaves something in its memory while others have their turn.
 *
 * @param memory that of another thread's kernel. Default: a new one
 */
export function createKernel(memory = newMemory()): Kernel | undefined {
  if (!memory) return undefined;
  compiled ??= new WebAssembly.Module(readFileSync(join(__dirname, "kernel.wasm")));
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory: memory as WebAssembly.Memory } });
  return { ...(exports as unknown as Omit<Kernel, "memory">), memory };
}

/** Memory for a kernel, which more can share; undefined where there is no WebAssembly. */
export function newMemory(): KernelMemory | undefined {
  if (typeof WebAssembly === "undefined") return undefined;
  return new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
}

/** Makes the memory at least this many bytes long. Views on it made before are of no use then. */
export function reserve({ memory }: Pick<Kernel, "memory">, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65_536));
}
