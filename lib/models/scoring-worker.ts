import { type MessagePort, parentPort } from "node:worker_threads";
import { type PooledTask, scoreHere } from "./scoring-pool";

parentPort?.on("message", ({ task, port }: { task: PooledTask; port: MessagePort }) => {
  scoreHere(task);
  port.postMessage("done");
});
