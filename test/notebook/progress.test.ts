import assert from "node:assert/strict";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { createWorkspace, interrupt } from "../notebooks/workspace";
import { printed } from "./printed";

test("progress in a notebook", { skip: process.platform === "win32" }, async (context) => {
  const folder = await createWorkspace(context);
  const epochDone = join(folder, "epoch-done");
  const kernel = await Kernel.create(folder);
  context.after(() => kernel.shutdown());
  const run = async (code: string) => {
    const result = await kernel.execute(code);
    assert.equal(result.status, "ok", printed(result));
    return result;
  };
  await run(`
    import { writeFileSync } from "node:fs";
    import { fitAutoencoder } from "traffic-anomaly";
import { progress } from "traffic-anomaly/notebook";
    const columns = Array.from({ length: 20 }, (_, i) => "column " + i);
    const data = Float32Array.from({ length: 20_000 * 20 }, (_, i) => Math.sin(i));
    const matrix = { rows: 20_000, columns: columns, data: data };
    let epochs = 0;
    let end = "none";
    const onEpoch = () => { epochs++; writeFileSync(${JSON.stringify(epochDone)}, ""); };
    const endless = { seed: 1, epochs: 10_000, patience: 0, onEpoch: onEpoch };
    await fitAutoencoder(matrix, { epochs: 1 }); // loads the kernel`);

  /** Interrupts a cell in the middle of its work, and requires that the work, not only the cell, ends by it. */
  const interrupted = async (code: string) => {
    rmSync(epochDone, { force: true });
    const running = kernel.execute(code);
    let ended = false;
    void running.then(() => {
      ended = true;
    });
    while (!existsSync(epochDone)) {
      assert.ok(!ended, "the cell ended before its first epoch");
      await sleep(20);
    }
    interrupt(kernel);
    const result = await running;
    assert.equal(result.status, "error");
    assert.match(printed(result), /^(Error: )?Interrupted/i); // what frees the cell, or what ends the work
    assert.doesNotMatch(printed(result), /UnhandledPromiseRejection|Uncaught/);
    await sleep(500); // tslab takes no cell for 200 ms
    const [before, how] = printed(await run("[epochs, end].join()"))
      .trim()
      .split(",");
    assert.equal(how, "Error: interrupted");
    await sleep(500);
    assert.equal(printed(await run("epochs")), `${before}\n`);
  };
  const training = `
    end = "none";
    await fitAutoencoder(matrix, { ...endless, ...WORK }).catch((error) => { end = String(error); throw error; });`;

  await context.test("ends the work when the kernel is interrupted; the next cell runs", async () => {
    await interrupted(training.replace("WORK", "progress()"));
    await run("await fitAutoencoder(matrix, { epochs: 1, patience: 0, ...progress() });");
  });

  await context.test("ends a later stage of the same work too, and so again after an interrupt", async () => {
    await interrupted(
      `const work = progress();
       work.onProgress({ stage: "first", done: 1, total: 1 });
       ${training.replace("WORK", "work")}`,
    );
  });

  await context.test("shows one line that updates itself", async () => {
    const { outputs } = await run("await fitAutoencoder(matrix, { epochs: 3, patience: 0, ...progress() });");
    const [shown] = outputs.map((output) => "data" in output && output.data["text/plain"]);
    assert.match(String(shown), /^training the autoencoder: 3 of 3, /);
    assert.equal(outputs.filter((output) => "data" in output).length, 1);
  });
});
