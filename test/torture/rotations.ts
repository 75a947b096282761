import assert from "node:assert/strict";
import { readAtRandom } from "../detect/follow/read-at-random";
import type { Kind } from "./trial";

/**
 * A log that is rotated, packed, copied and truncated 75 times or so while it is read, between any two operations on
 * files: no line is lost, and without a kill none is read twice.
 */
export const rotations: Kind = {
  fault: "a log rotated in every way while it is followed, with restarts or without",
  times: { long: 200, short: 2 },
  async run(trial, folder, times) {
    for (let seed = 1; seed <= times; seed++) {
      const [restarts, kills] = [0.02, seed % 2 === 0 ? 0.02 : 0];
      await trial.try(`seed ${seed}`, async () => {
        const { lost, doubled } = await readAtRandom(folder, seed, { restarts, kills });
        assert.deepEqual(lost, []);
        if (kills === 0) assert.deepEqual(doubled, []);
      });
    }
  },
};
