import { formatShare } from "../../common/format";
import type { NominalColumn, Rows } from "../../data/table";
import type { TrainingData } from "./training-data";

/** From these shares on it is doubted that connections are usual traffic. */
const most = { host: 0.5, failed: 0.5, alike: 0.8 } as const;

/**
 * What speaks against connections being usual traffic, in sentences: one host started most of them, most of them failed, or nearly
 * all are alike, as where scans, floods or guessed passwords make up most of a log. What a model learns from them is usual to it.
 *
 * @param rows those that are learned from
 */
export function trainingDoubts(data: TrainingData, rows: Rows): string[] {
  const share = (count: number) => formatShare(count / rows.length);
  const host = commonest(rows, (row) => data.hosts[data.hostCodes[row]]);
  const flag = namesOf(data, "flag");
  const service = namesOf(data, "service");
  const failed = flag ? rows.filter((row) => /^(S0|REJ|RSTOS0|SH)$/.test(flag(row))).length : 0;
  const kind = commonest(rows, (row) => `${service?.(row)}${flag ? `, ${flag(row)}` : ""}`);
  const found = [
    ...(host.count > most.host * rows.length ? [`${share(host.count)} were started by ${host.name}`] : []),
    ...(failed > most.failed * rows.length ? [`${share(failed)} were refused or not answered`] : []),
    ...(kind.count > most.alike * rows.length ? [`${share(kind.count)} are alike (${kind.name})`] : []),
  ];
  if (found.length === 0) return [];
  return [
    `of the connections learned from ${found.join(", ")}: if these are attacks, the model takes attacks for usual; leave such hours out`,
  ];
}

function namesOf({ table }: TrainingData, name: string): ((row: number) => string) | undefined {
  const column = table.features.find((feature): feature is NominalColumn => feature.name === name);
  return column && ((row) => column.categories[column.codes[row]]);
}

function commonest(rows: Rows, nameOf: (row: number) => string): { name: string; count: number } {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(nameOf(row), (counts.get(nameOf(row)) ?? 0) + 1);
  const [[name, count]] = [...counts].sort((a, b) => b[1] - a[1]);
  return { name, count };
}
