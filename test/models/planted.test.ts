// Normal rows of which one feature has a value that no training row had: ten ranges beyond the greatest, or a new name.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  autoencoder,
  combined,
  connectionTable,
  type DetectorKind,
  fitModel,
  isolationForest,
  judge,
  rowsWhere,
  simulatedConnections,
  type Table,
  TrafficWindows,
} from "traffic-anomaly";
import { findDatasets } from "traffic-anomaly/dist/data/kdd/datasets";
import { featureContributions } from "traffic-anomaly/dist/models/contributions";
import { tryAll } from "../fixtures/cases";
import { readKddFile } from "../fixtures/kdd-file";
import { plantedRows, plantedTable } from "../fixtures/planted";
import { realDataTest } from "../fixtures/real-data";

test("the detectors flag what training never saw, and name the feature: simulated traffic", async () => {
  const connections = [...simulatedConnections({ connections: 10_000, seed: 4 })];
  const kinds = tryAll ? [isolationForest, autoencoder, combined] : [combined];
  await requireSight(connectionTable(connections, new TrafficWindows()), kinds);
});

realDataTest(
  "the detectors flag what training never saw, and name the feature: KDD'99",
  async (folder) => {
    const path = (await findDatasets(folder)).get("10-percent");
    assert.ok(path);
    await requireSight((await readKddFile(path)).table, [combined]); // which consists of the others
  },
  tryAll ? undefined : "takes a quarter of a minute: set TEST_CASES=all to run it",
);

/** Fits each detector on a table's normal rows, and requires that it flags 90 % of the rows planted for each feature. */
async function requireSight(table: Table, kinds: readonly DetectorKind[]): Promise<void> {
  const rows = rowsWhere(table, (label) => label === "normal");
  for (const kind of kinds) {
    const model = await fitModel(table, kind, { rows, falseAlarmRate: 0.05, seed: 1 });
    const planted = plantedTable(table, model.fitRows, model.heldOutRows);
    const { anomalous } = await judge(model, planted);
    const everyRow = Uint32Array.from({ length: planted.rows }, (_, row) => row);
    const contributions = await featureContributions(model, planted, everyRow);
    const width = table.features.length;
    const missed = table.features.flatMap(({ name }, i) => {
      const found = Array.from(everyRow).filter((row) => {
        const own = contributions.subarray(row * width, (row + 1) * width);
        const greater = own.filter((contribution) => contribution > own[i]).length;
        return Math.floor(row / plantedRows) === i && anomalous[row] === 1 && greater < 3;
      }).length;
      return found < 0.9 * plantedRows ? [`${name}: ${found} of ${plantedRows}`] : [];
    });
    assert.deepEqual(missed, [], kind.title);
    model.detector.dispose?.();
  }
}
