import { type MessagePort, parentPort } from "node:worker_threads";
import { type ScoringTask, scoreHere } from "./scoring-pool";

parentPort?.on("message", ({ task, port }: { task: ScoringTask; port: MessagePort }) => {
  scoreHere(task);
  port.postMessage("done");
});
