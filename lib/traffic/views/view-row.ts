import type { Connection } from "../connection";
import { isFailed } from "../failed";
import type { Direction } from "../local-networks";
import { ownText } from "../logs/values";
import type { Known } from "./recent-set";

/** A row that is not over, as JSON: its texts with tabs between, and its numbers of 64 bits in base64. */
export type RowState = readonly [texts: string, numbers: string];

/** Texts and numbers, the first ones those of every row. */
export interface RowParts {
  readonly texts: readonly string[];
  readonly numbers: readonly number[];
}

/** What every view sums up of connections that have a source, and maybe more, in common. */
export abstract class ViewRow {
  readonly uid: string;
  readonly source: string;
  /** That of its connections: see `View.add`. */
  mark: number | undefined;
  connections = 0;
  failed = 0;
  bytesOut = 0;
  bytesIn = 0;
  /** Whether its source is ours. */
  isFromUs = false;
  /** Connections to hosts that are not ours, and what they sent there. */
  outside = 0;
  bytesOutside = 0;
  /** Bytes of the connection that sent most outside, among those that sent three times what they received. */
  mostSent = 0;
  /** When the first connection started and the last one ended, in seconds. */
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;

  constructor({ uid, sourceHost }: Pick<Connection, "uid" | "sourceHost">) {
    this.uid = ownText(uid);
    this.source = ownText(sourceHost);
  }

  /** The features, in the order of the view's. */
  abstract get values(): readonly number[];

  /** Hash of the one host that its connections reached; undefined where they are several. */
  abstract get onlyPeer(): number | undefined;

  /** How many numbers it holds besides its sums. */
  abstract get held(): number;

  /** All that it is made of, for `resume`. */
  abstract get parts(): RowParts;

  /**
   * Takes a connection in.
   *
   * @param time when it happens, no earlier than those before
   * @param known what is known of sources from before
   * @param direction where it leads
   * @returns how many more numbers it holds
   */
  add(connection: Connection, _time: number, _known: Known, direction: Direction): number {
    const { start, duration, sourceBytes, destinationBytes } = connection;
    this.connections++;
    if (isFailed(connection)) this.failed++;
    this.bytesOut += sourceBytes;
    this.bytesIn += destinationBytes;
    this.isFromUs = direction === "outbound" || direction === "internal";
    if (direction === "outbound" || direction === "external") {
      this.outside++;
      this.bytesOutside += sourceBytes;
      if (sourceBytes >= 3 * destinationBytes) this.mostSent = Math.max(this.mostSent, sourceBytes);
    }
    this.first = Math.min(this.first, start);
    this.last = Math.max(this.last, start + duration);
    return 0;
  }

  protected get sums(): number[] {
    const { connections, failed, bytesOut, bytesIn, outside, bytesOutside, mostSent, first, last } = this;
    const amounts = [connections, failed, bytesOut, bytesIn, outside, bytesOutside, mostSent];
    return [...amounts, first, last, Number(this.isFromUs)];
  }

  /** @returns the numbers that follow the sums */
  protected resumeSums(numbers: readonly number[]): readonly number[] {
    const [connections, failed, bytesOut, bytesIn, outside, bytesOutside, mostSent, ...more] = numbers;
    const [first, last, isFromUs, ...others] = more;
    const amounts = { connections, failed, bytesOut, bytesIn, outside, bytesOutside, mostSent };
    Object.assign(this, amounts, { first, last, isFromUs: isFromUs === 1 });
    return others;
  }
}
