import { isIP } from "node:net";
import { libraryVersion } from "../../common/version";
import { type FieldName, fieldName, type TrainedDetectorName } from "../../models/detectors";
import { communityId } from "../../traffic/community-id";
import type { Connection } from "../../traffic/connection";
import type { Direction } from "../../traffic/local-networks";
import type { ViewName } from "../../traffic/views/view";

/** The version of the Elastic Common Schema that alerts follow. */
export const ecsVersion = "8.11.0";

/** One end of a connection. `address` is what the log has; `ip` is there where it is one. */
export interface AlertEnd {
  readonly address: string;
  readonly ip?: string;
  readonly port?: number;
  readonly bytes: number;
  /** Where the log counts them. */
  readonly packets?: number;
}

/** What one detector found. */
export interface AlertScore {
  /** Higher = more anomalous. */
  readonly score: number;
  readonly threshold: number;
  /** How probable so high a score is for a usual connection: see `pValues`. */
  readonly p_value: number;
  /** `anomalous` where the score is greater than the threshold. */
  readonly verdict: "anomalous" | "normal";
}

/** A feature that raised the scores; see `alertReasons`. */
export interface AlertReason {
  readonly feature: string;
  readonly value: string;
  /** See `typicalText`. */
  readonly usual: string;
  /** Its share of what raised the scores, with that of features that tell the same, in (0, 1]. */
  readonly share: number;
  /** Value and usual in words. */
  readonly text: string;
}

/**
 * An alert in the form of the Elastic Common Schema, one JSON object; what the schema has no fields for is in
 * `traffic_anomaly`. Values of one field always have one type, as an index needs it.
 */
export interface Alert {
  /**
   * When it was noticed, by the log's clock: as the connection ended, since a log has it then, so that the same log gives the
   * same alerts. In UTC; where a log counts time from its own start, so does this from 1970.
   */
  readonly "@timestamp": string;
  readonly ecs: { readonly version: string };
  readonly event: {
    readonly kind: "alert";
    readonly category: readonly ["network"];
    readonly type: readonly ["info"];
    readonly dataset: "traffic_anomaly.alert";
    /** Zeek's uid of the connection. */
    readonly id: string;
    /** When the connection started and ended, and when the log had it, which is the same. */
    readonly start: string;
    readonly end: string;
    readonly created: string;
    /** Nanoseconds. */
    readonly duration: number;
    /** 0 at the threshold, towards 100 far beyond it: see `riskScore`. */
    readonly risk_score: number;
  };
  readonly message: string;
  /** What noticed it. */
  readonly observer: { readonly type: "ids"; readonly product: "traffic-anomaly"; readonly version: string };
  readonly related: { readonly ip: readonly string[] };
  readonly source: AlertEnd;
  readonly destination: AlertEnd;
  readonly network: {
    readonly transport: string;
    readonly type?: "ipv4" | "ipv6";
    /** What an analyser recognised in the payload. */
    readonly protocol?: string;
    /** `inbound`, `outbound`, `internal`, or `external`; an hour of a host may have several. */
    readonly direction?: Direction;
    /** The log's, or as {@link communityId} computes it. */
    readonly community_id?: string;
    readonly bytes: number;
    /** Of both sides, where the log counts them. */
    readonly packets?: number;
  };
  readonly traffic_anomaly: AlertDetails;
}

/** An alert on a connection, or on a row of a view: an hour of a host has many destinations. */
export interface AnyAlert extends Omit<Alert, "destination" | "network"> {
  readonly destination?: AlertEnd;
  readonly network: Omit<Alert["network"], "transport"> & Partial<Pick<Alert["network"], "transport">>;
}

/** What each detector found is in a field of its name: `isolation_forest`, `autoencoder`. */
export type AlertDetails = Readonly<Partial<Record<FieldName<TrainedDetectorName>, AlertScore>>> & {
  readonly model: string;
  /** The id of the incident that it belongs to: see `IncidentTracker`. */
  readonly incident: string;
  /** That of the detectors together: see `combinedPValues`. */
  readonly p_value: number;
  /** At most three, most important first. */
  readonly reasons: readonly AlertReason[];
  /** Ports have no meaning for icmp. */
  readonly icmp?: { readonly type: number; readonly code: number };
  /** What the log says that the connection is. */
  readonly label?: string;
  readonly detailed_label?: string;
  /** What it is on, if not on a connection: an hour of a host, or a day of a pair. The numbers are its. */
  readonly view?: ViewName;
  readonly connections?: number;
  /** Different destinations and their ports, of a host, each counted up to 1,000. */
  readonly hosts?: number;
  readonly ports?: number;
};

/** What an alert is made of. */
export interface AlertParts {
  readonly model: string;
  readonly connection: Connection;
  readonly direction?: Direction;
  readonly incident: string;
  readonly scores: ReadonlyMap<TrainedDetectorName, AlertScore>;
  readonly pValue: number;
  readonly riskScore: number;
  readonly reasons: readonly AlertReason[];
}

/** Makes the alert of a connection. */
export function createAlert(parts: AlertParts): Alert {
  const { model, connection, direction, incident, scores, pValue, riskScore, reasons } = parts;
  const { label, detailedLabel } = connection;
  const { source, destination } = endsOf(connection);
  const ended = timestamp(connection.start + connection.duration);
  const ips = [source.ip, destination.ip].filter((ip) => ip !== undefined);
  return {
    "@timestamp": ended,
    ecs: { version: ecsVersion },
    event: {
      kind: "alert",
      category: ["network"],
      type: ["info"],
      dataset: "traffic_anomaly.alert",
      id: connection.uid,
      start: timestamp(connection.start),
      end: ended,
      created: ended,
      duration: Math.round(connection.duration * 1e9),
      risk_score: riskScore,
    },
    message: `${way(connection)}: ${reasons.map(({ text }) => text).join(" | ") || "an unusual mix of usual values"}`,
    observer: { type: "ids", product: "traffic-anomaly", version: libraryVersion },
    related: { ip: [...new Set(ips)] },
    ...{ source, destination },
    network: networkOf(connection, direction),
    traffic_anomaly: {
      model,
      incident,
      p_value: pValue,
      ...Object.fromEntries(Array.from(scores, ([name, score]) => [fieldName(name), score])),
      reasons,
      ...(isIcmp(connection) && {
        icmp: { type: connection.sourcePort, code: connection.destinationPort },
      }),
      ...(label !== undefined && { label }),
      ...(detailedLabel !== undefined && { detailed_label: detailedLabel }),
    },
  };
}

/** ICMP has types and codes where the others have ports. */
function isIcmp({ protocol }: Connection): boolean {
  return protocol === "icmp";
}

function endsOf(connection: Connection): Pick<Alert, "source" | "destination"> {
  const end = (address: string, port: number, bytes: number, packets?: number): AlertEnd => ({
    address,
    ...(isIP(address) !== 0 && { ip: address.replace(/%.*$/, "") }),
    ...(!isIcmp(connection) && { port }),
    bytes,
    ...(packets !== undefined && { packets }),
  });
  const { sourceHost, sourcePort, sourceBytes, sourcePackets } = connection;
  const { destinationHost, destinationPort, destinationBytes, destinationPackets } = connection;
  return {
    source: end(sourceHost, sourcePort, sourceBytes, sourcePackets),
    destination: end(destinationHost, destinationPort, destinationBytes, destinationPackets),
  };
}

function networkOf(connection: Connection, direction: Direction | undefined): Alert["network"] {
  const { protocol, application, sourceBytes, destinationBytes } = connection;
  const { sourcePackets, destinationPackets } = connection;
  const hasPackets = sourcePackets !== undefined && destinationPackets !== undefined;
  const version = isIP(connection.sourceHost);
  const community = connection.communityId ?? communityId(connection);
  return {
    transport: isIcmp(connection) && version === 6 ? "ipv6-icmp" : protocol,
    ...(version !== 0 && { type: version === 6 ? "ipv6" : "ipv4" }),
    ...(application && { protocol: application.toLowerCase() }),
    ...(direction && { direction }),
    ...(community !== undefined && { community_id: community }),
    bytes: sourceBytes + destinationBytes,
    ...(hasPackets && { packets: sourcePackets + destinationPackets }),
  };
}

/**
 * Seconds since 1970 as ISO 8601 in UTC, to the microsecond.
 *
 * @example
 * timestamp(1655157610.743948); // "2022-06-13T22:00:10.743948Z"
 */
export function timestamp(seconds: number): string {
  const rounded = Math.round(seconds * 1e6) / 1e6;
  const whole = Math.floor(rounded);
  const micro = Math.min(999_999, Math.round((rounded - whole) * 1e6));
  const date = new Date(whole * 1000);
  if (Number.isNaN(date.getTime())) return "1970-01-01T00:00:00.000000Z";
  return `${date.toISOString().slice(0, -5)}.${String(micro).padStart(6, "0")}Z`;
}

/** Who did what to whom, in short: `10.0.0.1 → 10.0.0.2, tcp port 23`. */
export function way({
  sourceHost,
  destinationHost,
  destinationPort,
  sourcePort,
  protocol,
}: Connection): string {
  const what =
    protocol === "icmp"
      ? `icmp type ${sourcePort}`
      : protocol === "tcp" || protocol === "udp"
        ? `${protocol} port ${destinationPort}`
        : protocol;
  return `${sourceHost} → ${destinationHost}, ${what}`;
}
