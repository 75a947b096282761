// How PCA's number of components was chosen: a section of comparison.md.
import { mean } from "simple-statistics";
import { fitModel, principalComponents } from "traffic-anomaly";
import { type Data, figures, judged, type Row, scoresOf, spreadTable } from "./compare-judge";

const seeds = [1, 2, 3];
const components = [4, 1, 2, 3, 5, 6, 8, 12, 16, 24, 32];

export async function componentsSection(data: Data): Promise<string[]> {
  const found: Row[][] = [];
  for (const seed of seeds) {
    const rows: Row[] = [];
    for (const count of components) {
      const settings = { components: count };
      const model = await fitModel(data.table, principalComponents, { rows: data.normals, seed, settings });
      const ofModel = judged(data, model.heldOutRows, await scoresOf(model, data.table));
      rows.push([String(count), [...ofModel, mean(ofModel.slice(2))]]);
    }
    found.push(rows);
  }
  return spreadTable(data.name, `components | ${figures} | mean of F1`, found);
}
