import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { before, beforeEach, test } from "node:test";
import { InputError, loadStudyData } from "traffic-anomaly";
import type { StudyDataOptions } from "traffic-anomaly/dist/study/data";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";

const folder = temporaryFolder("study-data");
const names = ["simulated traffic (training part)", "simulated traffic (test part)"];
const notices: string[] = [];
/** An address where nothing listens: no test may reach the network. */
let closed: string;

before(async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/none.gz`;
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  notices.length = 0;
});

/** No data but what is in that folder, and no network. */
const offline = (dataFolder: string): StudyDataOptions => ({
  dataFolder,
  sharedFolder: join(folder, "none"),
  addresses: [closed],
  onNotice: (sentence) => notices.push(sentence),
});

const isSimulated = (name: string) => name.startsWith("simulated-traffic-");

test("without data and network a study is of simulated traffic, says so, and finds its files the next time", async () => {
  const dataFolder = join(folder, "empty");
  const first = await loadStudyData(offline(dataFolder));
  assert.equal(first.simulated, true);
  assert.deepEqual([first.trainSource.name, first.testSource?.name], names);
  assert.deepEqual([first.train.rows, first.test?.rows], [60_000, 40_000]);
  assert.equal(notices.length, 1);
  assert.match(
    notices[0],
    /^KDD'99 was not found .*\.\nSimulated traffic is used instead: .*\.\nTo use KDD'99, put kddcup\.data_10_percent\.gz and corrected\.gz into data\/, or name a file with --data$/,
  );

  const files = (await readdir(dataFolder)).filter(isSimulated);
  assert.equal(files.length, 2);
  const times = () => Promise.all(files.map(async (file) => (await stat(join(dataFolder, file))).mtimeMs));
  const before = await times();
  const second = await loadStudyData(offline(dataFolder));
  assert.deepEqual(await times(), before);
  assert.equal(second.trainSource.sha256, first.trainSource.sha256);
  assert.equal(notices.length, 2, "it says so each time");
});

test("a test file that the user names goes before the simulated one, and keeps its name", async () => {
  const test = await writeLines(join(folder, "own.csv"), trafficLines());
  const study = await loadStudyData({ ...offline(join(folder, "empty")), test });
  assert.deepEqual([study.trainSource.name, study.testSource?.name], [names[0], "own.csv"]);
});

test("a training file that the user names is used as it is, or refused: nothing is simulated", async () => {
  const dataFolder = join(folder, "named");
  const data = await writeLines(join(folder, "train.csv"), trafficLines());
  const study = await loadStudyData({ ...offline(dataFolder), data });
  assert.deepEqual([study.simulated, study.trainSource.name], [false, "train.csv"]);
  const missing = { ...offline(dataFolder), data: join(folder, "missing.csv") };
  await assert.rejects(loadStudyData(missing), /^InputError: .*missing\.csv does not exist$/);
  assert.deepEqual([notices, existsSync(dataFolder)], [[], false]);
});

test("another file in the place of the download is an error, as is a folder that can't be written", async () => {
  const dataFolder = await mkdtemp(join(folder, "broken-"));
  await writeLines(join(dataFolder, "kddcup.data_10_percent.gz"), trafficLines(), { gzip: true });
  await assert.rejects(
    loadStudyData(offline(dataFolder)),
    /kddcup\.data_10_percent\.gz exists, but is not the right file/,
  );
  assert.deepEqual(await readdir(dataFolder), ["kddcup.data_10_percent.gz"]);

  const file = join(folder, "file");
  await writeFile(file, "precious");
  await assert.rejects(loadStudyData(offline(join(file, "data"))), InputError);
});
