import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import type { Connection } from "../connection";
import { FlowPairs } from "../flow-pairs";
import { zeekForm } from "../zeek/json";
import { defaultHeader, logOfHeader, TsvRows, withHeaderLine } from "../zeek/tsv";
import type { FlowReader, LogForm } from "./format";
import { flowReader, recordIn } from "./formats";
import { parseJsonObject } from "./json-fields";
import { FieldProblem, LineProblem, Texts } from "./values";

/** A line of a log that should be a connection and is not. The message names file and line. */
export class BadLineError extends InputError {
  constructor(
    path: string,
    /** Counted from 1. */
    readonly line: number,
    /** What is wrong with it, without file and line. */
    readonly reason: string,
  ) {
    super(`${path}, line ${line}: ${reason}`);
  }
}

const [numberSign, brace, space] = [35, 123, 32];
const letter = /^[a-z]/i;

/**
 * Reads a connection log line by line, whatever its format. Give it every line in order, the header included; a header
 * in the middle, as after a restart of Zeek, holds from there on.
 *
 * @example
 * const parser = new ConnectionLogParser("conn.log");
 * const names = ["ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state"];
 * parser.parse(["#fields", ...names].join("\t"), 1);
 * parser.parse("1.5\tC1\t10.0.0.1\t1025\t10.0.0.2\t80\ttcp\tS0", 2)?.destinationPort; // 80
 */
export class ConnectionLogParser {
  readonly #texts = new Texts();
  /** How many JSON records said that they are of another log, and the name of the first such log. */
  readonly others = { count: 0, log: "" };
  /** What its connections are made of; known with the first of them. */
  form: LogForm | undefined;
  #header = defaultHeader;
  #rows: TsvRows | undefined;
  #flows: FlowReader | undefined;
  readonly #pairs = new FlowPairs();
  #paired: Connection[] = [];
  /** How many flows were read. */
  flows = 0;
  /** How many lines were of an interval without data. */
  emptyIntervals = 0;

  /** @param path the name of the log in messages */
  constructor(private readonly path: string) {}

  /**
   * The connection on a line, without its end; undefined for a header, comment or blank line, and for a JSON record of
   * another log, which Kafka topics and syslog mix.
   *
   * @param number of the line, counted from 1
   * @throws {BadLineError} if it is not a good connection; other lines can still be read
   * @throws {InputError} if a header says that it is another log, or misses a column
   */
  parse(line: string, number: number): Connection | undefined {
    let text = line;
    if (number === 1 && text.startsWith("\ufeff")) text = text.slice(1);
    if (text.endsWith("\r")) text = text.slice(0, -1);
    const first = text.charCodeAt(0);
    if (first === numberSign) return this.#comment(text, number);
    if (!(first > space) && text.trim() === "") return undefined;
    try {
      if (first === brace) return this.#json(text);
      if (!this.#rows) return this.#flow(text, number);
      const connection = this.#rows.connection(text);
      this.#require(zeekForm);
      return connection;
    } catch (error) {
      if (error instanceof LineProblem) throw new BadLineError(this.path, number, error.message);
      throw error;
    }
  }

  /** Connections of logs of flows: those that were completed since, or wait no longer; at the end of the log all. */
  paired(isEnd = false): Connection[] {
    const paired = isEnd ? [...this.#paired, ...this.#pairs.flush()] : this.#paired;
    if (paired.length > 0) this.#paired = [];
    return paired;
  }

  /** Takes in a flow, or the header before flows. */
  #flow(line: string, number: number): undefined {
    const reader =
      this.#flows && !letter.test(line)
        ? undefined
        : this.#readHeader(number, () => flowReader(line, this.#texts));
    if (reader) this.#flows = reader;
    if (reader?.isHeader) return;
    if (!this.#flows)
      throw new LineProblem("it is neither JSON nor after a header, as in the logs that are read");
    const flow = this.#flows.flow(line);
    if (!flow) {
      this.emptyIntervals++;
      return;
    }
    this.#require(this.#flows.form);
    this.flows++;
    for (const connection of this.#pairs.push(flow)) this.#paired.push(connection);
  }

  #comment(line: string, number: number): undefined {
    const header = this.#readHeader(number, () => withHeaderLine(this.#header, line));
    if (header === this.#header) return;
    this.#header = header;
    const { path, fields } = header;
    const log = path ?? (fields ? logOfHeader(header) : "unknown");
    if (log !== "conn" && log !== "unknown") throw new InputError(anotherLog(this.path, log));
    this.#rows = fields && this.#readHeader(number, () => new TsvRows({ ...header, fields }, this.#texts));
  }

  /** @throws {InputError} if the header is not good: nothing that follows can be read */
  #readHeader<T>(number: number, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof LineProblem)
        throw new InputError(`${this.path}, line ${number}: ${error.message}`);
      throw error;
    }
  }

  #json(line: string): Connection | undefined {
    const found = recordIn(parseJsonObject(line));
    if (!found) throw new LineProblem("it is no record of a log that is read");
    const { format, record, log } = found;
    if (log !== "conn" && log !== "unknown") {
      if (this.others.count++ === 0) this.others.log = log;
      return undefined;
    }
    try {
      const connection = format.connection(record, this.#texts);
      this.#require(format.form);
      return connection;
    } catch (error) {
      if (error instanceof FieldProblem) throw new LineProblem(`${error.field} ${error.message}`);
      throw error;
    }
  }

  /** The connections of a log are of one form. */
  #require(form: LogForm): void {
    this.form ??= form;
    if (form !== this.form)
      throw new LineProblem(`it is of ${form.title}, among lines of ${this.form.title}`);
  }
}

/** Says that a log is of another kind, such as `dns`. */
export function anotherLog(path: string, kind: string): string {
  const name = shown(kind);
  return `${path} is ${/^[aeiou]/i.test(name) ? "an" : "a"} ${name} log, not a connection log`;
}
