import { HostRow } from "../../traffic/views/host-row";
import { PairRow } from "../../traffic/views/pair-row";
import { type AnyAlert, createAlert, timestamp, way } from "../alerts/alert";
import { rowConnection } from "./row-connection";
import type { UnusualRow } from "./view-monitor";

/** An id that no connection's alert has. */
export function rowAlertId({ view, row }: Pick<UnusualRow, "view" | "row">): string {
  return `${view}:${row.uid}`;
}

/** Makes the alert of a row: that of a connection that did all that its connections did. */
export function createViewAlert(
  unusual: UnusualRow,
  { model, incident }: { readonly model: string; readonly incident: string },
): AnyAlert {
  const { view, row, verdict } = unusual;
  const connection = rowConnection(row);
  const alert = createAlert({
    ...{ ...verdict, connection, model, incident },
    ...(row instanceof PairRow && { direction: row.direction }),
  });
  const { destination, source, message: _, network, traffic_anomaly, ...rest } = alert;
  const { port: _port, ...sourceEnd } = source;
  const { community_id: _id, transport, ...ofAny } = network;
  const [first, last] = [row.first, row.last].map((time) => timestamp(time).slice(0, 19).replace("T", " "));
  const reasons = verdict.reasons.map(({ text }) => text).join(" | ") || "an unusual mix of usual values";
  const who = row instanceof PairRow ? way(connection) : row.source;
  return {
    ...rest,
    event: { ...rest.event, id: rowAlertId(unusual) },
    message: `${who}, ${first} to ${last}: ${reasons}`,
    source: sourceEnd,
    network: { ...ofAny, ...(row instanceof PairRow && { transport }) },
    ...(row instanceof PairRow && { destination }),
    traffic_anomaly: {
      ...traffic_anomaly,
      ...{ view, connections: row.connections },
      ...(row instanceof HostRow && { hosts: row.peers, ports: row.ports }),
    },
  };
}
