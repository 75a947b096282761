import { equalRowsInTurns } from "../data/distinct";
import type { Table } from "../data/table";
import type { ScoreOptions } from "../models/detector";
import { type Model, scoreTable } from "../models/model";

/** Scores of all rows of a table, of which those that repeat are made into numbers and scored once. */
export async function scoreDistinct(
  model: Pick<Model, "detector" | "preprocessor">,
  table: Table,
  options: ScoreOptions,
): Promise<Float64Array> {
  await equalRowsInTurns(table, options.signal);
  return scoreTable(model, table, undefined, options);
}
