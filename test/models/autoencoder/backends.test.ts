// What computes an autoencoder, beside each other: the kernel, and TensorFlow.js as it is on each of its backends. A process
// each, since TensorFlow.js has but one backend in a process.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { tryAll } from "../../fixtures/cases";
import { temporaryFolder } from "../../fixtures/folder";
import { nativeInstalled } from "../../fixtures/native";

const folder = temporaryFolder("backends");

interface Outcome {
  readonly backend: string;
  /** Of an autoencoder that it trained with the default settings, but for three epochs only. */
  readonly losses: readonly number[];
  readonly weights: readonly number[];
  readonly scores: readonly number[];
  /** Of the same rows, by the autoencoder that the kernel trained. */
  readonly scoresByKernels: readonly number[];
}

/** Trains and scores 1,024 rows × 73 columns, of which three fifths are 0, in a process of its own. */
function outcomeOf(
  options: { readonly backend?: string; readonly workers?: number },
  ...parameters: string[]
): Outcome {
  const kernels = join(folder, "kernel");
  const script = `
    const { autoencoder: kind, createRandom, fitAutoencoder } = require("traffic-anomaly");
    const random = createRandom(1, "test");
    const columns = Array.from({ length: 73 }, (_, i) => "column " + i);
    const value = () => (random.uniform() < 0.6 ? 0 : random.uniform());
    const matrix = { rows: 1024, columns, data: Float32Array.from({ length: 1024 * 73 }, value) };
    (async () => {
      const autoencoder = await fitAutoencoder(matrix, { epochs: 3, ...${JSON.stringify(options)} });
      const { backend, history, weights } = autoencoder;
      if (backend === "kernel") {
        require("node:fs").mkdirSync(${JSON.stringify(kernels)}, { recursive: true });
        await autoencoder.save(${JSON.stringify(kernels)});
      }
      const loaded = await kind.load(${JSON.stringify(kernels)}, columns, { backend: ${JSON.stringify(options.backend)} });
      if (loaded.backend !== backend) throw new Error("loaded on " + loaded.backend);
      console.log(JSON.stringify({
        backend,
        losses: history.flatMap(Object.values),
        weights: weights.flatMap((values) => Array.from(values)),
        scores: Array.from(await autoencoder.score(matrix)),
        scoresByKernels: Array.from(await loaded.score(matrix)),
      }));
    })();`;
  return JSON.parse(execFileSync(process.execPath, [...parameters, "-e", script], { encoding: "utf8" }));
}

const kernel = outcomeOf({});

/** Requires that weights differ from the kernel's by less than 10⁻⁶, losses and scores by less than 10⁻⁵ of themselves. */
function assertClose(found: Outcome): string {
  const absolute = (a: number, b: number) => Math.abs(a - b);
  const relative = (a: number, b: number) => Math.abs(a - b) / Math.max(a, b);
  const told: string[] = [];
  for (const [name, limit, distance] of [
    ["weights", 1e-6, absolute],
    ["losses", 1e-5, relative],
    ["scores", 1e-5, relative],
    ["scoresByKernels", 1e-5, relative],
  ] as const) {
    const [expected, actual] = [kernel[name], found[name]];
    assert.ok(actual.length > 0);
    assert.equal(actual.length, expected.length);
    const distances = actual.map((value, i) => distance(value, expected[i]));
    const largest = distances.reduce((most, value) => Math.max(most, value));
    assert.ok(largest < limit, `${name} differ by ${largest}`);
    const others = distances.filter((value) => value > 0).length;
    told.push(`${others} of ${actual.length} ${name} differ, by ${largest.toExponential(1)} at most`);
  }
  return told.join("; ");
}

test("the kernel is what computes by default, and the same process again gives the same bits", () => {
  assert.equal(kernel.backend, "kernel");
  assert.deepEqual(outcomeOf({ backend: "kernel" }), kernel);
  assert.deepEqual(outcomeOf({ workers: 1 }), kernel);
});

for (const backend of ["wasm", "cpu", "native"])
  test(`TensorFlow.js on ${backend}, as it is, trains and scores as the kernel does but for rounding`, {
    skip: backend === "native" && !nativeInstalled && "tfjs-node is not installed",
  }, (t) => {
    const found = outcomeOf({ backend });
    assert.equal(found.backend, backend);
    assert.notDeepEqual(found.weights, kernel.weights); // another computation, indeed
    t.diagnostic(assertClose(found));
    if (tryAll) assert.deepEqual(outcomeOf({ backend }), found);
  });

test("without WebAssembly, TensorFlow.js trains and scores instead of the kernel", () => {
  const preload = join(__dirname, "..", "..", "fixtures", "no-webassembly.cjs");
  const found = outcomeOf({}, "--require", preload);
  assert.equal(found.backend, nativeInstalled ? "native" : "cpu");
  assertClose(found);
});
