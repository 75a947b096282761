import type { Connection } from "../../traffic/connection";

/** The value of a numeric feature: of one connection, or the usual one. */
export type ValueOf = (feature: string) => number;

/** How a number is said: of the connection at hand, in a sentence, and in short, for what is usual. */
export interface Words {
  readonly said: (value: number, of: ValueOf, at: Connection) => string;
  readonly short: (value: number, of: ValueOf) => string;
  /** Whether the number says nothing, or nothing that the connection itself does not. */
  readonly idle?: (value: number, of: ValueOf) => boolean;
  /** Of what it counts: no more of them than usual is no reason. */
  readonly counted?: (value: number, of: ValueOf) => number;
}
