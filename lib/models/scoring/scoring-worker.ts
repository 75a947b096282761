import { type MessagePort, parentPort } from "node:worker_threads";
import { type SharedTask, scorePieces } from "./scoring-pool";

parentPort?.on("message", ({ port, ...task }: SharedTask & { port: MessagePort }) => {
  scorePieces(task);
  port.postMessage("done");
});
