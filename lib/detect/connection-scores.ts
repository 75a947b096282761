import { printableJson } from "../common/shown";
import { fieldName, trainedDetectors } from "../models/detectors";
import { combinedPValues } from "../models/p-values";
import type { Connection } from "../traffic/connection";
import { timestamp } from "./alerts/alert";
import { csvForm, type Field, type LineForm } from "./alerts/alert-lines";
import type { Judged } from "./judge";

/** What the detectors say of one connection. */
export interface ConnectionScore {
  readonly connection: Connection;
  readonly judged: readonly Judged[];
  /** Its row among those judged together. */
  readonly row: number;
  readonly pValue: number;
}

/** One a connection, in their order. */
export function connectionScores(
  connections: readonly Connection[],
  judged: readonly Judged[],
): ConnectionScore[] {
  const found = combinedPValues(judged.map(({ pValues }) => pValues));
  return connections.map((connection, row) => ({ connection, judged, row, pValue: found[row] }));
}

const text = (name: string, of: (connection: Connection) => string | undefined): Field<ConnectionScore> => ({
  name,
  type: "VARCHAR",
  of: ({ connection }) => of(connection),
});

/** The columns of scores: what is known of a connection, and what the detectors say of it. */
export const scoreFields: readonly Field<ConnectionScore>[] = [
  { name: "timestamp", type: "TIMESTAMP", of: ({ connection }) => timestamp(connection.start) },
  text("uid", ({ uid }) => uid),
  text("source", ({ sourceHost }) => sourceHost),
  { name: "source_port", type: "INTEGER", of: ({ connection }) => connection.sourcePort },
  text("destination", ({ destinationHost }) => destinationHost),
  { name: "destination_port", type: "INTEGER", of: ({ connection }) => connection.destinationPort },
  text("transport", ({ protocol }) => protocol),
  { name: "p_value", type: "DOUBLE", of: ({ pValue }) => pValue },
  {
    name: "anomalous",
    type: "BOOLEAN",
    of: ({ judged, row }) => judged.some(({ flags }) => flags[row] === 1),
  },
  ...trainedDetectors.flatMap(({ kind }): Field<ConnectionScore>[] => {
    const own = ({ judged }: ConnectionScore) => judged.find(({ name }) => name === kind);
    const name = fieldName(kind);
    return [
      { name: `${name}_score`, type: "DOUBLE", of: (score) => own(score)?.scores[score.row] },
      { name: `${name}_p_value`, type: "DOUBLE", of: (score) => own(score)?.pValues[score.row] },
      {
        name: `${name}_anomalous`,
        type: "BOOLEAN",
        of: (score) => {
          const found = own(score);
          return found && found.flags[score.row] === 1;
        },
      },
    ];
  }),
  text("label", ({ label }) => label),
];

/** Scores as lines: of JSON an object with the columns that have a value. */
export const scoreForms: Readonly<Record<"json" | "csv", LineForm<ConnectionScore>>> = {
  json: {
    head: "",
    line: (score) => printableJson(Object.fromEntries(scoreFields.map(({ name, of }) => [name, of(score)]))),
  },
  csv: csvForm(scoreFields),
};
