/** One connection: what a log of any format, or the simulator, records of it. */
export interface Connection {
  /** The log's identifier of the connection, such as Zeek's uid. */
  readonly uid: string;
  /** When it began, in seconds: since 1970, or from wherever the log counts. */
  readonly start: number;
  /** Seconds; 0 where the log has none, as for a single packet. */
  readonly duration: number;
  /** `tcp`, `udp` or `icmp`; whatever else the log names is kept. */
  readonly protocol: string;
  /** Address of the host that began it. */
  readonly sourceHost: string;
  /** Its port; for icmp the type of the message. */
  readonly sourcePort: number;
  readonly destinationHost: string;
  /** Its port; for icmp the code of the message. */
  readonly destinationPort: number;
  /** How it ended: Zeek's `conn_state`, such as `SF` or `S0`, where the log says so. */
  readonly state?: string;
  /** Payload that the source sent, in bytes; 0 where the log has none. */
  readonly sourceBytes: number;
  readonly destinationBytes: number;
  /** Packets that the source sent, and the destination, where the log counts them. */
  readonly sourcePackets?: number;
  readonly destinationPackets?: number;
  /** Parts of its payload were not seen, so its bytes may be too few: set where the log says so. */
  readonly hasGap?: true;
  /** What an analyser recognised in the payload, such as `http`, where the log says so. */
  readonly application?: string;
  /** Whether its source is one of the network's own hosts, and its destination, where the log says so. */
  readonly isSourceLocal?: boolean;
  readonly isDestinationLocal?: boolean;
  /** Its Community ID, where the log has one. */
  readonly communityId?: string;
  /** What it is said to be, such as `Benign`, where the log is labelled. */
  readonly label?: string;
  /** The kind of attack, where a labelled log tells it too. */
  readonly detailedLabel?: string;
}
