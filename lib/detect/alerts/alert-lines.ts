import { csvCell } from "../../common/csv";
import { InputError, requireOneOf } from "../../common/errors";
import { printableJson } from "../../common/shown";
import { fieldName, trainedDetectors } from "../../models/detectors";
import type { AnyAlert } from "./alert";

/** `json`: one object a line, as {@link AnyAlert} says; `csv` and `parquet`: the columns of {@link alertFields}. */
export type AlertFormat = "json" | "csv" | "parquet";
/** Those that are written line by line. */
export type LineFormat = Exclude<AlertFormat, "parquet">;

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

type AlertField = Field<AnyAlert>;

const text = (name: string, of: AlertField["of"]): AlertField => ({ name, type: "VARCHAR", of });

/** The columns of alerts where they are rows of a table. What an alert does not have is empty. */
export const alertFields: readonly AlertField[] = [
  { name: "timestamp", type: "TIMESTAMP", of: (alert) => alert.event.start },
  text("uid", (alert) => alert.event.id),
  text("source", (alert) => alert.source.address),
  { name: "source_port", type: "INTEGER", of: (alert) => alert.source.port },
  text("destination", (alert) => alert.destination?.address),
  { name: "destination_port", type: "INTEGER", of: (alert) => alert.destination?.port },
  text("transport", (alert) => alert.network.transport),
  text("community_id", (alert) => alert.network.community_id),
  text("protocol", (alert) => alert.network.protocol),
  { name: "source_bytes", type: "DOUBLE", of: (alert) => alert.source.bytes },
  { name: "destination_bytes", type: "DOUBLE", of: (alert) => alert.destination?.bytes },
  { name: "source_packets", type: "DOUBLE", of: (alert) => alert.source.packets },
  { name: "destination_packets", type: "DOUBLE", of: (alert) => alert.destination?.packets },
  { name: "duration", type: "DOUBLE", of: (alert) => alert.event.duration / 1e9 },
  { name: "risk_score", type: "DOUBLE", of: (alert) => alert.event.risk_score },
  { name: "p_value", type: "DOUBLE", of: (alert) => alert.traffic_anomaly.p_value },
  text("incident", (alert) => alert.traffic_anomaly.incident),
  text("view", (alert) => alert.traffic_anomaly.view),
  { name: "connections", type: "DOUBLE", of: (alert) => alert.traffic_anomaly.connections },
  ...trainedDetectors
    .map(({ kind }) => fieldName(kind))
    .flatMap((detector): AlertField[] => [
      { name: `${detector}_score`, type: "DOUBLE", of: (alert) => alert.traffic_anomaly[detector]?.score },
      {
        name: `${detector}_threshold`,
        type: "DOUBLE",
        of: (alert) => alert.traffic_anomaly[detector]?.threshold,
      },
      {
        name: `${detector}_p_value`,
        type: "DOUBLE",
        of: (alert) => alert.traffic_anomaly[detector]?.p_value,
      },
      {
        name: `${detector}_anomalous`,
        type: "BOOLEAN",
        of: (alert) => {
          const found = alert.traffic_anomaly[detector];
          return found && found.verdict === "anomalous";
        },
      },
    ]),
  ...[0, 1, 2].flatMap((i): AlertField[] => [
    text(`reason_${i + 1}_feature`, (alert) => alert.traffic_anomaly.reasons[i]?.feature),
    text(`reason_${i + 1}_value`, (alert) => alert.traffic_anomaly.reasons[i]?.value),
    text(`reason_${i + 1}_usual`, (alert) => alert.traffic_anomaly.reasons[i]?.usual),
    text(`reason_${i + 1}`, (alert) => alert.traffic_anomaly.reasons[i]?.text),
  ]),
  text("label", (alert) => alert.traffic_anomaly.label),
];

/** The first line of alerts as CSV. */
export const csvHeader = alertFields.map(({ name }) => name).join(",");

/**
 * A thing as a line of CSV (RFC 4180), without the end of line.
 *
 * @param cell how texts are written. Default: so that no spreadsheet takes one for a formula.
 */
function csvLineOf<Item>(
  fields: readonly Field<Item>[],
  item: Item,
  cell: (text: string) => string = csvCell,
): string {
  return fields
    .map(({ of }) => {
      const value = of(item);
      if (value === undefined) return "";
      return typeof value === "string" ? cell(value) : String(value);
    })
    .join(",");
}

/** How things are written, each in one line. */
export interface LineForm<Item> {
  /** What stands before the first line. */
  readonly head: string;
  /** Without the end of line. */
  readonly line: (item: Item) => string;
}

/** Things as CSV, with a head. @param cell see {@link csvLineOf} */
export function csvForm<Item>(
  fields: readonly Field<Item>[],
  cell?: (text: string) => string,
): LineForm<Item> {
  const head = `${fields.map(({ name }) => name).join(",")}\n`;
  return { head, line: (item) => csvLineOf(fields, item, cell) };
}

export const alertForms: Readonly<Record<LineFormat, LineForm<AnyAlert>>> = {
  json: { head: "", line: (alert) => printableJson(alert) },
  csv: csvForm(alertFields),
};
