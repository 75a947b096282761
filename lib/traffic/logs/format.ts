import type { Connection } from "../connection";
import type { JsonObject } from "./json-fields";
import type { Texts } from "./values";

/** What the connections of a kind of log are made of. Those of two forms are not alike: a model knows one of them. */
export interface LogForm {
  /** As models remember it. */
  readonly name: string;
  /** What messages call such logs. */
  readonly title: string;
  /** KDD'99's features that its connections do not have. */
  readonly lacks: readonly string[];
}

/** A format of JSON logs: each record is a line. */
export interface RecordFormat {
  readonly form: LogForm;
  /** Which log a record is of, such as `conn`, `dns`, or `unknown`; undefined if it is not of this format. */
  logOf(record: JsonObject): string | undefined;
  /** The connection in a record of a log of connections. @throws {FieldProblem} if a field is missing or bad */
  connection(record: JsonObject, texts: Texts): Connection;
}
