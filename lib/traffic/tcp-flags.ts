/** Bits of the flags byte of TCP (RFC 9293) that open and end a connection. */
export const tcpFlags = { fin: 1, syn: 2, rst: 4 } as const;

/**
 * How a connection ended by the flags that each side sent in all of its packets, as Zeek names it (`conn_state`,
 * scripts/base/protocols/conn/main.zeek). Flags do not tell their order: a reset after the end counts as a reset, as it
 * does for Zeek.
 *
 * @example
 * stateOfFlags(tcpFlags.syn, tcpFlags.rst); // "REJ"
 */
export function stateOfFlags(source: number, destination: number): string {
  const { fin, syn, rst } = tcpFlags;
  const isOpened = (source & syn) !== 0;
  const isAnswered = (destination & syn) !== 0;
  if (destination & rst) return isAnswered ? (isOpened ? "RSTR" : "RSTRH") : isOpened ? "REJ" : "OTH";
  if (source & rst) return isAnswered ? "RSTO" : isOpened ? "RSTOS0" : "OTH";
  if (!isOpened) return isAnswered && destination & fin ? "SHR" : "OTH";
  if (!isAnswered) return source & fin ? "SH" : "S0";
  if (source & fin) return destination & fin ? "SF" : "S2";
  return destination & fin ? "S3" : "S1";
}
