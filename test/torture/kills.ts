import { join } from "node:path";
import { createRandom } from "traffic-anomaly";
import { killable, prepareInputs, writers } from "../cli/kills";
import type { Kind } from "./trial";

/** Every command that writes, killed right after each of its changes to the disk: all old results, or all new ones. */
export const killsAfterChanges: Kind = {
  fault: "kill -9 after each change to the disk, of each command that writes",
  times: { long: Number.POSITIVE_INFINITY, short: 1 },
  async run(trial, folder, times) {
    const inputs = join(folder, "inputs");
    await prepareInputs(inputs);
    for (const name of namesOf(times)) {
      const { changes, kill } = await killable(name, inputs, folder);
      const step = Math.max(1, Math.floor(changes / times));
      for (let change = step; change <= changes; change += step)
        await trial.try(`${name} after change ${change} of ${changes}`, () => kill({ change }));
    }
  },
};

/** The same, killed at any moment. */
export const killsAtRandom: Kind = {
  fault: "kill -9 at random moments of commands that write",
  times: { long: 1000, short: 2 },
  async run(trial, folder, times) {
    const inputs = join(folder, "inputs");
    await prepareInputs(inputs);
    const names = namesOf(times);
    for (const [i, name] of names.entries()) {
      const { milliseconds, kill } = await killable(name, inputs, folder);
      for (let number = i; number < times; number += names.length) {
        const share = createRandom(number, "kills").uniform();
        const moment = { milliseconds: Math.round(share * 1.1 * milliseconds) };
        await trial.try(`${name} after ${moment.milliseconds} ms`, () => kill(moment));
      }
    }
  },
};

/** All commands that write, or if there is hardly any time this many of different kinds. */
export function namesOf(times: number): readonly string[] {
  return times > 3 ? Object.keys(writers) : ["train", "score logs", "html"].slice(0, times);
}
