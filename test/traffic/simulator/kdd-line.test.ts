import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, kddFeatures } from "traffic-anomaly";
import { rowProblem } from "traffic-anomaly/dist/data/kdd/schema";
import { connectionTable, contentFeatureNames } from "traffic-anomaly/dist/traffic/connection-table";
import { kddLine } from "traffic-anomaly/dist/traffic/simulator/kdd-line";
import { simulatedConnections } from "traffic-anomaly/dist/traffic/simulator/simulate";
import { TrafficWindows } from "traffic-anomaly/dist/traffic/windows/windows";

const connections = [...simulatedConnections({ seed: 2, connections: 20_000 })];
const windows = new TrafficWindows();
const rows = connections.map((connection) => kddLine(connection, windows).split(","));

test("the content features are KDD'99's 8 to 22", () => {
  assert.deepEqual(
    [...contentFeatureNames],
    kddFeatures.slice(7, 22).map(({ name }) => name),
  );
});

test("every line is a good row of KDD'99, its label with a dot", () => {
  const layout = { gzip: false, header: false, columns: 42 } as const;
  for (const [i, row] of rows.entries()) {
    assert.equal(rowProblem(row.join(","), layout), undefined);
    assert.equal(row[41], `${connections[i].label}.`);
  }
});

test("what a log gives too is the same as there, but durations are whole seconds, and services have other names", () => {
  for (const column of connectionTable(connections, new TrafficWindows()).features) {
    if (column.name === "service") continue; // here it has the names of 1998
    const position = kddFeatures.findIndex(({ name }) => name === column.name);
    for (const [i, row] of rows.entries()) {
      const expected = column.name === "duration" ? Math.floor(connections[i].duration) : valueAt(column, i);
      if (typeof expected === "string") assert.equal(row[position], expected);
      else assert.equal(Math.fround(Number(row[position])), Math.fround(expected), column.name);
    }
  }
});

test("content features are those of the session, 0 where it has none", () => {
  for (const [i, row] of rows.entries()) {
    const { content } = connections[i];
    assert.deepEqual(
      row.slice(7, 22).map(Number),
      contentFeatureNames.map((name) => content[name] ?? 0),
    );
  }
});

function valueAt(column: Column, row: number): number | string {
  return column.kind === "numeric" ? column.values[row] : column.categories[column.codes[row]];
}
