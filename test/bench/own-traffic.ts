// `tsx test/bench/own-traffic.ts`: how well usual traffic alone tells attacks, on logs whose labels are known: a real one
// (TRAFFIC_DATA, zeek/windows-host-mixed.conn.log.labeled) and simulated ones. Both detectors are fitted on the first 60 %
// of the benign connections by time and score the rest; beside them PCA and single features. The same seed prints the
// same table.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  allRows,
  chooseThreshold,
  type DetectorKind,
  evaluate,
  InputError,
  labels,
  numbers,
  type Rows,
  scoreTable,
  selectRows,
  type Table,
  truthOf,
  writeSimulatedLog,
} from "traffic-anomaly";
import { readTrainingData, withNormal } from "traffic-anomaly/dist/detect/training/training-data";
import { baselineScores } from "traffic-anomaly/dist/evaluation/baselines";
import { trainedDetectors } from "traffic-anomaly/dist/models/detectors";
import { fitDetector } from "traffic-anomaly/dist/models/fit-model";
import { runScript } from "./data";

const seed = 1;
const falseAlarmRate = 0.05;

/** Rows to fit on, and a table of those to judge. */
interface Study {
  readonly name: string;
  readonly table: Table;
  readonly fitRows: Rows;
  readonly judged: Table;
}

async function study(name: string, path: string): Promise<Study> {
  const { table, labels: named } = await readTrainingData([path]);
  if (!named) throw new InputError(`${path} has no labels`);
  const truths = named.categories.map(truthOf);
  const benign = allRows(table).filter((row) => truths[named.codes[row]] === "normal");
  const attacks = allRows(table).filter((row) => truths[named.codes[row]] === "attack");
  const size = Math.round(0.6 * benign.length);
  const rest = Uint32Array.from([...benign.subarray(size), ...attacks]);
  const judged = selectRows({ ...table, labels: withNormal(named) }, rest);
  return { name, table, fitRows: benign.slice(0, size), judged };
}

/** ROC AUC, average precision, and precision and recall where 5 % of the benign rows are flagged. */
function print(name: string, scores: Float64Array, { judged }: Study): void {
  const named = labels(judged);
  const normal = named.categories.indexOf("normal");
  const usual = scores.filter((_, row) => named.codes[row] === normal);
  const threshold = chooseThreshold(usual, falseAlarmRate).value;
  const {
    rocAuc,
    averagePrecision,
    precision = 0,
    recall = 0,
  } = evaluate({
    scores,
    labels: named,
    threshold,
  });
  const cells = [rocAuc, averagePrecision, precision, recall].map((value) => value.toFixed(4).padStart(12));
  console.log(`  ${name.padEnd(42)}${cells.join("")}`);
}

/** Numbers that alone may tell; those that fall are told by their opposite. */
const singleFeatures: readonly [name: string, sign: 1 | -1][] = [
  ["duration", 1],
  ["src_bytes", 1],
  ["srv_count", 1],
  ["serror_rate", 1],
  ["rerror_rate", 1],
  ["dst_host_count", -1],
  ["dst_host_srv_count", -1],
];

async function compareModels(one: Study): Promise<void> {
  const { table, fitRows, judged } = one;
  for (const kind of trainedDetectors as readonly DetectorKind[]) {
    const model = await fitDetector(table, kind, { rows: fitRows, seed });
    print(kind.title, await scoreTable(model, judged), one);
    model.detector.dispose?.();
  }
  for await (const { name, testScores } of baselineScores(one.table, one.judged, one.fitRows))
    print(
      name === "dst_bytes"
        ? "few dst_bytes alone"
        : name === "principal-components"
          ? "PCA"
          : `${name} alone`,
      testScores!,
      one,
    );
  for (const [name, sign] of singleFeatures) {
    const scores = Float64Array.from(numbers(one.judged, name), (value) => sign * value);
    print(`${sign < 0 ? "few " : ""}${name} alone`, scores, one);
  }
}

async function main(): Promise<void> {
  const real = join(process.env.TRAFFIC_DATA ?? "", "zeek", "windows-host-mixed.conn.log.labeled");
  const folder = mkdtempSync(join(tmpdir(), "own-traffic-"));
  try {
    const studies: Study[] = [];
    if (process.env.TRAFFIC_DATA && existsSync(real)) studies.push(await study("windows-host-mixed", real));
    else console.log("TRAFFIC_DATA names no folder with zeek/windows-host-mixed.conn.log.labeled: left out");
    for (const own of [2, 3]) {
      const path = join(folder, `${own}.log`);
      await writeSimulatedLog(path, { connections: 100_000, seed: own, format: "zeek", labels: true });
      studies.push(await study(`simulated traffic, seed ${own}`, path));
    }
    for (const one of studies) {
      const { rows } = one.judged;
      console.log(`${one.name}: fit on ${one.fitRows.length} benign connections, scored on ${rows} others`);
      const columns = ["ROC AUC", "avg. prec.", "precision", "recall"].map((text) => text.padStart(12));
      console.log(`  ${"".padEnd(42)}${columns.join("")}   at 5 % false alarms`);
      await compareModels(one);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

runScript(main);
