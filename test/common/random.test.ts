import assert from "node:assert/strict";
import { test } from "node:test";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { sampleCorrelation } from "simple-statistics";
import { createRandom, permutation, sampleWithoutReplacement } from "traffic-anomaly";

test("the same seed and purpose give the same numbers, another purpose gives others", () => {
  const draw = (seed: number, purpose: string) => {
    const random = createRandom(seed, purpose);
    return Array.from({ length: 5 }, () => random.uniform());
  };
  assert.deepEqual(draw(7, "tree 1"), draw(7, "tree 1"));
  assert.notDeepEqual(draw(7, "tree 1"), draw(7, "tree 2"));
  assert.notDeepEqual(draw(7, "tree 1"), draw(8, "tree 1"));
});

test("the first draws of neighbouring seeds and purposes do not depend on each other", () => {
  const first: [string, (i: number) => number][] = [
    ["seeds", (i) => createRandom(i, "split").uniform()],
    ["trees", (i) => createRandom(1, `tree ${i}`).uniform()],
    ["integers", (i) => createRandom(i, "split").integer(1000)],
  ];
  for (const [what, draw] of first) {
    const draws = Array.from({ length: 20_000 }, (_, i) => draw(i));
    const correlation = sampleCorrelation(draws.slice(1), draws.slice(0, -1));
    assert.ok(Math.abs(correlation) < 0.02, `the correlation of ${what} is ${correlation}`);
  }
});

test("uniform numbers lie in [0, 1) with mean 1/2", () => {
  const random = createRandom(1, "test");
  let sum = 0;
  for (let i = 0; i < 10_000; i++) {
    const value = random.uniform();
    assert.ok(value >= 0 && value < 1);
    sum += value;
  }
  assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02);
});

test("a seed outside [0, 2³²) is refused", () => {
  assert.throws(() => createRandom(-1, "test"), /seed must be an integer in \[0, 4294967295\], got -1/);
  assert.throws(() => createRandom(0.5, "test"), /got 0.5/);
});

test("a permutation holds every integer once", () => {
  const order = permutation(1000, createRandom(3, "test"));
  assert.deepEqual(
    Array.from(order).sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

test("a sample without replacement holds no integer twice, and all when it is as large as the whole", () => {
  const random = createRandom(5, "test");
  const sample = sampleWithoutReplacement(1000, 256, random);
  assert.equal(new Set(sample).size, 256);
  assert.ok(sample.every((value) => value < 1000));
  assert.equal(new Set(sampleWithoutReplacement(10, 10, random)).size, 10);
});

test("a sample without replacement is what Floyd's algorithm draws with a set", () => {
  for (const [count, size] of [
    [1, 1],
    [10, 10],
    [1000, 256],
    [494_021, 4096],
    [2 ** 32 - 1, 5],
  ]) {
    const [random, same] = [createRandom(size, "test"), createRandom(size, "test")];
    const chosen = new Set<number>();
    for (let last = count - size; last < count; last++) {
      const candidate = random.integer(last + 1);
      chosen.add(chosen.has(candidate) ? last : candidate);
    }
    assert.deepEqual(sampleWithoutReplacement(count, size, same), Uint32Array.from(chosen));
  }
});

test("a generator's state continues its stream elsewhere", () => {
  const random = createRandom(7, "test");
  const state = random.state();
  const generator = xoroshiro128plusFromState(state);
  for (let i = 0; i < 100; i++) assert.equal(random.integer(2 ** 32), generator.next() + 2 ** 31);
  assert.notDeepEqual(random.state(), state);
});
