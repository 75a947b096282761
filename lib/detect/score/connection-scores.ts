import { printableJson } from "../../common/shown";
import type { Column, Table } from "../../data/table";
import { fieldName, trainedDetectors } from "../../models/detectors";
import { combinedPValues } from "../../models/p-values";
import type { Connection } from "../../traffic/connection";
import { connectionFeatures } from "../../traffic/connection-table";
import { timestamp } from "../alerts/alert";
import { csvForm, type Field, type LineForm } from "../alerts/alert-lines";
import type { Judged } from "../judge";

/** What the detectors say of one connection. */
export interface ConnectionScore {
  readonly connection: Connection;
  readonly judged: readonly Judged[];
  /** The features of those judged together, by name. */
  readonly features: ReadonlyMap<string, Column>;
  /** Its row among them. */
  readonly row: number;
  readonly pValue: number;
}

/** One a connection, in their order. */
export function connectionScores(
  connections: readonly Connection[],
  judged: readonly Judged[],
  table: Table,
): ConnectionScore[] {
  const found = combinedPValues(judged.map(({ pValues }) => pValues));
  const features = new Map(table.features.map((column) => [column.name, column]));
  return connections.map((connection, row) => ({ connection, judged, features, row, pValue: found[row] }));
}

const text = (name: string, of: (connection: Connection) => string | undefined): Field<ConnectionScore> => ({
  name,
  type: "VARCHAR",
  of: ({ connection }) => of(connection),
});

/** What the detectors see of a connection: empty where its kind of log can't tell it. */
const featureFields = connectionFeatures.map(
  ({ name, measure }): Field<ConnectionScore> => ({
    name,
    type: measure === "nominal" ? "VARCHAR" : "DOUBLE",
    of: ({ features, row }) => {
      const column = features.get(name);
      return column?.kind === "nominal" ? column.categories[column.codes[row]] : column?.values[row];
    },
  }),
);

/** The columns of scores: what is known of a connection, what the detectors say of it, and what they see. */
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
  ...featureFields,
];

/** Scores as lines: of JSON an object with the columns that have a value. */
export const scoreForms: Readonly<Record<"json" | "csv", LineForm<ConnectionScore>>> = {
  json: {
    head: "",
    line: (score) => printableJson(Object.fromEntries(scoreFields.map(({ name, of }) => [name, of(score)]))),
  },
  csv: csvForm(scoreFields),
};
