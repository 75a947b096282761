import type { Connection } from "./connection";

const failedStates = new Set(["S0", "REJ", "RSTOS0", "RSTRH", "SH", "SHR"]);

/** Whether a connection was refused, or nothing came back on it. */
export function isFailed({ destinationBytes, state = "" }: Connection): boolean {
  return destinationBytes === 0 || failedStates.has(state);
}
