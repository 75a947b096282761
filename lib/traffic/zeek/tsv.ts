import { decimalIn } from "../../common/decimal";
import type { Connection } from "../connection";
import {
  amount,
  FieldProblem,
  givenCommunityId,
  givenCount,
  goodName,
  isoSeconds,
  LineProblem,
  mustBe,
  ownText,
  port,
  Recurring,
  type Requirement,
  secondsOf,
  type Texts,
  time,
  uidOf,
} from "../logs/values";
import { fieldNames, logOfFields, requiredFields, zeekName } from "./fields";
import { hasGapIn, stateOfHistory } from "./history";

/** What the header of a TSV log says so far. */
export interface TsvHeader {
  readonly separator: string;
  /** Between the members of a set. */
  readonly setSeparator: string;
  /** What stands for an empty string or set. */
  readonly empty: string;
  /** What stands for no value. */
  readonly unset: string;
  /** Which log it is: `conn`, `dns`, … */
  readonly path?: string;
  /** The names of the columns. */
  readonly fields?: readonly string[];
  /**
   * Whether three spaces also separate columns: those that labelled the IoT-23 logs added theirs so,
   * `tunnel_parents   label   detailed-label`.
   */
  readonly spaced?: boolean;
}

/** What holds until a header says otherwise. */
export const defaultHeader: TsvHeader = { separator: "\t", setSeparator: ",", empty: "(empty)", unset: "-" };

/** Each of many separators may be put in place of a shorter one. */
const longestSeparator = 16;

const spaces = "   ";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The header with one more of its lines, such as `#path⇥conn`; other comments change nothing.
 *
 * @throws {LineProblem} if it names no good separator
 */
export function withHeaderLine(header: TsvHeader, line: string): TsvHeader {
  const key = /^#(\w+)/.exec(line)?.[1] ?? "";
  if (key === "separator") {
    const separator = unescaped(line.slice(key.length + 2)) || "\t";
    if (separator.length > longestSeparator)
      throw new LineProblem(`#separator is longer than ${longestSeparator} characters`);
    return { ...defaultHeader, separator };
  }
  const value = line.slice(key.length + 1 + header.separator.length);
  if (key === "set_separator") return { ...header, setSeparator: unescaped(value) };
  if (key === "empty_field") return { ...header, empty: value };
  if (key === "unset_field") return { ...header, unset: value };
  if (key === "path") return { ...header, path: value };
  if (key !== "fields") return header;
  const spaced = value.includes(spaces);
  const plain = spaced ? value.replaceAll(spaces, header.separator) : value;
  return { ...header, fields: plain.split(header.separator).map(zeekName), spaced };
}

/** Which log a header is of: what it says, or what its fields tell. */
export function logOfHeader({ path, fields = [] }: TsvHeader): string {
  return path ?? logOfFields((name) => fields.includes(name));
}

/** Reads the rows of a TSV log. */
export class TsvRows {
  /** Where the columns of a connection stand, counted from 0; −1 for one that is not there. */
  readonly #at: Readonly<Record<keyof typeof fieldNames, number>>;
  readonly #names = new Recurring((text) => goodName(unescaped(text)));
  readonly #services: Recurring<string>;
  #line = "";
  /** Where each column of the line starts, and beyond the last where one more would. */
  readonly #start: Int32Array;

  /** @throws {LineProblem} if a column is missing */
  constructor(
    private readonly header: TsvHeader & Required<Pick<TsvHeader, "fields">>,
    private readonly texts: Texts,
  ) {
    for (const name of requiredFields) {
      if (!header.fields.includes(name))
        throw new LineProblem(`the log has no column ${name}, which connection logs have`);
    }
    const at = Object.entries(fieldNames).map(([key, name]) => [key, header.fields.indexOf(name)]);
    this.#at = Object.fromEntries(at);
    this.#start = new Int32Array(header.fields.length + 1);
    const { setSeparator } = header;
    this.#services = new Recurring((text) =>
      goodName(setSeparator === "" ? unescaped(text) : unescaped(text).replaceAll(setSeparator, ",")),
    );
  }

  /** @throws {LineProblem} if the line is not a good row */
  connection(line: string): Connection {
    this.#split(line);
    const at = this.#at;
    try {
      const state = this.#isUnset(at.state) ? this.#stateOfHistory() : this.#requiredName(at.state);
      const application = this.#optionalName(at.application, this.#services);
      const label = this.#optionalName(at.label, this.#names);
      const detailedLabel = this.#optionalName(at.detailedLabel, this.#names);
      const connection: Writable<Connection> = {
        uid: uidOf("uid", ownText(this.#required(at.uid))),
        start: this.#time(at.start),
        duration: this.#amount(at.duration),
        protocol: this.#requiredName(at.protocol),
        sourceHost: this.texts.host("id.orig_h", this.#required(at.sourceHost)),
        sourcePort: this.#number(at.sourcePort, port),
        destinationHost: this.texts.host("id.resp_h", this.#required(at.destinationHost)),
        destinationPort: this.#number(at.destinationPort, port),
        sourceBytes: this.#amount(at.sourceBytes),
        destinationBytes: this.#amount(at.destinationBytes),
      };
      if (state !== undefined) connection.state = state;
      if (application !== undefined) connection.application = application;
      const isSourceLocal = this.#truth(at.isSourceLocal);
      if (isSourceLocal !== undefined) connection.isSourceLocal = isSourceLocal;
      const isDestinationLocal = this.#truth(at.isDestinationLocal);
      if (isDestinationLocal !== undefined) connection.isDestinationLocal = isDestinationLocal;
      const communityId = at.communityId < 0 ? undefined : givenCommunityId(this.#text(at.communityId));
      if (communityId !== undefined) connection.communityId = communityId;
      const sourcePackets = this.#count(at.sourcePackets);
      if (sourcePackets !== undefined) connection.sourcePackets = sourcePackets;
      const destinationPackets = this.#count(at.destinationPackets);
      if (destinationPackets !== undefined) connection.destinationPackets = destinationPackets;
      if (this.#hasGap()) connection.hasGap = true;
      if (label !== undefined) connection.label = label;
      if (detailedLabel !== undefined) connection.detailedLabel = detailedLabel;
      return connection;
    } catch (error) {
      if (!(error instanceof FieldProblem)) throw error;
      const column = this.header.fields.indexOf(error.field) + 1;
      throw new LineProblem(`column ${column} (${error.field}) ${error.message}`);
    }
  }

  #split(line: string): void {
    const { separator, spaced } = this.header;
    this.#line = spaced ? line.replaceAll(spaces, separator) : line;
    const columns = this.header.fields.length;
    let found = 0;
    let start = 0;
    for (let end = 0; end >= 0 && found <= columns; start = end + separator.length) {
      this.#start[found++] = start;
      end = this.#line.indexOf(separator, start);
    }
    if (found !== columns) {
      const number = this.#line.split(separator).length;
      throw new LineProblem(`expected ${columns} columns, found ${number}`);
    }
    this.#start[columns] = this.#line.length + separator.length;
  }

  #end(column: number): number {
    return this.#start[column + 1] - this.header.separator.length;
  }

  #text(column: number): string {
    return this.#line.slice(this.#start[column], this.#end(column));
  }

  /** Whether a column is not there, or has no value in this row. */
  #isUnset(column: number): boolean {
    if (column < 0) return true;
    const { unset } = this.header;
    const start = this.#start[column];
    return this.#end(column) - start === unset.length && this.#line.startsWith(unset, start);
  }

  #required(column: number): string {
    if (this.#isUnset(column)) throw new FieldProblem(this.header.fields[column], "is unset");
    return this.#text(column);
  }

  #number(column: number, requirement: Requirement): number {
    const value = decimalIn(this.#line, this.#start[column], this.#end(column));
    const problem = requirement(value);
    if (problem) throw mustBe(this.header.fields[column], problem, this.#required(column));
    return value;
  }

  /** Of T and F; anything else says nothing. */
  #truth(column: number): boolean | undefined {
    if (column < 0 || this.#end(column) - this.#start[column] !== 1) return undefined;
    const letter = this.#line[this.#start[column]];
    return letter === "T" ? true : letter === "F" ? false : undefined;
  }

  /** What is no count says nothing. */
  #count(column: number): number | undefined {
    if (column < 0) return undefined;
    return givenCount(decimalIn(this.#line, this.#start[column], this.#end(column)));
  }

  #hasGap(): boolean {
    const missed = this.#count(this.#at.missedBytes);
    return missed === undefined ? hasGapIn(missed, this.#history()) : missed > 0; // most have it: no text is cut out
  }

  #history(): string | undefined {
    return this.#isUnset(this.#at.history) ? undefined : this.#text(this.#at.history);
  }

  #stateOfHistory(): string | undefined {
    const history = this.#history();
    return history !== undefined && this.#text(this.#at.protocol) === "tcp"
      ? stateOfHistory(history)
      : undefined;
  }

  #amount(column: number): number {
    return this.#isUnset(column) ? 0 : this.#number(column, amount);
  }

  #time(column: number): number {
    const number = decimalIn(this.#line, this.#start[column], this.#end(column));
    const seconds = Number.isNaN(number) ? isoSeconds(this.#required(column)) : secondsOf(number);
    const problem = time(seconds);
    if (problem) throw mustBe(this.header.fields[column], problem, this.#text(column));
    return seconds;
  }

  #requiredName(column: number): string {
    return this.#name(column, this.#required(column), this.#names);
  }

  #optionalName(column: number, names: Recurring<string>): string | undefined {
    if (this.#isUnset(column)) return undefined;
    const text = this.#text(column);
    if (text === "" || text === this.header.empty) return undefined;
    return this.#name(column, text, names);
  }

  #name(column: number, text: string, names: Recurring<string>): string {
    const name = names.of(text);
    if (name === "") throw mustBe(this.header.fields[column], "a name", unescaped(text));
    return name;
  }
}

/** What stands for itself after Zeek's escapes: `\x09` for a byte, `\\` for a backslash. */
function unescaped(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\\\|(?:\\x[0-9a-f]{2})+/gi, (code) =>
    code === "\\\\" ? "\\" : Buffer.from(code.replaceAll("\\x", ""), "hex").toString("utf8"),
  );
}
