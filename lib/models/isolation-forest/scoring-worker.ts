import { type MessagePort, parentPort } from "node:worker_threads";
import { type SharedTask, scoreHere } from "./scoring-pool";

parentPort?.on("message", ({ task, port }: { task: SharedTask; port: MessagePort }) => {
  scoreHere(task);
  port.postMessage("done");
});
