import { kddFeatures } from "../data/kdd/schema";
import type { Connection } from "./connection";

/** Those of Bro in 1998; Zeek has two states more. */
const flags = kddFeatures.find(({ name }) => name === "flag")?.values ?? [];

/**
 * KDD'99's flag of a connection: how it ended. `SF` unless it is tcp, since KDD has no other there: where Zeek writes
 * S0 for udp without an answer, no SYN went astray. A state that KDD has not, or that is not known, is `OTH`, but RSTRH is
 * `RSTR`.
 *
 * @example
 * kddFlag({ protocol: "udp", state: "S0" }); // "SF"
 */
export function kddFlag({ protocol, state }: Pick<Connection, "protocol" | "state">): string {
  if (protocol !== "tcp") return "SF";
  return state === "RSTRH" ? "RSTR" : (flags.find((flag) => flag === state) ?? "OTH");
}

/** The features that tell how connections ended. */
export const stateFeatures: readonly string[] = kddFeatures
  .map(({ name }) => name)
  .filter((name) => name === "flag" || /[sr]error_rate$/.test(name));

/** Whether a flag is a SYN error (`serror`), a rejection (`rerror`), or neither. */
export enum FlagError {
  none = 0,
  syn = 1,
  rejection = 2,
}

const synErrors = ["S0", "S1", "S2", "S3", "SH"];
const rejections = ["REJ", "RSTO", "RSTR", "RSTOS0"];

/** KDD'99's two kinds of errors by flag; OTH and SF are neither. */
export function flagError(flag: string): FlagError {
  if (synErrors.includes(flag)) return FlagError.syn;
  return rejections.includes(flag) ? FlagError.rejection : FlagError.none;
}
