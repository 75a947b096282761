import assert from "node:assert/strict";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { categoryOf, column, distinctRows, labels, numbers } from "traffic-anomaly";
import { sources } from "traffic-anomaly/dist/data/kdd/sources";
import { temporaryFolder } from "../../fixtures/folder";
import { readKddFile } from "../../fixtures/kdd-file";
import { realDataTest } from "../../fixtures/real-data";

const folder = temporaryFolder("kdd99");

// Numbers of rows, distinct rows, services, and rows of each category, measured on the files with other tools.
const facts = [
  {
    id: "10-percent",
    rows: 494_021,
    distinct: 145_586,
    services: 66,
    categories: { normal: 97_278, dos: 391_458, probe: 4_107, r2l: 1_126, u2r: 52 },
  },
  {
    id: "corrected",
    rows: 311_029,
    distinct: 77_291,
    services: 65,
    categories: { normal: 60_593, dos: 229_853, probe: 4_166, r2l: 16_189, u2r: 228 },
  },
] as const;

for (const { id, rows, distinct, services, categories } of facts) {
  realDataTest(
    `${id} has the rows, distinct rows, services and categories that are known of it`,
    async (data) => {
      const path = join(data, sources[id].file);
      const { source, table } = await readKddFile(path);
      assert.deepEqual([source.name, source.sha256, source.rows], [id, sources[id].sha256, rows]);
      assert.equal(distinctRows(table).length, distinct);
      const service = column(table, "service");
      assert.equal(service.kind === "nominal" && service.categories.length, services);
      const found: Record<string, number> = {};
      const { codes, categories: names } = labels(table);
      for (const code of codes) found[categoryOf(names[code])] = (found[categoryOf(names[code])] ?? 0) + 1;
      assert.deepEqual(found, { ...categories });
      if (id === "10-percent")
        assert.equal(Float64Array.from(numbers(table, "src_bytes")).sort()[rows - 1], 693_375_640);

      const plain = join(folder, `${id}.txt`);
      await writeFile(plain, gunzipSync(await readFile(path)));
      const { source: unpacked, table: copy } = await readKddFile(plain);
      assert.equal(unpacked.name, id);
      await rm(plain);
      for (const [i, feature] of [...table.features, labels(table)].entries()) {
        const other = [...copy.features, labels(copy)][i];
        const bytes = (array: ArrayBufferView) =>
          Buffer.from(array.buffer, array.byteOffset, array.byteLength);
        assert.ok(feature.kind === "nominal" ? other.kind === "nominal" : other.kind === "numeric");
        if (feature.kind === "nominal" && other.kind === "nominal") {
          assert.deepEqual(other.categories, feature.categories);
          assert.ok(bytes(other.codes).equals(bytes(feature.codes)), feature.name);
        } else if (feature.kind === "numeric" && other.kind === "numeric") {
          assert.ok(bytes(other.values).equals(bytes(feature.values)), feature.name);
        }
      }
    },
  );
}
