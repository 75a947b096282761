import type { Connection } from "../connection";
import type { Flow } from "../flow-pairs";
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
  /** Its lines are flows, of one side each, which are paired. */
  readonly isOfFlows?: boolean;
}

/** A format of JSON logs: each record is a line. */
export interface RecordFormat {
  readonly form: LogForm;
  /** Which log a record is of, such as `conn`, `dns`, or `unknown`; undefined if it is not of this format. */
  logOf(record: JsonObject): string | undefined;
  /** The connection in a record of a log of connections. @throws {FieldProblem} if a field is missing or bad */
  connection(record: JsonObject, texts: Texts): Connection;
}

/** Reads the rows of a log of flows, each of which is what one side of a connection sent: see `FlowPairs`. */
export interface FlowReader {
  readonly form: LogForm;
  /** Whether the line that it was made of is a header. */
  readonly isHeader: boolean;
  /** Undefined for a row without a flow. @throws {LineProblem} if it is not a good row */
  flow(line: string): Flow | undefined;
}

/** A format of such logs: makes a reader of a header, or of a row if that needs none; undefined for any other line. */
export type FlowFormat = (line: string, texts: Texts) => FlowReader | undefined;
