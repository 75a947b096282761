import assert from "node:assert/strict";
import { test } from "node:test";
import {
  chooseThreshold,
  connectionTable,
  createRandom,
  detectorKind,
  falseDiscoveryVerdicts,
  fitModel,
  pValues,
  type Random,
  rowsWhere,
  scoreTable,
  TrafficWindows,
} from "traffic-anomaly";
import { trainedDetectors } from "traffic-anomaly/dist/models/detectors";
import { combinedPValues } from "traffic-anomaly/dist/models/p-values";
import { promisedRate } from "traffic-anomaly/dist/models/threshold";
import { dayOf, small } from "./network";

/** Scores of the same connections by each detector. */
type Scores = readonly Float64Array[];

/** Scores of usual connections and of attacks, by detectors that were fitted on other usual ones. */
const scored = (async () => {
  const table = connectionTable(dayOf(8_000, { attacks: true }), new TrafficWindows());
  const usual = rowsWhere(table, (label) => label === "normal");
  const attacks = rowsWhere(table, (label) => label !== "normal");
  const [fitted, others] = [usual.slice(0, 1_500), usual.slice(1_500)];
  const scores = { usual: [] as Float64Array[], attacks: [] as Float64Array[] };
  for (const { kind } of trainedDetectors) {
    const settings = small.settings[kind];
    const model = await fitModel(table, detectorKind(kind), { rows: fitted, settings });
    scores.usual.push(await scoreTable(model, table, others));
    scores.attacks.push(await scoreTable(model, table, attacks));
  }
  return scores;
})();

/** Connections drawn with replacement. */
function draw(scores: Scores, count: number, random: Random): Scores {
  const rows = Uint32Array.from({ length: count }, () => random.integer(scores[0].length));
  return scores.map((all) => Float64Array.from(rows, (row) => all[row]));
}

for (const [heldOut, repetitions] of [
  [20, 2_000],
  [100, 1_000],
  [1_000, 200],
  [20_000, 20],
] as const)
  test(`with ${heldOut.toLocaleString("en-US")} held-out connections of simulated traffic both detectors together keep the budget`, async () => {
    const { usual } = await scored;
    const random = createRandom(heldOut, "budget");
    const fresh = 100;
    for (const rate of [0.05, 0.01]) {
      const shares = new Float64Array(repetitions);
      let promised = 0;
      for (let i = 0; i < repetitions; i++) {
        const thresholds = draw(usual, heldOut, random).map((scores) => chooseThreshold(scores, rate / 2));
        promised = thresholds.reduce((sum, threshold) => sum + promisedRate(threshold), 0);
        const scores = draw(usual, fresh, random);
        for (let row = 0; row < fresh; row++)
          if (thresholds.some(({ value }, k) => scores[k][row] > value)) shares[i] += 1 / fresh;
      }
      const mean = shares.reduce((sum, share) => sum + share, 0) / repetitions;
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (repetitions - 1);
      assert.ok(mean > 0);
      assert.ok(mean <= promised + 4 * Math.sqrt(variance / repetitions), `${mean} of ${promised}`);
      if (heldOut + 1 >= 2 / rate) assert.ok(promised <= rate);
    }
  });

for (const [heldOut, repetitions] of [
  [100, 400],
  [1_000, 100],
  [20_000, 10],
] as const)
  test(`with ${heldOut.toLocaleString("en-US")} held-out connections the false discovery rate holds of both detectors' p-values`, async () => {
    const { usual, attacks } = await scored;
    const random = createRandom(heldOut, "false discoveries");
    for (const [attackCount, rate] of [
      [0, 0.1],
      [30, 0.1],
      [100, 0.2],
    ]) {
      const shares = new Float64Array(repetitions);
      let found = 0;
      for (let i = 0; i < repetitions; i++) {
        const thresholds = draw(usual, heldOut, random).map((scores) => chooseThreshold(scores, 0.01));
        const judge = (scores: Scores) =>
          combinedPValues(scores.map((own, k) => pValues(own, thresholds[k])));
        const known = judge(draw(attacks, attackCount, random));
        const flags = falseDiscoveryVerdicts(
          Float64Array.of(...known, ...judge(draw(usual, 300, random))),
          rate,
        );
        const count = flags.reduce((sum, flag) => sum + flag, 0);
        const isFalse = flags.subarray(attackCount).reduce((sum, flag) => sum + flag, 0);
        shares[i] = isFalse / Math.max(1, count);
        found += (count - isFalse) / repetitions;
      }
      const mean = shares.reduce((sum, share) => sum + share, 0) / repetitions;
      const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (repetitions - 1);
      assert.ok(mean <= rate + 4 * Math.sqrt(variance / repetitions), `${mean} of ${rate}`);
      if (attackCount === 100) assert.ok(found > 10, `${found} attacks found`);
    }
  });
