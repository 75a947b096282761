// The public sets of TRAFFIC_DATA, read in place.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readTable } from "traffic-anomaly";

const folder = process.env.TRAFFIC_DATA ?? "";

function dataTest(title: string, file: string, body: (path: string) => Promise<void>): void {
  const path = join(folder, file);
  const isThere = folder !== "" && existsSync(path);
  const skip = isThere || process.env.CI ? false : `TRAFFIC_DATA names no folder with ${file}`;
  test(title, { skip }, () => body(path));
}

const unsw = "unsw-nb15/UNSW_NB15_training-set.csv.gz";
dataTest(
  "UNSW-NB15 is recognised: its label, its kinds of attacks, and its number of rows left out",
  unsw,
  async (path) => {
    const { rows, features, labels, notices } = await readTable(path);
    assert.deepEqual([rows, features.length], [82_332, 42]);
    assert.deepEqual(
      labels?.categories,
      "Analysis Backdoor DoS Exploits Fuzzers Generic Reconnaissance Shellcode Worms normal".split(" "),
    );
    assert.equal(labels?.codes.filter((code) => code === 9).length, 37_000);
    assert.match(
      notices[0],
      /is recognised as UNSW-NB15 .*: label label, normal 0, kinds of attacks in attack_cat$/,
    );
    const service = features.find(({ name }) => name === "service");
    assert.ok(
      service?.kind === "nominal" && service.categories.includes("-"),
      "a dash is a category of its own",
    );
  },
);

dataTest(
  "a table of ADBench is recognised: all its columns but the last are numbers",
  "adbench/cardio.csv.gz",
  async (path) => {
    const { rows, features, labels } = await readTable(path);
    assert.deepEqual([rows, features.length], [1_831, 21]);
    assert.ok(features.every(({ kind }) => kind === "numeric"));
    assert.equal(labels?.codes.filter((code) => labels.categories[code] !== "normal").length, 176);
  },
);
