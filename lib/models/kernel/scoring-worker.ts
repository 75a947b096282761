import { parentPort } from "node:worker_threads";
import { type SharedTask, scorePieces } from "./scoring-pool";

parentPort?.on("message", (task: SharedTask) => {
  scorePieces(task);
  parentPort?.postMessage("done");
});
parentPort?.on("messageerror", (error) => {
  throw error;
});
