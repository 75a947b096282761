import { stateFeatures } from "../flag";
import type { Flow } from "../flow-pairs";
import { Columns, protocolOf } from "../logs/columns";
import type { FlowReader, LogForm } from "../logs/format";
import {
  amount,
  FieldProblem,
  isoSeconds,
  LineProblem,
  mustBe,
  secondsOf,
  type Texts,
  time,
} from "../logs/values";
import { tcpFlags } from "../tcp-flags";

/** What the columns of nfdump's CSV are called: by version 1.6 and before, and by 1.7 (src/output/output_csv.c). */
const columnNames = {
  start: ["ts", "firstSeen"],
  end: ["te", "lastSeen"],
  duration: ["td", "duration"],
  sourceHost: ["sa", "srcAddr"],
  destinationHost: ["da", "dstAddr"],
  sourcePort: ["sp", "srcPort"],
  destinationPort: ["dp", "dstPort"],
  protocol: ["pr", "proto"],
  flags: ["flg", "flags"],
  bytes: ["ibyt", "inBytes", "bytes"],
  answerBytes: ["obyt", "outBytes"],
  packets: ["ipkt", "inPackets", "packets"],
  answerPackets: ["opkt", "outPackets"],
} as const;

const required = [
  "start",
  "sourceHost",
  "destinationHost",
  "sourcePort",
  "destinationPort",
  "protocol",
  "bytes",
] as const;

export const nfdumpForm: LogForm = { name: "nfdump", title: "nfdump's CSV", lacks: [], isOfFlows: true };
export const nfdumpFormWithoutFlags: LogForm = {
  name: "nfdump-without-flags",
  title: "nfdump's CSV without flags",
  lacks: stateFeatures,
  isOfFlows: true,
};

/**
 * Reads what `nfdump -o csv` prints of NetFlow or IPFIX, of version 1.6 or 1.7, also with columns of one's own
 * (`-o "csv:%ts,%td,…"`). Times have no zone there, and are taken for UTC: `TZ=UTC nfdump …`. What follows `Summary` is
 * no flow. Bytes are those of IP packets. Undefined if the line is no header of such a file.
 *
 * @throws {LineProblem} if a column is missing
 */
export function nfdumpCsv(line: string, texts: Texts): FlowReader | undefined {
  const names = line.split(",").map((name) => name.trim());
  const isHeader =
    ["sa", "srcAddr"].some((name) => names.includes(name)) &&
    ["da", "dstAddr"].some((name) => names.includes(name));
  if (!isHeader) return undefined;
  const columns = new Columns(names, ",");
  for (const key of required)
    if (columns.find(...columnNames[key]) < 0)
      throw new LineProblem(`nfdump's CSV has no column ${columnNames[key].join(" or ")}`);
  if (columns.find(...columnNames.end, ...columnNames.duration) < 0)
    throw new LineProblem("nfdump's CSV has no column td, te, duration or lastSeen");
  return new NfdumpRows(columns, texts);
}

class NfdumpRows implements FlowReader {
  readonly isHeader = true;
  readonly #at: Readonly<Record<keyof typeof columnNames, number>>;
  #isAfterEnd = false;

  constructor(
    private readonly columns: Columns,
    private readonly texts: Texts,
  ) {
    const at = Object.entries(columnNames).map(([key, names]) => [key, columns.find(...names)]);
    this.#at = Object.fromEntries(at);
  }

  get form(): LogForm {
    return this.#at.flags < 0 ? nfdumpFormWithoutFlags : nfdumpForm;
  }

  flow(line: string): Flow | undefined {
    this.#isAfterEnd ||= line === "Summary";
    if (this.#isAfterEnd) return undefined;
    const { columns } = this;
    const at = this.#at;
    columns.read(line);
    try {
      const protocol = protocolOf(columns.names[at.protocol], columns.text(at.protocol), this.texts);
      const start = this.#time(at.start);
      const answerBytes = at.answerBytes < 0 ? 0 : columns.number(at.answerBytes, amount);
      const packets = columns.count(at.packets);
      const hasFlags = at.flags >= 0 && answerBytes === 0; // those of both sides are mixed
      return {
        ...{ start, duration: this.#duration(start), protocol },
        sourceHost: columns.host(at.sourceHost, this.texts),
        destinationHost: columns.host(at.destinationHost, this.texts),
        ...this.#ports(protocol),
        sourceBytes: columns.number(at.bytes, amount),
        destinationBytes: answerBytes,
        ...(packets !== undefined && {
          sourcePackets: packets,
          destinationPackets: columns.count(at.answerPackets) ?? 0,
        }),
        ...(hasFlags && { flags: this.#flags() }),
      };
    } catch (error) {
      if (error instanceof FieldProblem) throw columns.problem(error);
      throw error;
    }
  }

  /** nfdump writes type and code of icmp as the port `8.0`, NetFlow as 256 · type + code. */
  #ports(protocol: string): Pick<Flow, "sourcePort" | "destinationPort"> {
    const { sourcePort, destinationPort } = this.#at;
    const text = this.columns.text(destinationPort);
    const message = protocol === "icmp" ? /^(\d{1,3})\.(\d{1,3})$/.exec(text) : undefined;
    if (message) return { sourcePort: Number(message[1]), destinationPort: Number(message[2]) };
    const port = this.columns.port(destinationPort);
    if (protocol === "icmp") return { sourcePort: port >> 8, destinationPort: port & 255 };
    return { sourcePort: this.columns.port(sourcePort), destinationPort: port };
  }

  #time(column: number): number {
    const text = this.columns.text(column);
    const seconds = /^\d+(\.\d+)?$/.test(text) ? secondsOf(Number(text)) : isoSeconds(text);
    const problem = time(seconds);
    if (problem) throw mustBe(this.columns.names[column], problem, text);
    return seconds;
  }

  /** As seconds, or as `[1d ]00:03:20.416`. */
  #duration(start: number): number {
    const { duration, end } = this.#at;
    if (duration < 0) {
      const last = this.#time(end);
      if (last < start)
        throw mustBe(this.columns.names[end], "no earlier than the start", this.columns.text(end));
      return last - start;
    }
    const parts = /^(?:(\d+)d )?(\d\d):(\d\d):(\d\d(?:\.\d+)?)$/.exec(this.columns.text(duration));
    if (!parts) return this.columns.number(duration, amount);
    const [days = 0, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
    return 86_400 * days + 3_600 * hours + 60 * minutes + seconds;
  }

  /** Letters such as `...AP.SF`. */
  #flags(): number {
    const text = this.columns.text(this.#at.flags);
    if (!/^[A-Z.]{1,8}$/.test(text))
      throw mustBe(this.columns.names[this.#at.flags], "flags such as ...AP.SF", text);
    const { fin, syn, rst } = tcpFlags;
    return (text.includes("F") ? fin : 0) | (text.includes("S") ? syn : 0) | (text.includes("R") ? rst : 0);
  }
}
