import { createHash } from "node:crypto";

/** How much of the beginning of a file tells it from others: a header and some lines. */
export const headBytes = 4096;
/** How much before a place tells that it is still the same content. */
export const beforeBytes = 1024;

/** Some bytes, known again by their hash. */
export class Fingerprint {
  constructor(
    readonly length: number,
    readonly hash: string,
  ) {}

  static of(bytes: Buffer): Fingerprint {
    return new Fingerprint(bytes.length, hashOf(bytes));
  }

  /** Whether these bytes begin with those. */
  begins(bytes: Buffer): boolean {
    if (this.length === 0) return true;
    return bytes.length >= this.length && hashOf(bytes.subarray(0, this.length)) === this.hash;
  }
}

function hashOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}
