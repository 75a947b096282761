import { decimalIn } from "../../common/decimal";
import {
  type FieldProblem,
  givenCount,
  LineProblem,
  mustBe,
  port,
  type Requirement,
  type Texts,
} from "./values";

/** The rows of a flow log: columns with names and a separator, without quotes. */
export class Columns {
  #values: readonly string[] = [];

  constructor(
    /** As the header has them, for messages. */
    readonly names: readonly string[],
    private readonly separator: string,
  ) {}

  /** Goes on to a row. @throws {LineProblem} if it has another number of columns */
  read(line: string): void {
    const values = line.split(this.separator);
    if (values.length !== this.names.length)
      throw new LineProblem(`expected ${this.names.length} columns, found ${values.length}`);
    this.#values = values;
  }

  /** The first column with one of these names; −1 if there is none. */
  find(...names: readonly string[]): number {
    return this.names.findIndex((name) => names.includes(name));
  }

  text(column: number): string {
    return this.#values[column].trim();
  }

  number(column: number, requirement: Requirement): number {
    const text = this.text(column);
    const value = decimalIn(text, 0, text.length);
    const problem = requirement(value);
    if (problem) throw mustBe(this.names[column], problem, text);
    return value;
  }

  /** Undefined where there is no such column, or no count in it. */
  count(column: number): number | undefined {
    if (column < 0) return undefined;
    const text = this.text(column);
    return givenCount(decimalIn(text, 0, text.length));
  }

  host(column: number, texts: Texts): string {
    return texts.host(this.names[column], this.text(column));
  }

  port(column: number): number {
    return this.number(column, port);
  }

  /** What is wrong with a field, with the number of its column. */
  problem({ field, message }: FieldProblem): LineProblem {
    return new LineProblem(`column ${this.names.indexOf(field) + 1} (${field}) ${message}`);
  }
}

/** What Zeek calls the protocols that IANA numbers; any other has its number in its name. */
const protocols: Readonly<Record<string, string>> = {
  1: "icmp",
  6: "tcp",
  17: "udp",
  47: "gre",
  50: "esp",
  58: "icmp",
  132: "sctp",
  icmp6: "icmp",
  "ipv6-icmp": "icmp",
};

/** The protocol of IANA's number or name. */
export function protocolOf(field: string, text: string, texts: Texts): string {
  const name = text.toLowerCase();
  const known = Object.hasOwn(protocols, name) ? protocols[name] : undefined;
  return known ?? texts.name(field, /^\d+$/.test(name) ? `ip-${name}` : name);
}
