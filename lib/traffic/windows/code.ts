import type { FlagError } from "../flag";

/** Partner and error of a connection in one number. @param partner an integer in [0, 2³⁰) */
export function codeOf(partner: number, error: FlagError): number {
  return partner * 4 + error;
}

export function partnerOf(code: number): number {
  return code >>> 2;
}

export function errorOf(code: number): FlagError {
  return code & 3;
}
