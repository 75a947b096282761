import { createHash } from "node:crypto";

/** The most bytes at its start that a file is known by: a header and a line. */
export const headBytes = 4096;
/** How much before a place tells that it is still the same content. */
export const beforeBytes = 1024;

/** Some bytes, known again by their hash. */
export interface Fingerprint {
  readonly length: number;
  readonly hash: string;
}

export function fingerprintOf(bytes: Buffer): Fingerprint {
  return { length: bytes.length, hash: hashOf(bytes) };
}

/** Whether some bytes start with those of a fingerprint. */
export function startsWith(bytes: Buffer, { length, hash }: Fingerprint): boolean {
  return length === 0 || (bytes.length >= length && hashOf(bytes.subarray(0, length)) === hash);
}

/**
 * What a log is known by: its start, up to the end of the first line that is no header or comment, since another
 * log may have the same header. It is the same for every copy, also one of a part. Undefined while that line has no end:
 * nothing tells such a file from others, but there is nothing to be read in it either.
 */
export function headOf(bytes: Buffer): Fingerprint | undefined {
  const first = bytes.subarray(0, headBytes);
  let end = 0;
  for (const line of first.toString("latin1").split("\n").slice(0, -1)) {
    end += line.length + 1;
    if (isOfTheLog(line)) return fingerprintOf(first.subarray(0, end));
  }
  return first.length === headBytes ? fingerprintOf(first) : undefined;
}

function isOfTheLog(line: string): boolean {
  const text = line.replace(/^\xef\xbb\xbf/, "").trim();
  return text !== "" && !text.startsWith("#");
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}
