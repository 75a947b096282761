import {
  defaults,
  fitPreprocessor,
  loadTable,
  locateTrainingFile,
  openSource,
  rowsWhere,
  transform,
} from "traffic-anomaly";

async function main() {
  const source = await openSource(await locateTrainingFile());
  const table = await loadTable(source);
  const normal = rowsWhere(table, (label) => label === "normal");
  for (const options of [defaults.isolationForest, defaults.autoencoder]) {
    const p = fitPreprocessor(table, options, normal);
    const rows = Uint32Array.from({ length: 32768 }, (_, i) => i);
    const memory = transform(p, table, rows).data;
    const times: number[] = [];
    for (let k = 0; k < 9; k++) {
      const t = process.cpuUsage();
      for (let start = 0; start + 32768 <= table.rows; start += 32768)
        transform(
          p,
          table,
          rows.map((i) => i + start),
          memory,
        );
      const u = process.cpuUsage(t);
      times.push((u.user + u.system) / 1000);
    }
    console.log(times.map((t) => t.toFixed(0)).join(" "));
  }
}
void main();
