import { kddFeatures } from "../data/kdd/schema";
import type { Connection } from "./connection";

/** KDD'99's flags are Bro's states of 1998; Zeek has two more. */
const flags = new Map([
  ...["OTH", "REJ", "RSTO", "RSTOS0", "RSTR", "S0", "S1", "S2", "S3", "SF", "SH"].map(
    (flag) => [flag, flag] as const,
  ),
  ["RSTRH", "RSTR"],
  ["SHR", "OTH"],
]);

/**
 * KDD'99's flag of a connection: how it ended. `SF` unless it is tcp, since KDD has no other there: where Zeek writes
 * S0 for udp without an answer, no SYN went astray. A state that KDD has not, or that is not known, is `OTH`, but RSTRH is
 * `RSTR`.
 *
 * @example
 * kddFlag({ protocol: "udp", state: "S0" }); // "SF"
 */
export function kddFlag({ protocol, state }: Pick<Connection, "protocol" | "state">): string {
  return protocol === "tcp" ? (flags.get(state ?? "") ?? "OTH") : "SF";
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

/** KDD'99's two kinds of errors by flag; OTH and SF are neither. */
export function flagError(flag: string): FlagError {
  switch (flag) {
    case "S0":
    case "S1":
    case "S2":
    case "S3":
    case "SH":
      return FlagError.syn;
    case "REJ":
    case "RSTO":
    case "RSTR":
    case "RSTOS0":
      return FlagError.rejection;
    default:
      return FlagError.none;
  }
}
