import { HostRow } from "../../traffic/views/host-row";
import { PairRow } from "../../traffic/views/pair-row";
import { fewestSamples, type Regularity } from "../../traffic/views/samples";
import type { ViewRow } from "../../traffic/views/view-row";
import { type IncidentKind, kindsOf, loginPorts, mostGuessed } from "../incidents/incident";

/** Intervals and sizes are those of a machine if they differ by no more than this share of their median. */
const regular = 0.2;
/** Seconds between the signs of life of a beacon, at least. */
const shortest = 10;

/** Questions for names, and their mean bytes, that are more than names. */
const [manyQuestions, longQuestion] = [100, 100];

/** What an unusual row looks like, by the rules of incidents ({@link kindsOf}) and those of views; none where none holds. */
export function rowKinds(row: ViewRow): IncidentKind[] {
  const { connections, failed: probes, bytesIn, bytesOutside, mostSent } = row;
  const pair = row instanceof PairRow ? row : undefined;
  const isLogin = pair?.destination.protocol === "tcp" && loginPorts.has(pair.destination.destinationPort);
  const kinds = kindsOf({
    role: "source",
    ...{
      connections,
      probes,
      newServices: pair?.isOfNewService ? connections : 0,
      seconds: row.last - row.first,
    },
    hosts: row instanceof HostRow ? row.peers : 1,
    ports: row instanceof HostRow ? row.ports : 1,
    mostSent: pair && bytesOutside >= 3 * bytesIn ? bytesOutside : mostSent,
    logins: isLogin && row.bytesOut <= mostGuessed * connections ? connections - probes : 0,
  });
  return [
    ...kinds.filter((kind) => kind !== "other"),
    ...(pair && isBeacon(pair) ? ["beacon" as const] : []),
    ...(pair && isNameTunnel(pair) ? ["dns tunnel" as const] : []),
  ];
}

/** Connections that say the same, as to its size, again and again after the same time. */
function isBeacon({ connections, bytesOut, intervals, sizes }: PairRow): boolean {
  const isRegular = ({ median, deviation }: Regularity) => deviation <= regular * median;
  return (
    connections > fewestSamples &&
    bytesOut > 0 &&
    isRegular(intervals) &&
    isRegular(sizes) &&
    intervals.median >= shortest
  );
}

/** Many long questions to one name server: files leave in names. */
function isNameTunnel({ destination, connections, bytesOut }: PairRow): boolean {
  return (
    destination.destinationPort === 53 &&
    connections >= manyQuestions &&
    bytesOut >= longQuestion * connections
  );
}
