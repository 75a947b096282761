import assert from "node:assert/strict";
import { test } from "node:test";
import { isHeavyTailed } from "traffic-anomaly/dist/preprocess/heavy-tailed";

const values = (count: number, at: (share: number) => number) =>
  Float64Array.from({ length: count }, (_, i) => at((i + 0.5) / count));

test("bytes, durations and rare counts are heavy-tailed; temperatures, shares and codes are not", () => {
  const logNormal = values(1000, (share) => Math.exp(3 * Math.log(share / (1 - share))));
  const pareto = values(1000, (share) => 1 / (1 - share));
  const rare = values(1000, (share) => (share < 0.98 ? 0 : share < 0.99 ? 1 : 5));
  for (const found of [logNormal, pareto, rare]) assert.equal(isHeavyTailed(found), true);
  const temperature = values(1000, (share) => 20 + Math.log(share / (1 - share)));
  const share = values(1000, (own) => own);
  const code = values(1000, (own) => Math.floor(7 * own));
  for (const found of [temperature, share, code]) assert.equal(isHeavyTailed(found), false);
});

test("numbers below 0, two values and one are not, however they are spread", () => {
  const pareto = values(1000, (share) => 1 / (1 - share));
  assert.equal(isHeavyTailed(pareto.map((value) => value - 2)), false);
  assert.equal(isHeavyTailed(values(1000, (share) => (share < 0.99 ? 0 : 1))), false);
  assert.equal(isHeavyTailed(new Float64Array(10).fill(7)), false);
});

test("neither the unit nor the order of the values matters, up to the greatest numbers there are", () => {
  const pareto = values(1000, (share) => 1 / (1 - share));
  for (const unit of [1e-300, 1, 1e300]) {
    const own = pareto.map((value) => value * unit);
    assert.equal(isHeavyTailed(own), true);
    assert.equal(isHeavyTailed(own.reverse()), true);
  }
});
