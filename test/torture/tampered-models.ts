import { availableParallelism } from "node:os";
import { join } from "node:path";
import { writeModels } from "../tampering/models";
import { tamperings } from "../tampering/tamperings";
import { limits, tryModels } from "../tampering/try-models";
import type { Kind } from "./trial";

/** Model folders that somebody tampered with, by name and at random: refused in a sentence or used, soon and in little memory. */
export const tamperedModels: Kind = {
  fault: "model folders that were tampered with",
  times: { long: 10_000, short: 10 },
  async run(trial, folder, times) {
    const originals = join(folder, "originals");
    await writeModels(originals);
    const byName = times > tamperings.length ? tamperings.map(({ title }) => title) : []; // npm test tries them, too
    const cases = [...byName, ...Array(times).keys()];
    await tryModels(
      cases,
      originals,
      folder,
      availableParallelism(),
      ({ tried, result, message, megabytes }) => {
        const isLarge = megabytes > limits.megabytes;
        trial.count(String(tried), result === "failed" ? message : isLarge ? `${megabytes} MB` : undefined);
      },
    );
  },
};
