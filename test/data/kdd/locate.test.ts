import assert from "node:assert/strict";
import { createReadStream, existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, beforeEach, test } from "node:test";
import type { DownloadOptions } from "traffic-anomaly/dist/data/kdd/download";
import type { LocateOptions } from "traffic-anomaly/dist/data/kdd/locate";
import { locateTestFile, locateTrainingFile } from "traffic-anomaly/dist/data/kdd/locate";
import { realDataTest } from "../../fixtures/real-data";
import { trafficLines, writeLines } from "../../fixtures/traffic";

const rowsOf = { "KDDTrain+": 125_973, "KDDTest+": 22_544, "KDDTest-21": 11_850 };

let folder: string;
let place: { dataFolder: string; sharedFolder: string };
/** An address where nothing listens: no test may reach the network. */
let closed: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "locate-"));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closed = `http://127.0.0.1:${(server.address() as AddressInfo).port}/none.gz`;
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(async () => {
  const root = await mkdtemp(join(folder, "root-"));
  place = { dataFolder: join(root, "data"), sharedFolder: join(root, "shared") };
});
after(() => rm(folder, { recursive: true }));

const offline = (options: LocateOptions = place): LocateOptions & DownloadOptions => ({
  ...options,
  addresses: [closed],
});

/** Writes a file that is recognised as that data set, at a path whose name says nothing. */
async function put(name: keyof typeof rowsOf, path: string): Promise<string> {
  const [line] = trafficLines({ rows: 1, columns: 43 });
  await mkdir(dirname(path), { recursive: true });
  return writeLines(path, Array<string>(rowsOf[name]).fill(line), { gzip: true });
}

test("the data folder goes before TRAFFIC_DATA, and that before its kdd99/", async () => {
  const { dataFolder, sharedFolder } = place;
  const inner = await put("KDDTrain+", join(sharedFolder, "kdd99", "x"));
  assert.equal(await locateTrainingFile(offline()), inner);
  const outer = await put("KDDTrain+", join(sharedFolder, "y"));
  assert.equal(await locateTrainingFile(offline()), outer);
  const own = await put("KDDTrain+", join(dataFolder, "z"));
  assert.equal(await locateTrainingFile(offline()), own);
});

test("the folder kept elsewhere is that of the environment variable TRAFFIC_DATA", async () => {
  const { dataFolder, sharedFolder } = place;
  const path = await put("KDDTrain+", join(sharedFolder, "x"));
  const { TRAFFIC_DATA } = process.env;
  try {
    process.env.TRAFFIC_DATA = sharedFolder;
    assert.equal(await locateTrainingFile(offline({ dataFolder })), path);
    delete process.env.TRAFFIC_DATA;
    await assert.rejects(locateTrainingFile(offline({ dataFolder })), { name: "InputError" });
  } finally {
    if (TRAFFIC_DATA !== undefined) process.env.TRAFFIC_DATA = TRAFFIC_DATA;
  }
});

test("a test set is not a training set", async () => {
  await put("KDDTest+", join(place.dataFolder, "x"));
  await assert.rejects(locateTrainingFile(offline()), { name: "InputError" });
});

test("the test file of KDDTrain+ is KDDTest+, wherever it is; it cannot be downloaded", async () => {
  assert.equal(await locateTestFile("KDDTrain+", offline()), undefined);
  await put("KDDTest-21", join(place.dataFolder, "x"));
  assert.equal(await locateTestFile("KDDTrain+", offline()), undefined);
  const path = await put("KDDTest+", join(place.sharedFolder, "kdd99", "y"));
  assert.equal(await locateTestFile("KDDTrain+", offline()), path);
});

test("a file of the user's own has no test file", async () => {
  assert.equal(await locateTestFile("mine.csv", offline()), undefined);
});

test("with nothing found and no network, the message says which file to put where", async () => {
  const { dataFolder } = place;
  const refusal = (id: string, file: string) => ({
    name: "InputError",
    message:
      `the data set ${id} was not found in ${dataFolder}, nor in TRAFFIC_DATA; cannot download ${file} from ` +
      `${closed} (connect ECONNREFUSED ${new URL(closed).host}): put ${file} into ${join(dataFolder, "/")} or pass --data FILE`,
  });
  await assert.rejects(locateTrainingFile(offline()), refusal("10-percent", "kddcup.data_10_percent.gz"));
  for (const set of ["10-percent", "full"]) {
    await assert.rejects(locateTestFile(set, offline()), refusal("corrected", "corrected.gz"));
  }
  assert.equal(existsSync(dataFolder), false, "neither half a file nor a new folder is left");
});

test("a file in the place of the download that is not the data set is refused, not overwritten", async () => {
  const path = join(place.dataFolder, "kddcup.data_10_percent.gz");
  await mkdir(place.dataFolder);
  await writeLines(path, trafficLines(), { gzip: true });
  await assert.rejects(
    locateTrainingFile(offline()),
    /kddcup\.data_10_percent\.gz exists, but is not the right file/,
  );
});

realDataTest("the 10 % set goes before other training sets, under any name", async (real) => {
  await put("KDDTrain+", join(place.dataFolder, "a"));
  const path = join(place.dataFolder, "b.bin");
  await copyFile(join(real, "kddcup.data_10_percent.gz"), path);
  assert.equal(await locateTrainingFile(offline()), path);
});

realDataTest(
  "what is downloaded lands in the data folder, and is found there the next time",
  async (real) => {
    let requests = 0;
    const server = createServer((_, response) => {
      requests++;
      createReadStream(join(real, "corrected.gz")).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const options: LocateOptions & DownloadOptions = { ...place, addresses: [`http://127.0.0.1:${port}/`] };
    try {
      const expected = join(place.dataFolder, "corrected.gz");
      for (let time = 0; time < 2; time++)
        assert.equal(await locateTestFile("10-percent", options), expected);
      assert.equal(requests, 1);
    } finally {
      server.close();
    }
  },
);
