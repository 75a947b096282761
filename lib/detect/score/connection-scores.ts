import { printableJson } from "../../common/shown";
import { type Column, type Table, valueAt } from "../../data/table";
import { fieldName, trainedDetectors } from "../../models/detectors";
import { combinedPValues } from "../../models/p-values";
import type { Connection } from "../../traffic/connection";
import { connectionFeatures } from "../../traffic/connection-table";
import { timestamp } from "../alerts/alert";
import { csvForm, type Field, type Forms, fieldOf } from "../alerts/alert-lines";
import { isAnomalous, type Judged } from "../judge";

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

const text = fieldOf<ConnectionScore>("VARCHAR");
const integer = fieldOf<ConnectionScore>("INTEGER");
const double = fieldOf<ConnectionScore>("DOUBLE");
const truth = fieldOf<ConnectionScore>("BOOLEAN");

/** The columns of scores: what is known of a connection, what the detectors say of it, and what they see. */
export const scoreFields: readonly Field<ConnectionScore>[] = [
  fieldOf<ConnectionScore>("TIMESTAMP")("timestamp", ({ connection }) => timestamp(connection.start)),
  text("uid", ({ connection }) => connection.uid),
  text("source", ({ connection }) => connection.sourceHost),
  integer("source_port", ({ connection }) => connection.sourcePort),
  text("destination", ({ connection }) => connection.destinationHost),
  integer("destination_port", ({ connection }) => connection.destinationPort),
  text("transport", ({ connection }) => connection.protocol),
  double("p_value", ({ pValue }) => pValue),
  truth("anomalous", ({ judged, row }) => isAnomalous(judged, row)),
  ...trainedDetectors.flatMap(({ kind }) => {
    const own = ({ judged }: ConnectionScore) => judged.find(({ name }) => name === kind);
    const name = fieldName(kind);
    return [
      double(`${name}_score`, (score) => own(score)?.scores[score.row]),
      double(`${name}_p_value`, (score) => own(score)?.pValues[score.row]),
      truth(`${name}_anomalous`, (score) => own(score) && own(score)?.flags[score.row] === 1),
    ];
  }),
  text("label", ({ connection }) => connection.label),
  // The features: empty where the kind of log can't tell one.
  ...connectionFeatures.map(({ name, measure }) =>
    (measure === "nominal" ? text : double)(name, ({ features, row }) => {
      const column = features.get(name);
      return column && valueAt(column, row);
    }),
  ),
];

/** Scores as lines of JSON: objects with the columns that have a value. */
export const scoreForms: Forms<ConnectionScore> = {
  json: {
    head: "",
    line: (score) => printableJson(Object.fromEntries(scoreFields.map(({ name, of }) => [name, of(score)]))),
  },
  csv: csvForm(scoreFields),
  fields: scoreFields,
};
