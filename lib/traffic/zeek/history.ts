import { countOf } from "../logs/json-fields";
import { stateOfFlags, tcpFlags } from "../tcp-flags";

const flagsOf: Readonly<Record<string, number>> = {
  S: tcpFlags.syn,
  H: tcpFlags.syn, // with ACK
  F: tcpFlags.fin,
  R: tcpFlags.rst,
};

/**
 * How a tcp connection ended by what happened on it (Zeek's `history`): letters in the order of the events, those of the
 * source in upper case. Once both sides have ended it, a reset changes nothing. Undefined for what is no history.
 *
 * @example
 * stateOfHistory("ShADadFfR"); // "SF"
 */
export function stateOfHistory(history: string): string | undefined {
  if (!/^[a-z^]+$/i.test(history)) return undefined; // ^: Zeek turned the ends around
  let [source, destination] = [0, 0];
  for (const letter of history) {
    if (source & destination & tcpFlags.fin) break;
    const event = letter.toUpperCase();
    if (letter === event) source |= flagsOf[event] ?? 0;
    else destination |= flagsOf[event] ?? 0;
  }
  return stateOfFlags(source, destination);
}

/** What a record's `history` and `missed_bytes` say, where its state is known or not. */
export function historyIn(protocol: string, state: string | undefined, history: unknown, missed: unknown) {
  const text = typeof history === "string" ? history : undefined;
  const known = state ?? (protocol === "tcp" && text !== undefined ? stateOfHistory(text) : undefined);
  return {
    ...(known !== undefined && { state: known }),
    ...(hasGapIn(countOf(missed), text) && { hasGap: true as const }),
  };
}

/** Whether a part of the payload was not seen: by Zeek's `missed_bytes`, or where there is none by a `g` in `history`. */
export function hasGapIn(missedBytes: number | undefined, history: string | undefined): boolean {
  return missedBytes === undefined ? history !== undefined && /g/i.test(history) : missedBytes > 0;
}
