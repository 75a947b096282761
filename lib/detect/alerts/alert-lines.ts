import { csvCell } from "../../common/csv";
import { InputError, requireOneOf } from "../../common/errors";
import { printableJson } from "../../common/shown";
import { fieldName, trainedDetectors } from "../../models/detectors";
import type { AnyAlert } from "./alert";

/** `json`: one object a line, as {@link AnyAlert} says; `csv` and `parquet`: the columns of {@link alertFields}. */
export type AlertFormat = "json" | "csv" | "parquet";

/** Endings of files, by the format that they promise. */
const endings: Readonly<Record<AlertFormat, RegExp>> = {
  json: /\.(json|jsonl|ndjson)$/i,
  csv: /\.csv$/i,
  parquet: /\.parquet$/i,
};

/**
 * The format of alerts: the one asked for, or else what the file's name promises, or else JSON.
 *
 * @throws {InputError} if the file's name promises another than the one asked for
 */
export function alertFormat(asked: AlertFormat | undefined, out: string | undefined): AlertFormat {
  if (asked !== undefined) requireOneOf("format", asked, Object.keys(endings));
  const promised = out === undefined ? undefined : formatOfName(out);
  if (asked && promised && asked !== promised)
    throw new InputError(`${out} is named as ${promised}, but the format is ${asked}: change one of them`);
  return asked ?? promised ?? "json";
}

/** What the name of a file promises. */
export function formatOfName(path: string): AlertFormat | undefined {
  return (Object.keys(endings) as AlertFormat[]).find((format) => endings[format].test(path));
}

/** A column of things as CSV or Parquet: its name, its type in DuckDB, and its value. */
export interface Field<Item> {
  readonly name: string;
  readonly type: "VARCHAR" | "TIMESTAMP" | "INTEGER" | "DOUBLE" | "BOOLEAN";
  readonly of: (item: Item) => string | number | boolean | undefined;
}

/** Makes columns of one type. */
export function fieldOf<Item>(type: Field<Item>["type"]) {
  return (name: string, of: Field<Item>["of"]): Field<Item> => ({ name, type, of });
}

const time = fieldOf<AnyAlert>("TIMESTAMP");
const text = fieldOf<AnyAlert>("VARCHAR");
const integer = fieldOf<AnyAlert>("INTEGER");
const double = fieldOf<AnyAlert>("DOUBLE");
const truth = fieldOf<AnyAlert>("BOOLEAN");

/** The columns of alerts where they are rows of a table. What an alert does not have is empty. */
export const alertFields: readonly Field<AnyAlert>[] = [
  time("timestamp", (alert) => alert.event.start),
  text("uid", (alert) => alert.event.id),
  text("source", (alert) => alert.source.address),
  integer("source_port", (alert) => alert.source.port),
  text("destination", (alert) => alert.destination?.address),
  integer("destination_port", (alert) => alert.destination?.port),
  text("transport", (alert) => alert.network.transport),
  text("community_id", (alert) => alert.network.community_id),
  text("protocol", (alert) => alert.network.protocol),
  double("source_bytes", (alert) => alert.source.bytes),
  double("destination_bytes", (alert) => alert.destination?.bytes),
  double("source_packets", (alert) => alert.source.packets),
  double("destination_packets", (alert) => alert.destination?.packets),
  double("duration", (alert) => alert.event.duration / 1e9),
  double("risk_score", (alert) => alert.event.risk_score),
  double("p_value", (alert) => alert.traffic_anomaly.p_value),
  text("incident", (alert) => alert.traffic_anomaly.incident),
  text("view", (alert) => alert.traffic_anomaly.view),
  double("connections", (alert) => alert.traffic_anomaly.connections),
  ...trainedDetectors.flatMap(({ kind }) => {
    const detector = fieldName(kind);
    const found = (alert: AnyAlert) => alert.traffic_anomaly[detector];
    return [
      double(`${detector}_score`, (alert) => found(alert)?.score),
      double(`${detector}_threshold`, (alert) => found(alert)?.threshold),
      double(`${detector}_p_value`, (alert) => found(alert)?.p_value),
      truth(`${detector}_anomalous`, (alert) => found(alert) && found(alert)?.verdict === "anomalous"),
    ];
  }),
  ...[0, 1, 2].flatMap((i) => [
    text(`reason_${i + 1}_feature`, (alert) => alert.traffic_anomaly.reasons[i]?.feature),
    text(`reason_${i + 1}_value`, (alert) => alert.traffic_anomaly.reasons[i]?.value),
    text(`reason_${i + 1}_usual`, (alert) => alert.traffic_anomaly.reasons[i]?.usual),
    text(`reason_${i + 1}`, (alert) => alert.traffic_anomaly.reasons[i]?.text),
  ]),
  text("label", (alert) => alert.traffic_anomaly.label),
];

/** How things are written, each in one line. */
export interface LineForm<Item> {
  /** What stands before the first line. */
  readonly head: string;
  /** Without the end of line. */
  readonly line: (item: Item) => string;
}

/** How things are written in all formats. */
export interface Forms<Item> {
  readonly json: LineForm<Item>;
  readonly csv: LineForm<Item>;
  /** The columns of CSV and Parquet. */
  readonly fields: readonly Field<Item>[];
}

/**
 * Things as CSV (RFC 4180), with a head.
 *
 * @param cell how texts are written. Default: so that no spreadsheet takes one for a formula.
 */
export function csvForm<Item>(fields: readonly Field<Item>[], cell = csvCell): LineForm<Item> {
  const cellOf = (value: ReturnType<Field<Item>["of"]>) =>
    typeof value === "string" ? cell(value) : String(value ?? "");
  return {
    head: `${fields.map(({ name }) => name).join(",")}\n`,
    line: (item) => fields.map(({ of }) => cellOf(of(item))).join(","),
  };
}

export const alertForms: Forms<AnyAlert> = {
  json: { head: "", line: printableJson },
  csv: csvForm(alertFields),
  fields: alertFields,
};
