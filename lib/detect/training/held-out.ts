import type { Rows } from "../../data/table";
import { splitInOrder } from "../../models/fit-model";
import { day } from "../../traffic/views/view";

/** Logs are nearly so long: nothing happens in their first and last minutes, maybe. */
const nearly = 0.95;
/** Days that logs must have for whole ones to be held out. */
const severalDays = 3;
const leastShare = 1 / 5;
const mostShare = 1 / 2;

/**
 * The connections to fit and those to hold out: the last fifth, or in logs of three days and more the last whole days that
 * have at least a fifth, for nights and weekends are unlike working hours, and a threshold from an evening is none for a day.
 *
 * @param rows in order of time
 * @param starts of all connections, in seconds
 */
export function splitByTime(rows: Rows, starts: ArrayLike<number>): [Rows, Rows] {
  const startOf = (place: number) => starts[rows[place]];
  const last = startOf(rows.length - 1);
  if (last - startOf(0) < nearly * severalDays * day) return splitInOrder(rows);
  let held = 0;
  for (let days = 1; held < leastShare * rows.length; days++)
    while (held < rows.length && startOf(rows.length - 1 - held) >= last - days * day) held++;
  if (held > mostShare * rows.length) return splitInOrder(rows);
  return [rows.slice(0, -held), rows.slice(-held)];
}
