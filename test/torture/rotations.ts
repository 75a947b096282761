import assert from "node:assert/strict";
import { readAtRandom } from "../detect/tail/read-at-random";
import type { Kind } from "./trial";

/** A log that is rotated, packed, copied and truncated 75 times or so while it is read: no line is lost, or read twice. */
export const rotations: Kind = {
  fault: "a log rotated in every way while it is followed, with restarts or without",
  times: { long: 200, short: 4 },
  async run(trial, folder, times) {
    for (let seed = 1; seed <= times; seed++) {
      const kills = seed % 2 === 0 ? 0.07 : 0;
      await trial.try(`seed ${seed}`, async () => {
        const { lost, doubled } = await readAtRandom(folder, seed, kills);
        assert.deepEqual(lost, []);
        if (kills === 0) assert.deepEqual(doubled, []);
      });
    }
  },
};
