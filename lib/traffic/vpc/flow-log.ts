import { stateFeatures } from "../flag";
import type { Flow } from "../flow-pairs";
import { Columns, protocolOf } from "../logs/columns";
import type { FlowReader, LogForm } from "../logs/format";
import { amount, FieldProblem, LineProblem, mustBe, secondsOf, type Texts, time } from "../logs/values";

/** The default format, version 2: "Flow log records" in the Amazon VPC user guide. */
const defaultFields =
  "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status".split(
    " ",
  );

const required = ["srcaddr", "dstaddr", "srcport", "dstport", "protocol", "bytes", "start", "end"];

export const vpcForm: LogForm = {
  name: "vpc",
  title: "an AWS VPC flow log",
  lacks: stateFeatures,
  isOfFlows: true,
};

/**
 * Reads AWS VPC flow logs as text: the default format with or without a header, any other with one. Intervals without data
 * (`NODATA`, `SKIPDATA`) are no flows. Bytes are those of IP packets; of how a connection ended there is nothing.
 * Undefined if the line is neither a header nor a row of the default format.
 *
 * @throws {LineProblem} if a field is missing
 */
export function vpcFlowLog(line: string, texts: Texts): FlowReader | undefined {
  const fields = line.trim().split(" ");
  const names = fields.map((name) => name.replaceAll("_", "-"));
  const isHeader = names.includes("srcaddr") && names.includes("dstaddr");
  if (!isHeader && !isDefaultRow(fields)) return undefined;
  const columns = new Columns(isHeader ? names : defaultFields, " ");
  for (const name of required)
    if (columns.find(name) < 0) throw new LineProblem(`the VPC flow log has no field ${name}`);
  return new VpcRows(columns, texts, isHeader);
}

function isDefaultRow(fields: readonly string[]): boolean {
  return (
    fields.length === defaultFields.length &&
    fields[0] === "2" &&
    ["OK", "NODATA", "SKIPDATA"].includes(fields[fields.length - 1])
  );
}

class VpcRows implements FlowReader {
  readonly form = vpcForm;
  readonly #at: Readonly<Record<string, number>>;
  readonly #status: number;
  readonly #packets: number;

  constructor(
    private readonly columns: Columns,
    private readonly texts: Texts,
    readonly isHeader: boolean,
  ) {
    this.#at = Object.fromEntries(required.map((name) => [name, columns.find(name)]));
    this.#status = columns.find("log-status");
    this.#packets = columns.find("packets");
  }

  flow(line: string): Flow | undefined {
    const { columns, texts } = this;
    columns.read(line.trim());
    const status = this.#status < 0 ? "OK" : columns.text(this.#status);
    if (status === "NODATA" || status === "SKIPDATA") return undefined;
    const at = this.#at;
    try {
      const start = this.#time(at.start);
      const end = this.#time(at.end);
      if (end < start) throw mustBe("end", "no earlier than the start", columns.text(at.end));
      const sourcePackets = columns.count(this.#packets);
      return {
        ...{ start, duration: end - start },
        protocol: protocolOf("protocol", columns.text(at.protocol), texts),
        sourceHost: columns.host(at.srcaddr, texts),
        sourcePort: this.#port(at.srcport),
        destinationHost: columns.host(at.dstaddr, texts),
        destinationPort: this.#port(at.dstport),
        sourceBytes: columns.number(at.bytes, amount),
        destinationBytes: 0,
        ...(sourcePackets !== undefined && { sourcePackets }),
      };
    } catch (error) {
      if (error instanceof FieldProblem) throw columns.problem(error);
      throw error;
    }
  }

  #port(column: number): number {
    return this.columns.text(column) === "-" ? 0 : this.columns.port(column);
  }

  #time(column: number): number {
    const seconds = secondsOf(this.columns.number(column, amount));
    const problem = time(seconds);
    if (problem) throw mustBe(this.columns.names[column], problem, this.columns.text(column));
    return seconds;
  }
}
