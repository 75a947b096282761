// Run by thread.test.ts with failing-thread.cjs preloaded and names of calls: trains or scores in threads that fail, and prints what became of
// each call, one JSON value a line.
const threads = require("node:worker_threads");

const workers = [];
threads.Worker = class extends threads.Worker {
  constructor(...parameters) {
    super(...parameters);
    workers.push(this);
  }
};
const { fitAutoencoder, fitIsolationForest } = require("traffic-anomaly");

const [rows, width] = [20_000, 20];
const data = Float32Array.from({ length: rows * width }, (_, i) => Math.sin(i * i));
const matrix = { rows, columns: Array.from({ length: width }, (_, i) => `column ${i}`), data };
const train = (signal) => fitAutoencoder(matrix, { epochs: 8, patience: 0, workers: 3, signal });

async function main() {
  const forest = await fitIsolationForest(matrix);
  const network = await train();
  const calls = {
    train,
    forest: (signal) => forest.score(matrix, { workers: 3, signal }),
    network: (signal) => network.score(matrix, { workers: 3, signal }),
  };
  const scores = { forest: await calls.forest(), network: await calls.network() };
  for (const worker of workers.splice(0)) await worker.terminate();

  for (const call of process.argv.slice(2)) {
    const work = calls[call];
    for (const [how, at] of [
      ["memory", 1],
      ["bug", 2],
      ["exit", 1],
      ["exit", 2],
      ...(call === "train" ? [["memory", 500]] : [["heap", 2]]),
      ["sleep", 2],
      ["terminated", 2],
    ]) {
      Object.assign(process.env, { FAIL_HOW: how === "terminated" ? "sleep" : how, FAIL_AT: String(at) });
      const started = performance.now();
      const abort = new AbortController();
      if (how === "sleep") setTimeout(() => abort.abort(new Error("enough")), 300);
      if (how === "terminated") setTimeout(() => workers.forEach((worker) => void worker.terminate()), 300);
      const outcome = await work(abort.signal).then(
        () => "no error",
        ({ name, message }) => `${name}: ${message}`,
      );
      for (const worker of workers.splice(0)) await worker.terminate();
      console.log(JSON.stringify({ call, how, at, outcome, seconds: (performance.now() - started) / 1000 }));
    }
    process.env.FAIL_HOW = "";
    const result = await work();
    for (const worker of workers.splice(0)) await worker.terminate();
    const same =
      call === "train"
        ? result.history.length === 8
        : Buffer.from(result.buffer).equals(Buffer.from(scores[call].buffer));
    console.log(JSON.stringify({ call, outcome: same ? "works" : "other results" }));
  }
}
const alive = setInterval(() => {}, 1000); // terminated threads no longer keep the process alive
void main().finally(() => clearInterval(alive));
