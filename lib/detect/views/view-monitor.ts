import { textHash } from "../../common/text-hash";
import type { ScoreOptions } from "../../models/detector";
import type { Connection } from "../../traffic/connection";
import type { LocalNetworks } from "../../traffic/local-networks";
import { PairRow } from "../../traffic/views/pair-row";
import { View, type ViewName, type ViewsState } from "../../traffic/views/view";
import type { ViewRow } from "../../traffic/views/view-row";
import { viewTable } from "../../traffic/views/view-table";
import { timeOf } from "../../traffic/windows/event";
import type { TimeBase } from "../../traffic/windows/options";
import type { AllowLine, AllowList } from "../alerts/allow-list";
import { isAnomalous, Judge, type Verdict } from "../judge";
import { rowConnection, rowNumbers } from "./row-connection";
import { columnsOf, rowsTitle, type ViewModel, type ViewModels, viewsOf } from "./view-model";

/** Rows of a view that were judged, and those that raised an alert. */
export interface ViewCounts {
  /** `hours of hosts`. */
  readonly title: string;
  readonly rows: number;
  readonly alerts: number;
  /** Unusual rows of connections that the list allows. */
  readonly silenced: number;
}

/** A row that is over. */
export interface OverRow {
  readonly row: ViewRow;
  /** The position of the connection before which it was. */
  readonly before: number;
}

/** One that is anomalous. */
export interface UnusualRow extends OverRow {
  readonly view: ViewName;
  readonly verdict: Verdict;
}

/**
 * Judges the rows of all of a model's views when they are over. What a line of the list allows makes rows apart, which raise no
 * alert: those that would count as silenced by the line.
 */
export class ViewMonitor {
  readonly #views: readonly WatchedView[];
  /** Lines of the list by the marks of what they allow. */
  readonly #lines: ReadonlyMap<number, AllowLine>;
  readonly #marks: ReadonlyMap<AllowLine, number>;
  /** Those of the connections taken in last whose sources were never seen before the day to use such a service. */
  ofNewService: ReadonlySet<Connection> = new Set();

  /**
   * @param networks tells which hosts are ours
   * @param state what the views remember. Default: what they knew at the end of training
   */
  constructor(
    models: ViewModels,
    networks: LocalNetworks,
    private readonly timeBase: TimeBase,
    private readonly allowList: AllowList | undefined,
    state: ViewsState = {},
    options: ScoreOptions = {},
  ) {
    this.#views = viewsOf(models).map(([name, model]) => {
      const view = View.resume(name, state[name] ?? model.remembered, networks);
      return new WatchedView(view, model, new Judge(model.detectors, model.usual, options));
    });
    const marks = (allowList?.lines ?? []).map((line) => [line, textHash(line.text)] as const);
    this.#marks = new Map(marks);
    this.#lines = new Map(marks.map(([line, mark]) => [mark, line] as const).reverse()); // of equal lines the first
  }

  /** What the views remember, for a monitor that goes on from here. */
  get state(): ViewsState {
    return Object.fromEntries(this.#views.map(({ view }) => [view.name, view.state]));
  }

  get counts(): Readonly<Partial<Record<ViewName, ViewCounts>>> {
    return Object.fromEntries(this.#views.map(({ view, counts }) => [view.name, counts]));
  }

  /** Takes the next connections in. @returns the unusual ones of the rows that are over before them, in order */
  async add(connections: readonly Connection[]): Promise<UnusualRow[]> {
    const ofNewService = new Set<Connection>();
    const over = this.#views.map((): OverRow[] => []);
    for (let before = 0; before < connections.length; before++) {
      const connection = connections[before];
      const line = this.allowList?.lineOf(connection);
      const mark = line && this.#marks.get(line);
      const time = timeOf(connection, this.timeBase);
      for (let i = 0; i < this.#views.length; i++) {
        const { view } = this.#views[i];
        for (const row of view.add(connection, time, mark)) over[i].push({ row, before });
        if (view.last instanceof PairRow && view.last.isOfNewService) ofNewService.add(connection);
      }
    }
    this.ofNewService = ofNewService;
    return this.#unusual(over);
  }

  /** The log is over, and so are all rows. */
  async end(): Promise<UnusualRow[]> {
    return this.#unusual(
      this.#views.map(({ view }) => view.end().map((row) => ({ row, before: Number.POSITIVE_INFINITY }))),
    );
  }

  async #unusual(over: readonly (readonly OverRow[])[]): Promise<UnusualRow[]> {
    const found: UnusualRow[] = [];
    for (const [i, view] of this.#views.entries()) {
      const { raised, silenced } = await view.unusual(over[i]);
      found.push(...raised);
      for (const mark of silenced) {
        const line = this.#lines.get(mark);
        if (line) line.silenced++;
      }
    }
    for (const { row } of found) this.allowList?.countExpired(rowConnection(row));
    return found.sort((a, b) => (a.before === b.before ? 0 : a.before - b.before));
  }
}

/** A view with what judges its rows. */
class WatchedView {
  readonly #counts = { rows: 0, alerts: 0, silenced: 0 };

  constructor(
    readonly view: View,
    private readonly model: ViewModel,
    private readonly judge: Judge,
  ) {}

  get counts(): ViewCounts {
    return { title: rowsTitle(this.view.name, this.view), ...this.#counts };
  }

  /** Judges rows. @returns the unusual ones, and the marks of those that the list allows */
  async unusual(over: readonly OverRow[]): Promise<{ raised: UnusualRow[]; silenced: number[] }> {
    if (over.length === 0) return { raised: [], silenced: [] };
    const { name: view } = this.view;
    const [{ preprocessor }] = Object.values(this.model.detectors);
    const rows = over.map(({ row }) => row);
    const table = columnsOf(viewTable(view, rows), preprocessor.steps);
    const judged = await this.judge.judgements(table);
    const anomalous = [...over.keys()].filter((row) => isAnomalous(judged, row));
    const unusual = anomalous.filter((row) => rows[row].mark === undefined);
    const silenced = anomalous.flatMap((row) => rows[row].mark ?? []);
    const verdicts = await this.judge.verdicts(
      table,
      judged,
      unusual.map((row) => ({
        row,
        connection: rowConnection(rows[row]),
        numberOf: rowNumbers(table, row, rows[row]),
      })),
    );
    this.#counts.rows += rows.filter(({ mark }) => mark === undefined).length;
    this.#counts.alerts += unusual.length;
    this.#counts.silenced += silenced.length;
    const raised = unusual.map((row, i) => ({ ...over[row], view, verdict: verdicts[i] }));
    return { raised, silenced };
  }
}

/** Says of which periods a state's view is, and of which the model's, where they differ. */
export function otherPeriods(models: ViewModels, state: ViewsState = {}): string | undefined {
  for (const [name, { remembered }] of viewsOf(models)) {
    const saved = state[name];
    if (saved && saved.seconds !== remembered.seconds)
      return `the state of ${rowsTitle(name, saved)}, and the model judges ${rowsTitle(name, remembered)}`;
  }
  return undefined;
}
