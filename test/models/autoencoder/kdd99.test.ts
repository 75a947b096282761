// Small differences of rounding, carried on by training, on real data.
import assert from "node:assert/strict";
import {
  autoencoder,
  distinctRows,
  evaluate,
  fitModel,
  labels,
  rowsWhere,
  scoreTable,
  selectRows,
  type Table,
} from "traffic-anomaly";
import { readKddFile } from "../../fixtures/kdd-file";
import { nativeInstalled } from "../../fixtures/native";
import { realDataTest, realFiles } from "../../fixtures/real-data";

realDataTest(
  "on KDD'99 no figure of the autoencoder differs by 0.005 between the kernel and the native backend",
  async (_, t) => {
    const files = await realFiles();
    const [train, corrected] = await Promise.all(
      (["10-percent", "corrected"] as const).map(async (name) => distinct(files.get(name)!)),
    );
    const rows = rowsWhere(train, (label) => label === "normal");
    const figures: (readonly [string, number])[][] = [];
    for (const backend of ["kernel", "native"] as const) {
      const settings = { backend, epochs: 5 };
      const model = await fitModel(train, autoencoder, { rows, seed: 1, settings });
      assert.equal(model.detector.backend, backend);
      const found = await Promise.all(
        [train, corrected].map(async (table) => {
          const scores = await scoreTable(model, table);
          return evaluate({ scores, labels: labels(table), threshold: model.threshold.value });
        }),
      );
      figures.push(shares(found));
      model.detector.dispose();
    }
    assert.ok(figures[0].length > 10);
    let largest = 0;
    for (const [i, [path, value]] of figures[0].entries()) {
      assert.equal(figures[1][i][0], path);
      const difference = Math.abs(figures[1][i][1] - value);
      assert.ok(difference < 0.005, `${path} differs by ${difference}`);
      largest = Math.max(largest, difference);
    }
    t.diagnostic(`largest difference of ${figures[0].length} figures: ${largest.toExponential(1)}`);
  },
  nativeInstalled ? undefined : "tfjs-node is not installed",
);

/** The distinct rows of a file. */
async function distinct(path: string): Promise<Table> {
  const { table } = await readKddFile(path);
  return selectRows(table, distinctRows(table));
}

/** All that lies between 0 and 1 in figures, by its path, but for what is told of each attack. */
function shares(figures: object, path = ""): (readonly [string, number])[] {
  return Object.entries(figures).flatMap(([name, value]) => {
    if (typeof value === "object" && value !== null)
      return name.startsWith("recallBy") ? [] : shares(value, `${path}${name}.`);
    return typeof value === "number" && value <= 1 ? [[`${path}${name}`, value] as const] : [];
  });
}
