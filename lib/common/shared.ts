/** Memory that threads can share, where there is such: a browser has it for few pages. */
export function sharedBytes(bytes: number): ArrayBufferLike {
  if (typeof SharedArrayBuffer === "undefined") return new ArrayBuffer(bytes);
  const memory = new SharedArrayBuffer(bytes);
  weights.set(memory, new ArrayBuffer(bytes));
  return memory;
}

/**
 * V8 does not count shared memory, and collects what is not used any more too late. It counts these buffers as large, though
 * they take no memory, as no byte of them is touched.
 */
const weights = new WeakMap<SharedArrayBuffer, ArrayBuffer>();

/** The same numbers in memory that threads can share; as they are if they are there already. */
export function shared(data: Float32Array): Float32Array {
  if (data.buffer instanceof SharedArrayBuffer) return data;
  const copy = new Float32Array(sharedBytes(data.byteLength));
  copy.set(data);
  return copy;
}
