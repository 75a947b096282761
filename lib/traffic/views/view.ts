import { base64, bytesOf } from "../../common/base64";
import type { Feature } from "../../data/kdd/schema";
import type { Connection } from "../connection";
import { LocalNetworks } from "../local-networks";
import { Clock, type ClockState } from "../windows/clock";
import { HostRow, hostFeatures } from "./host-row";
import { PairRow, pairFeatures } from "./pair-row";
import { type Known, MarkedSet, RecentSet } from "./recent-set";
import type { RowParts, RowState, ViewRow } from "./view-row";

/** How a view makes its rows. */
interface ViewKind<Row extends ViewRow> {
  readonly features: readonly Feature[];
  readonly rows: {
    keyOf(connection: Connection): string;
    start(connection: Connection, known: Known, isEarly: boolean): Row;
    resume(parts: RowParts): Row;
  };
}

/** The views of traffic: of each source the hours, of each pair of a source and a destination's port the days. */
export const viewKinds = {
  hosts: { features: hostFeatures, rows: HostRow },
  pairs: { features: pairFeatures, rows: PairRow },
} as const satisfies Record<string, ViewKind<ViewRow>>;

export type ViewName = keyof typeof viewKinds;
export const viewNames = Object.keys(viewKinds) as readonly ViewName[];

/** Rows of a view that go on. */
export type RowOf<Name extends ViewName> = Name extends "hosts" ? HostRow : PairRow;

export const hour = 3_600;
export const day = 86_400;

/** Sources, and what each met, that are remembered at least; at most twice as many are. */
export const rememberedKnown = 65_536;
/** Rows that go on, in each of two generations, and numbers that those of one hold besides their sums. */
export const mostRows = 16_384;
const mostNumbers = 2 ** 18;

/** What a view remembers, as JSON: another goes on from it as if it had seen the same. */
export interface ViewState {
  /** Seconds of its periods. */
  readonly seconds: number;
  /** Undefined before the first connection, as is the time of this. */
  readonly clock?: ClockState;
  readonly since?: number;
  /** Two generations of hashes of 32 bits, in base64. */
  readonly known: readonly string[];
  /** Two generations of rows that go on. */
  readonly rows: readonly (readonly RowState[])[];
}

/** What several views remember. */
export type ViewsState = Readonly<Partial<Record<ViewName, ViewState>>>;

/**
 * Sums connections up, that come one after the other in order of time, as rows: one for each source, or pair, and period of
 * the log's time. A row is over when the period is: when a connection of another comes, or the log ends.
 *
 * A connection that comes too late counts as if it happened now. When the clock goes back for good, see {@link Clock}, all
 * rows are over. What is new to a source is told of sources that were met before, and not in the first day.
 *
 * Memory is bounded: a row is over earlier when 16,384 others have had connections since its last one (fewer, where they
 * hold more than 262,144 peers, ports, intervals and sizes together). About 40 MB at most; usual traffic takes a few.
 */
export class View<Name extends ViewName = ViewName> {
  readonly #kind: ViewKind<RowOf<Name>>;
  readonly #clock = new Clock();
  readonly #known = new RecentSet(rememberedKnown);
  #recent = new Map<string, RowOf<Name>>();
  #older = new Map<string, RowOf<Name>>();
  /** What the recent rows hold besides their sums. */
  #numbers = 0;
  #since: number | undefined;
  /** That of the last connection. */
  last: RowOf<Name> | undefined;

  /**
   * @param seconds of a period
   * @param networks tells which hosts are ours
   */
  constructor(
    readonly name: Name,
    readonly seconds: number,
    private readonly networks = new LocalNetworks(),
  ) {
    this.#kind = viewKinds[name] as unknown as ViewKind<RowOf<Name>>;
  }

  /** A view that goes on where another was. */
  static resume<Name extends ViewName>(
    name: Name,
    { seconds, clock, since, known, rows }: ViewState,
    networks?: LocalNetworks,
  ): View<Name> {
    const view = new View(name, seconds, networks);
    view.#since = since;
    if (clock) view.#clock.resume(clock);
    view.#known.generations = known.map((hashes) => [...new Int32Array(bytesOf(hashes))]);
    const resumed = rows.map((states) => new Map(states.map((state) => view.#resumeRow(state))));
    [view.#older, view.#recent] = resumed;
    for (const row of view.#recent.values()) view.#numbers += row.held;
    return view;
  }

  get state(): ViewState {
    const known = this.#known.generations.map((hashes) => base64(Int32Array.from(hashes)));
    const rows = [this.#older, this.#recent].map((all) =>
      Array.from(all, ([key, { parts }]): RowState => {
        return [[key, ...parts.texts].join("\t"), base64(Float64Array.from(parts.numbers))];
      }),
    );
    return { seconds: this.seconds, clock: this.#clock.state, since: this.#since, known, rows };
  }

  /**
   * Takes the next connection in, which happens at a time.
   *
   * @param mark an integer of 32 bits: connections that have it make rows of their own, and are not known to others
   * @returns the rows that are over before it, or to make room
   */
  add(connection: Connection, time: number, mark?: number): RowOf<Name>[] {
    const before = this.#clock.now;
    const isAnother = this.#clock.advance(time);
    const { now } = this.#clock;
    this.#since ??= now;
    const isOver = isAnother || Math.floor(before / this.seconds) !== Math.floor(now / this.seconds);
    const over = isOver ? this.end() : [];
    const known = mark === undefined ? this.#known : new MarkedSet(this.#known, mark);
    const row = this.#rowOf(connection, mark, known, over);
    this.#numbers += row.add(connection, now, known, this.networks.directionOf(connection));
    this.last = row;
    return over;
  }

  /** Ends all rows. @returns them */
  end(): RowOf<Name>[] {
    const rows = [...this.#older.values(), ...this.#recent.values()];
    this.#older = new Map();
    this.#startGeneration();
    return rows;
  }

  #rowOf(connection: Connection, mark: number | undefined, known: Known, over: RowOf<Name>[]): RowOf<Name> {
    const key = markedKey(this.#kind.rows.keyOf(connection), mark);
    const found = this.#recent.get(key);
    if (found) return found;
    if (this.#recent.size >= mostRows || this.#numbers > mostNumbers) {
      over.push(...this.#older.values());
      this.#older = this.#recent;
      this.#startGeneration();
    }
    const isEarly = this.#clock.now < this.#since! + day;
    const row = this.#older.get(key) ?? this.#kind.rows.start(connection, known, isEarly);
    row.mark = mark;
    this.#older.delete(key);
    this.#numbers += row.held;
    this.#recent.set(key, row);
    return row;
  }

  #startGeneration(): void {
    this.#recent = new Map();
    this.#numbers = 0;
  }

  #resumeRow([text, numbers]: RowState): readonly [string, RowOf<Name>] {
    const [key, ...texts] = text.split("\t");
    const row = this.#kind.rows.resume({ texts, numbers: [...new Float64Array(bytesOf(numbers))] });
    row.mark = markOf(key);
    return [key, row];
  }
}

/** No host begins so. */
function markedKey(key: string, mark: number | undefined): string {
  return mark === undefined ? key : `#${mark} ${key}`;
}

function markOf(key: string): number | undefined {
  const [, mark] = /^#(-?\d+) /.exec(key) ?? [];
  return mark === undefined ? undefined : Number(mark);
}
