// Normal rows of which one feature has a value that no training row had: ten ranges beyond the greatest, or a new name.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  autoencoder,
  type Column,
  combined,
  connectionTable,
  createRandom,
  type DetectorKind,
  fitModel,
  isolationForest,
  judge,
  type Rows,
  readKddFile,
  rowsWhere,
  sampleWithoutReplacement,
  selectRows,
  simulatedConnections,
  type Table,
  TrafficWindows,
} from "traffic-anomaly";
import { findDatasets } from "traffic-anomaly/dist/data/kdd/datasets";
import { featureContributions } from "traffic-anomaly/dist/models/contributions";
import { realDataTest } from "../fixtures/real-data";

const eachKind = 200;

test("the detectors flag what training never saw, and name the feature: simulated traffic", async () => {
  const connections = [...simulatedConnections({ connections: 10_000, seed: 4 })];
  await requireSight(connectionTable(connections, new TrafficWindows()));
});

realDataTest("both detectors flag what training never saw, and name the feature: KDD'99", async (folder) => {
  const path = (await findDatasets(folder)).get("10-percent");
  assert.ok(path);
  await requireSight((await readKddFile(path)).table);
});

/** Fits each detector on a table's normal rows, and requires that it flags 90 % of the rows planted for each feature. */
async function requireSight(table: Table): Promise<void> {
  const rows = rowsWhere(table, (label) => label === "normal");
  for (const kind of [isolationForest, autoencoder, combined] as readonly DetectorKind[]) {
    const model = await fitModel(table, kind, { rows, falseAlarmRate: 0.05, seed: 1 });
    const planted = plant(table, model.fitRows, model.heldOutRows);
    const { anomalous } = await judge(model, planted);
    const everyRow = Uint32Array.from({ length: planted.rows }, (_, row) => row);
    const contributions = await featureContributions(model, planted, everyRow);
    const width = table.features.length;
    const missed = table.features.flatMap(({ name }, i) => {
      const found = Array.from(everyRow).filter((row) => {
        const own = contributions.subarray(row * width, (row + 1) * width);
        const greater = own.filter((contribution) => contribution > own[i]).length;
        return Math.floor(row / eachKind) === i && anomalous[row] === 1 && greater < 3;
      }).length;
      return found < 0.9 * eachKind ? [`${name}: ${found} of ${eachKind}`] : [];
    });
    assert.deepEqual(missed, [], kind.title);
    model.detector.dispose?.();
  }
}

/** For each feature in turn, some of the held-out rows with a value of it that none of the fitted rows has. */
function plant(table: Table, fitRows: Rows, heldOutRows: Rows): Table {
  const random = createRandom(1, "planted rows");
  const sample = sampleWithoutReplacement(heldOutRows.length, eachKind, random).map((i) => heldOutRows[i]);
  const { features } = table;
  const rows = Uint32Array.from({ length: features.length * eachKind }, (_, i) => sample[i % eachKind]);
  const planted = selectRows(table, rows);
  return {
    rows: rows.length,
    features: planted.features.map((column, i) =>
      withNovelValue(column, features[i], fitRows, i * eachKind, (i + 1) * eachKind),
    ),
  };
}

/** The column with a value from `start` to `end` (exclusive) that none of the fitted rows has in the whole one. */
function withNovelValue(column: Column, whole: Column, fitRows: Rows, start: number, end: number): Column {
  if (column.kind === "nominal") {
    column.codes.fill(column.categories.length, start, end);
    return { ...column, categories: [...column.categories, "unheard-of"] };
  }
  const { values } = whole as Column & { kind: "numeric" };
  let [least, most] = [Infinity, -Infinity];
  for (const row of fitRows) [least, most] = [Math.min(least, values[row]), Math.max(most, values[row])];
  column.values.fill(most + 10 * Math.max(1, most - least), start, end);
  return column;
}
