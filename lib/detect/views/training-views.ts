import type { Table } from "../../data/table";
import type { Connection } from "../../traffic/connection";
import type { LocalNetworks } from "../../traffic/local-networks";
import { day, hour, View, type ViewName, type ViewState } from "../../traffic/views/view";
import type { ViewRow } from "../../traffic/views/view-row";
import { viewTable } from "../../traffic/views/view-table";

/** The rows of a view to learn from. */
export interface ViewData {
  readonly table: Table;
  /** What the view knows at their end, when no row goes on. */
  readonly remembered: ViewState;
}

/** What is learned of views, and how long the logs are, in seconds. */
export interface ViewsData {
  readonly views: Readonly<Record<ViewName, ViewData>>;
  readonly span: number;
}

/** Logs that are nearly a day long are one: nothing happens in its first and last minutes, maybe. */
const nearlyDay = 0.95 * day;

/**
 * Collects the rows of all views while logs are read. A day of a pair can't be learned from logs that are shorter: where
 * they are, its hours are learned and judged.
 */
export class TrainingViews {
  readonly #hosts: Rows<"hosts">;
  readonly #pairs: Readonly<Record<"hours" | "days", Rows<"pairs">>>;
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;

  constructor(networks: LocalNetworks) {
    this.#hosts = new Rows("hosts", hour, networks);
    this.#pairs = { hours: new Rows("pairs", hour, networks), days: new Rows("pairs", day, networks) };
  }

  add(connection: Connection, time: number): void {
    this.#first = Math.min(this.#first, time);
    this.#last = Math.max(this.#last, time);
    for (const rows of [this.#hosts, this.#pairs.hours, this.#pairs.days]) rows.add(connection, time);
  }

  /** All logs were read. */
  end(): ViewsData {
    const span = Math.max(0, this.#last - this.#first);
    const pairs = span >= nearlyDay ? this.#pairs.days : this.#pairs.hours;
    return { views: { hosts: this.#hosts.end(), pairs: pairs.end() }, span };
  }
}

/** The rows of one view: of each only its features. */
class Rows<Name extends ViewName> {
  readonly #view: View<Name>;
  readonly #rows: Pick<ViewRow, "values">[] = [];

  constructor(name: Name, seconds: number, networks: LocalNetworks) {
    this.#view = new View(name, seconds, networks);
  }

  add(connection: Connection, time: number): void {
    this.#keep(this.#view.add(connection, time));
  }

  end(): ViewData {
    this.#keep(this.#view.end());
    return { table: viewTable(this.#view.name, this.#rows), remembered: this.#view.state };
  }

  #keep(over: readonly ViewRow[]): void {
    for (const { values } of over) this.#rows.push({ values });
  }
}
