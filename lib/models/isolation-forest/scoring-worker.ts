import { type MessagePort, parentPort } from "node:worker_threads";
import { meanPathLengths } from "./path-length";
import type { ScoringTask } from "./scoring-pool";

parentPort?.on("message", ({ task, port }: { task: ScoringTask; port: MessagePort }) => {
  meanPathLengths(task.nodes, task.data, task.width, task.start, task.end, task.result);
  port.postMessage("done");
});
