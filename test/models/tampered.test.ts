import assert from "node:assert/strict";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { share } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import type { Case, Outcome } from "../tampering/attempt";
import { writeModels } from "../tampering/models";
import { tamperings } from "../tampering/tamperings";
import { limits, tryModels } from "../tampering/try-models";

process.env.TRAFFIC_BROWSER = "";
const folder = temporaryFolder("tampered");
const sentences = new Map(tamperings.map(({ title, sentence }) => [title as Case, sentence]));
const random = Array.from({ length: share(150, 5) }, (_, i) => i);
const outcomes = (async () => {
  const originals = join(folder, "originals");
  await writeModels(originals);
  return tryModels([...sentences.keys(), ...random], originals, folder, Math.min(4, availableParallelism()));
})();

async function problems(isOne: (outcome: Outcome) => boolean): Promise<string[]> {
  return (await outcomes)
    .filter(isOne)
    .map(
      ({ tried, kinds, message, megabytes }) => `${tried} (${kinds.join(", ")}): ${megabytes} MB, ${message}`,
    );
}

test("a model that somebody tampered with is refused by a sentence that says what is wrong", async () => {
  assert.equal(sentences.size, tamperings.length, "two have the same title");
  const isOther = ({ tried, result, message }: Outcome) =>
    sentences.has(tried) && (result !== "refused" || !sentences.get(tried)!.test(message));
  assert.deepEqual(await problems(isOther), []);
});

test("a model that is changed at random is refused, or gives finite scores", async () => {
  assert.deepEqual(await problems(({ tried, result }) => !sentences.has(tried) && result === "failed"), []);
});

test("neither takes more than 300 MB", async () => {
  assert.equal((await outcomes).length, sentences.size + random.length);
  assert.deepEqual(await problems(({ megabytes }) => megabytes > limits.megabytes), []);
});
