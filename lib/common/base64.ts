/** The bytes of typed numbers, which a file of JSON holds in little space. */
export function base64({ buffer, byteOffset, byteLength }: Int32Array | Uint32Array | Float64Array): string {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString("base64");
}

/** The bytes in a text that {@link base64} made. */
export function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, "base64")).buffer;
}
