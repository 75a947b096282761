import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createRandom } from "traffic-anomaly";
import { contents, traffic } from "../cli/command";
import { dayOf, writeLog } from "../detect/network";
import type { Kind } from "./trial";

const preload = join(__dirname, "..", "fixtures", "failing-thread.cjs");

/** Threads that end, throw or run out of memory at any moment of training or scoring: an error of the command, in time. */
export const failingThreads: Kind = {
  fault: "threads that fail in train and score",
  times: { long: 100, short: 1 },
  async run(trial, folder, times) {
    await writeLog(join(folder, "usual.log"), dayOf(4500));
    const workers = ["--workers", "3", "--quiet"];
    const commands = {
      train: ["train", "usual.log", "--out", "models/office", "--epochs", "20", ...workers],
      score: ["score", "usual.log", "--model", "models/office", "--out", "alerts.json", ...workers],
    };
    for (const parameters of [commands.train, commands.score])
      assert.equal((await traffic(parameters, { cwd: folder })).code, 0);
    const before = contents(folder);
    for (let number = 0; number < times; number++) {
      const random = createRandom(number, "failing threads");
      const how = ["memory", "heap", "bug", "exit"][random.integer(4)];
      const command = (["train", "score"] as const)[random.integer(2)];
      let at = 1 + random.integer(command === "train" ? 100 : 2);
      await trial.try(`${number}: ${how} at ${at} of ${command}`, async () => {
        let outcome = await fail(how, at);
        for (; outcome.code === 0 && at > 1; outcome = await fail(how, at)) at = Math.ceil(at / 2); // it had ended before
        assert.ok(!outcome.isLate, "no end after a minute");
        assert.equal(outcome.code, 1, outcome.stderr.slice(-500));
        assert.match(
          outcome.stderr,
          how === "bug" ? /nothing is not a function/ : /^error: a thread [^\n]*\n$/,
        );
        assert.deepEqual(contents(folder), before);
      });

      async function fail(how: string, at: number) {
        const env = {
          NODE_OPTIONS: `--require ${JSON.stringify(preload)}`,
          FAIL_HOW: how,
          FAIL_AT: String(at),
        };
        let isLate = false;
        let late: NodeJS.Timeout | undefined;
        const started = (child: ChildProcess) => {
          late = setTimeout(() => {
            isLate = true;
            child.kill("SIGKILL");
          }, 60_000);
        };
        const outcome = await traffic(commands[command], { cwd: folder, env, started });
        clearTimeout(late);
        return { ...outcome, isLate };
      }
    }
  },
};
