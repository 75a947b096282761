import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Connection } from "traffic-anomaly";
import { allowAlerts } from "traffic-anomaly/dist/detect/alerts/allow-alerts";
import { parseAllowList } from "traffic-anomaly/dist/detect/alerts/allow-list";
import { IncidentTracker } from "traffic-anomaly/dist/detect/incidents/incident-tracker";
import { createViewAlert } from "traffic-anomaly/dist/detect/views/view-alert";
import { hour, View, type ViewName } from "traffic-anomaly/dist/traffic/views/view";
import { temporaryFolder } from "../../fixtures/folder";
import { connectionOf } from "../../traffic/connections";

const folder = temporaryFolder("view-alert");

/** The alerts of the rows of a view that goes on from its state, as JSON, before the last connection. */
function alertsOf(view: ViewName, connections: readonly Connection[]) {
  const first = new View(view, hour);
  for (const connection of connections.slice(0, -1)) first.add(connection, connection.start);
  const resumed = View.resume(view, JSON.parse(JSON.stringify(first.state)));
  for (const connection of connections.slice(-1)) resumed.add(connection, connection.start);
  const verdict = { scores: new Map(), pValue: 0.001, excess: 2, riskScore: 50, reasons: [], novel: [] };
  return resumed.end().map((row) => {
    const unusual = { row, before: 0, view, seconds: hour, verdict };
    const tracker = new IncidentTracker();
    const incident = tracker.addRow({ id: "a", row, kinds: [], riskScore: 50, reasons: [] });
    return { alert: createViewAlert(unusual, { model: "office", incident }), incident: tracker.open[0] };
  });
}

const pings = (sourceHost: string, destinationHost: string, type: number) =>
  Array.from({ length: 5 }, (_, i) =>
    connectionOf({
      ...{ uid: `C${type}-${i}`, start: 60 * i, protocol: "icmp", state: "OTH", sourceHost, destinationHost },
      ...{ sourcePort: type, destinationPort: 0, sourceBytes: 8 },
    }),
  );

test("pings and their answers are two pairs, told by their type, in version 6 too, and a line made of one allows it", async () => {
  for (const [source, destination, echo, answer] of [
    ["10.0.0.1", "10.0.0.2", 8, 0],
    ["fd00::1", "2001:db8::2", 128, 129],
  ] as const) {
    const asked = pings(source, destination, echo);
    const found = alertsOf("pairs", [...asked, ...pings(source, destination, answer)]);
    assert.deepEqual(
      found.map(({ alert: { message } }) => /icmp type \d+/.exec(message)?.[0]),
      [`icmp type ${echo}`, `icmp type ${answer}`],
    );
    const [{ alert, incident }] = found;
    assert.deepEqual(alert.traffic_anomaly.icmp, { type: echo, code: 0 });
    assert.deepEqual([incident.hosts, incident.ports, incident.connections], [1, 0, 5]);
    const path = join(folder, "alerts.jsonl");
    await writeFile(path, `${JSON.stringify(alert)}\n`);
    const { lines } = await allowAlerts([alert.event.id], { alerts: path });
    const list = parseAllowList(lines.join("\n"));
    assert.ok(list.lineOf(asked[0]));
    assert.equal(list.lineOf(pings(source, destination, answer)[0]), undefined);
  }
});

test("an hour of pings has no ports", () => {
  const [{ alert, incident }] = alertsOf("hosts", pings("10.0.0.1", "10.0.0.2", 8));
  assert.deepEqual([alert.traffic_anomaly.hosts, alert.traffic_anomaly.ports], [1, 0]);
  assert.deepEqual([incident.hosts, incident.ports], [1, 0]);
});
