import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "traffic-anomaly";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { makePlace, press } from "../cli/pressing";
import { endless } from "../notebooks/endless";
import { interrupt } from "../notebooks/workspace";
import type { Kind } from "./trial";

/** Stop, pressed at a random moment after Run, while two other processes take the processors: the cell ends, the next one runs. */
export const stops: Kind = {
  fault: "Stop pressed at random moments after Run, on a busy machine",
  times: { long: 120, short: 3 },
  async run(trial, folder, times) {
    const busy = [0, 1].map(() => spawn(process.execPath, ["-e", "for (;;);"]));
    const kernel = await Kernel.create(folder);
    const cells = Object.entries(endless);
    try {
      for (let number = 0; number < times; number++) {
        const [name, code] = cells[number % cells.length];
        const milliseconds = Math.round(1000 * createRandom(number, "stops").uniform() ** 3); // most soon after Run
        await trial.try(`${name} after ${milliseconds} ms`, async () => {
          const running = kernel.execute(code);
          await sleep(milliseconds);
          interrupt(kernel);
          assert.equal((await running).status, "error");
          await sleep(300); // tslab takes no cell for 200 ms
          assert.equal((await kernel.execute("1 + 1")).status, "ok");
        });
      }
    } finally {
      await kernel.shutdown();
      for (const child of busy) child.kill("SIGKILL");
    }
  },
};

/** Ctrl+C, SIGTERM or SIGHUP at a random moment of any command, once or twice: it ends in 2 s and leaves all as it was. */
export const signals: Kind = {
  fault: "Ctrl+C or another signal, once or twice, at random moments of every command",
  times: { long: 300, short: 2 },
  async run(trial, folder, times) {
    const place = await makePlace(folder);
    const names = Object.keys(place.commands);
    try {
      for (let number = 0; number < times; number++) {
        const random = createRandom(number, "signals");
        const name = names[number % names.length];
        const signal = (["SIGINT", "SIGTERM", "SIGHUP"] as const)[random.integer(3)];
        const delays = [
          4000 * random.uniform() ** 2,
          ...(random.integer(2) === 0 ? [400 * random.uniform()] : []),
        ];
        const { code, milliseconds, traces, stderr } = await press(
          place,
          name,
          delays.map(Math.round),
          signal,
        );
        await trial.try(`${name}, ${signal} after ${delays.map(Math.round).join(" + ")} ms`, () => {
          assert.ok([0, 129, 130, 143].includes(code), `exit code ${code}: ${stderr}`);
          assert.deepEqual(traces, []);
          const share = Math.min(1, availableParallelism() / loadavg()[0]); // of a processor, on a busy machine
          assert.ok(milliseconds <= 2000 / share, `${milliseconds.toFixed()} ms`);
        });
      }
    } finally {
      place.close();
    }
  },
};
