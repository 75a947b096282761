// A study that fails frees what TensorFlow.js holds, whatever it was doing.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { type RunOptions, run, tensorflow } from "traffic-anomaly";
import { temporaryFolder } from "../fixtures/folder";
import { trafficLines, writeLines } from "../fixtures/traffic";

process.env.TRAFFIC_BROWSER = ""; // no pictures
const folder = temporaryFolder("study-failure");

test("a study that is stopped at any stage leaves no tensor of TensorFlow.js, and none that ends does", async () => {
  const { tf } = await tensorflow("cpu");
  const data = await writeLines(join(folder, "train"), trafficLines({ rows: 400 }));
  const options: RunOptions = {
    data,
    test: await writeLines(join(folder, "test"), trafficLines({ rows: 200, seed: 2 })),
    modelsFolder: join(folder, "models"),
    outputsFolder: join(folder, "outputs"),
    repeats: 2,
    settings: {
      "isolation-forest": { trees: 5, sampleSize: 32 },
      autoencoder: { layers: [4, 2, 4], epochs: 1, batchSize: 64, backend: "cpu" },
    },
    onNotice: () => {},
  };
  const stages = new Set<string>();
  await run({ ...options, onProgress: ({ stage }) => void stages.add(stage) });
  assert.equal(tf.memory().numTensors, 0);
  assert.ok(stages.size >= 8, [...stages].join(", "));
  for (const stage of stages) {
    const stop = new AbortController();
    const onProgress = (update: { stage: string }) => {
      if (update.stage === stage) stop.abort(new Error("stopped"));
    };
    await assert.rejects(run({ ...options, onProgress, signal: stop.signal }), /stopped/, stage);
    assert.equal(tf.memory().numTensors, 0, stage);
  }
  // Where it fails for another reason: there is a file where a folder of figures is to be.
  await assert.rejects(run({ ...options, csv: true, outputsFolder: join(data, "outputs") }));
  assert.equal(tf.memory().numTensors, 0);
});
