import type { Table } from "../../data/table";
import type { Connection } from "../../traffic/connection";
import { PairRow } from "../../traffic/views/pair-row";
import type { ViewRow } from "../../traffic/views/view-row";
import { type NumberOf, numbersOf } from "../reasons/reasons";

/** A row as if it were one connection; without destination where it has several. */
export function rowConnection(row: ViewRow): Connection {
  const { uid, source, first, last, bytesOut, bytesIn } = row;
  const others = { sourcePort: 0, destinationHost: "", destinationPort: 0, protocol: "several" };
  const ends = row instanceof PairRow ? { sourcePort: row.sourcePort, ...row.destination } : others;
  return {
    uid,
    ...{ start: first, duration: last - first },
    ...{ sourceHost: source, ...ends },
    ...{ sourceBytes: bytesOut, destinationBytes: bytesIn },
  };
}

/** The numbers of a row: those of a table, and of pairs what intervals and sizes are usually. */
export function rowNumbers(table: Table, at: number, row: ViewRow): NumberOf {
  const own = numbersOf(table, at);
  if (!(row instanceof PairRow)) return own;
  const { intervals, sizes } = row;
  const more: Readonly<Record<string, number>> = {
    interval: intervals.median,
    interval_deviation: intervals.deviation,
    size: sizes.median,
    size_deviation: sizes.deviation,
  };
  return (feature) => more[feature] ?? own(feature);
}
