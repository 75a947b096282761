// `npx tsx test/bench/lab-memory.ts [NOTEBOOK…]`: what notebooks hold that stand open together, 3 and 5 if none is named.
// JupyterLab's server runs beside them, each has a kernel, and one after the other is run from the top. Processes share
// memory, which counts in parts (PSS, proportional set size). A kernel's browser, which draws its pictures, counts too, until
// it ends half a minute after the last one; a reader's does not. Only Linux tells the sizes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { projectPath } from "traffic-anomaly/dist/common/project";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { codeCells, notebookName, readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";
import { failureOf } from "traffic-anomaly/dist/notebook/tools/runner";
import { runScript } from "./data";

/** After which the browsers have ended, in milliseconds. */
const rest = 40_000;

runScript(async () => {
  const names = process.argv.length > 2 ? process.argv.slice(2) : ["03", "05"];
  const files = await findNotebooks(names, projectPath("notebooks"));
  const lab = spawn("jupyter", ["lab", "--no-browser", "--allow-root", "--port=0"], { stdio: "ignore" });
  const kernels: Kernel[] = [];
  try {
    for (const file of files) kernels.push(await Kernel.create(dirname(file)));
    const processes = [lab.pid, ...kernels.map(({ pid }) => pid)] as number[];
    let peak = { bytes: 0, where: "" };
    let where = "";
    const watch = setInterval(() => {
      const bytes = sum(processes.map(heldBy));
      if (bytes > peak.bytes) peak = { bytes, where };
    }, 250);
    for (const [i, file] of files.entries()) {
      for (const [cell, { source }] of codeCells(await readNotebook(file)).entries()) {
        where = `cell [${cell + 1}] of ${notebookName(file)}`;
        const failure = failureOf(await kernels[i].execute(source), { timeoutSeconds: 0 });
        if (failure) throw new Error(`${where}: ${failure}`);
      }
    }
    clearInterval(watch);
    console.log(`at most ${megabytes(peak.bytes)}, in ${peak.where}`);
    await sleep(rest);
    const held = processes.map(heldBy);
    const each = ["JupyterLab", ...files.map(notebookName)].map((name, i) => `${name} ${megabytes(held[i])}`);
    console.log(`at rest ${megabytes(sum(held))}: ${each.join(", ")}`);
  } finally {
    lab.kill();
    await Promise.all(kernels.map((kernel) => kernel.shutdown()));
    await once(lab, "exit");
  }
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}

/** What a process holds, and those that it has started, in bytes. */
function heldBy(pid: number): number {
  try {
    const [, kibibytes] = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8")) ?? [];
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return 1024 * Number(kibibytes) + sum(children.map((child) => heldBy(Number(child))));
  } catch {
    return 0; // it has ended
  }
}
