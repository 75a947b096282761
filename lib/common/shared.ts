/** Memory that threads can share, where there is such: a browser has it for few pages. */
export function sharedBytes(bytes: number): ArrayBufferLike {
  if (typeof SharedArrayBuffer === "undefined") return new ArrayBuffer(bytes);
  const memory = new SharedArrayBuffer(bytes);
  weigh(memory, bytes);
  return memory;
}

/**
 * Has V8 count the bytes of shared memory, which it would else collect too late: it counts a buffer of as many, though that takes
 * no memory, as no byte of it is touched.
 */
export function weigh(memory: object, bytes: number): void {
  weights.set(memory, new ArrayBuffer(bytes));
}

const weights = new WeakMap<object, ArrayBuffer>();

/**
 * Memory that threads can share, used again and again: what is new is cleared page by page, V8 looks for garbage whenever so much
 * is asked for, and threads give up what they know very late.
 */
export class KeptMemory {
  #kept: ArrayBufferLike | undefined;

  /** At least this many bytes, whatever is in them, for one who gives them back. */
  take(bytes: number): ArrayBufferLike {
    const memory = this.#kept && this.#kept.byteLength >= bytes ? this.#kept : sharedBytes(bytes);
    this.#kept = undefined;
    return memory;
  }

  /** For the next, once nobody uses it, no thread that was stopped at work either. */
  giveBack(memory: ArrayBufferLike): void {
    this.#kept = memory;
  }
}

/** The same numbers in memory that threads can share; as they are if they are there already. */
export function shared(data: Float32Array): Float32Array {
  if (data.buffer instanceof SharedArrayBuffer) return data;
  const copy = new Float32Array(sharedBytes(data.byteLength));
  copy.set(data);
  return copy;
}
