import { type OptionNames, requireOptions } from "../../common/errors";
import type { Connection } from "../connection";

export interface ZeekLineOptions {
  /** Whether there is a `label` column, unset for connections without one. Default false. */
  readonly label?: boolean;
}

const lineOptions: OptionNames<ZeekLineOptions> = { label: true };

const names =
  "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state";
const types = "time string addr port addr port enum string interval count count string";

/**
 * The lines that begin a conn.log in Zeek's TSV format, without the last line end.
 *
 * @param open when the log was begun, in seconds since 1970
 */
export function zeekHeader(open: number, options: ZeekLineOptions = {}): string {
  requireOptions(options, lineOptions);
  const columns = (key: string, values: string, label: string) =>
    `#${key} ${values}${options.label ? ` ${label}` : ""}`.replaceAll(" ", "\t");
  return [
    "#separator \\x09",
    "#set_separator\t,",
    "#empty_field\t(empty)",
    "#unset_field\t-",
    "#path\tconn",
    `#open\t${zeekDate(open)}`,
    columns("fields", names, "label"),
    columns("types", types, "string"),
  ].join("\n");
}

/** The line that ends a log in Zeek's TSV format, without line end. `close` is in seconds since 1970. */
export function zeekFooter(close: number): string {
  return `#close\t${zeekDate(close)}`;
}

/**
 * A connection as a line of a conn.log in Zeek's TSV format, without line end. Times are written to the microsecond.
 *
 * @example
 * const ends = { sourceHost: "10.0.0.1", sourcePort: 1025, destinationHost: "10.0.0.2", destinationPort: 80 };
 * const what = { protocol: "tcp", application: "http", sourceBytes: 300, destinationBytes: 9000, state: "SF" };
 * zeekTsvLine({ uid: "C1", start: 1.5, duration: 0.25, ...ends, ...what }); // "1.500000\tC1\t10.0.0.1\t1025\t10.0.0.2\t80\ttcp\thttp\t0.250000\t300\t9000\tSF"
 */
export function zeekTsvLine(connection: Connection, options: ZeekLineOptions = {}): string {
  requireOptions(options, lineOptions);
  const { start, uid, sourceHost, sourcePort, destinationHost, destinationPort } = connection;
  const { protocol, application, duration, sourceBytes, destinationBytes, state } = connection;
  const line =
    `${start.toFixed(6)}\t${uid}\t${sourceHost}\t${sourcePort}\t${destinationHost}\t${destinationPort}\t` +
    `${escaped(protocol)}\t${escaped(application)}\t${duration.toFixed(6)}\t` +
    `${sourceBytes}\t${destinationBytes}\t${escaped(state)}`;
  return options.label ? `${line}\t${escaped(connection.label)}` : line;
}

/** A connection as a line of a conn.log in Zeek's JSON format, without line end. What is unset is left out. */
export function zeekJsonLine(connection: Connection): string {
  return JSON.stringify({
    ts: connection.start,
    uid: connection.uid,
    "id.orig_h": connection.sourceHost,
    "id.orig_p": connection.sourcePort,
    "id.resp_h": connection.destinationHost,
    "id.resp_p": connection.destinationPort,
    proto: connection.protocol,
    service: connection.application,
    duration: connection.duration,
    orig_bytes: connection.sourceBytes,
    resp_bytes: connection.destinationBytes,
    conn_state: connection.state,
    label: connection.label,
  });
}

/** As Zeek does, so that `-` as a value is not taken for an unset one. */
function escaped(text: string | undefined): string {
  if (text === undefined) return "-";
  if (text === "-") return "\\x2d";
  if (text === "(empty)") return "\\x28empty)";
  return text.includes("\\") ? text.replaceAll("\\", "\\\\") : text;
}

/** `2014-04-03-10-08-27` */
function zeekDate(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 19).replace(/[T:]/g, "-");
}
