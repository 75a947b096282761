import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { datasetName, findDatasets, recogniseDataset } from "traffic-anomaly/dist/data/kdd/datasets";
import { sources } from "traffic-anomaly/dist/data/kdd/sources";
import { realDataTest } from "../../fixtures/real-data";
import { trafficLines, writeLines } from "../../fixtures/traffic";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "datasets-"));
});
after(() => rm(folder, { recursive: true }));

/** This many lines of NSL-KDD's layout, its header among them if there is one. */
function nslLines(rows: number, header = false): string[] {
  const [line] = trafficLines({ rows: 1, columns: 43 });
  const names = header ? trafficLines({ rows: 1, columns: 43, header }).slice(0, 1) : [];
  return [...names, ...Array<string>(rows).fill(line)];
}

const unknown = { sha256: "0", contentSha256: "0", columns: 42, rows: 1 };

test("a KDD'99 file is told by its checksum, or by that of its content", () => {
  for (const { id, sha256, contentSha256 } of Object.values(sources)) {
    assert.equal(datasetName({ ...unknown, sha256 }), id);
    if (contentSha256) assert.equal(datasetName({ ...unknown, contentSha256 }), id);
  }
  assert.equal(datasetName(unknown), undefined);
});

test("an NSL-KDD file is told by its rows, if it has 43 columns", () => {
  const named = { "KDDTrain+": 125_973, "KDDTest+": 22_544, "KDDTest-21": 11_850 };
  for (const [name, rows] of Object.entries(named)) {
    assert.equal(datasetName({ ...unknown, columns: 43, rows }), name);
    assert.equal(datasetName({ ...unknown, columns: 42, rows }), undefined);
    assert.equal(datasetName({ ...unknown, columns: 43, rows: rows + 1 }), undefined);
  }
});

test("an NSL-KDD file is recognised under any name, plain or gzip, with header or without", async () => {
  const small = await writeLines(join(folder, "some.csv"), nslLines(11_850));
  assert.equal(await recogniseDataset(small), "KDDTest-21");
  const named = await writeLines(join(folder, "other"), nslLines(11_850, true), { lineEnd: "\r\n" });
  assert.equal(await recogniseDataset(named), "KDDTest-21");
  const zipped = await writeLines(join(folder, "KDDTrain+.txt"), nslLines(22_544, true), { gzip: true });
  assert.equal(await recogniseDataset(zipped), "KDDTest+");
  assert.equal(await recogniseDataset(await writeLines(small, nslLines(11_849))), undefined, "a row short");
});

test("what is not a known data set is nothing, and not an error", async () => {
  const save = async (name: string, content: string | Buffer) => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  for (const path of [
    await writeLines(join(folder, "kddcup.data_10_percent.gz"), trafficLines(), { gzip: true }),
    await save("empty", ""),
    await save("notes.txt", "read me\n"),
    await save("image.png", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff])),
    await save("truncated.gz", gzipSync("0,tcp".repeat(1000)).subarray(0, 20)),
    join(folder, "missing"),
    folder,
  ]) {
    assert.equal(await recogniseDataset(path), undefined, path);
  }
});

test("a folder's data sets are found, the first of each by name; hidden files and folders are not looked at", async () => {
  const place = await mkdtemp(join(folder, "place-"));
  await mkdir(join(place, "cache"));
  const of = (name: string, rows: number) => writeLines(join(place, name), nslLines(rows));
  await of("b.csv", 22_544);
  await of("c.csv", 11_850);
  await of("a.csv", 22_544);
  await of(".d.csv.part", 125_973);
  await of(join("cache", "e.csv"), 125_973);
  assert.deepEqual([...(await findDatasets(place))].sort(), [
    ["KDDTest+", join(place, "a.csv")],
    ["KDDTest-21", join(place, "c.csv")],
  ]);
  assert.equal((await findDatasets(join(place, "missing"))).size, 0);
});

realDataTest("a real file is found under any name, packed anew or not at all", async (real) => {
  const place = await mkdtemp(join(folder, "real-"));
  const packed = await readFile(join(real, "corrected.gz"));
  const plain = join(place, "test.csv");
  await writeFile(plain, gunzipSync(packed));
  assert.equal(await recogniseDataset(plain), "corrected");
  const renamed = join(place, "anything.bin");
  await writeFile(renamed, packed);
  assert.deepEqual([...(await findDatasets(place))], [["corrected", renamed]]);
});
