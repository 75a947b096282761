// What `npm run bench` measures: each work, who does it, what its results must agree in, and what is to be reached.
import type { Peer } from "./peers";

/** Who does a work: this library, on a backend where that matters, or a peer. */
export interface Side {
  readonly name: string;
  /** The packages that it needs; none for this library. */
  readonly needs: readonly Peer[];
  readonly program: "node" | "python";
  /** The autoencoder's backend; the side is left out where it can't be loaded. */
  readonly backend?: "kernel" | "native" | "wasm" | "cpu";
}

/** The same for every side of every work. */
export const parameters = {
  seed: 1,
  /** The forest. */
  trees: 100,
  sampleSize: 16_384,
  /** Of the forests beside npm's, which can have no other. */
  smallSampleSize: 256,
  /** The autoencoder: its hidden layers, how it trains, and the rows at once that peers try when they score. */
  layers: [64, 32, 16, 32, 64],
  batchSize: 512,
  learningRate: 0.001,
  batches: [1024, 4096, 8192, 32_768],
  /** Epochs to train for, of which the last is timed: by then every side has warmed up. */
  epochs: 5,
} as const;

/** What inputs.ts finds out about the data. */
export interface Inputs {
  /** Training and test file, gzip. */
  readonly files: readonly [string, string];
  /** Names of the training file's columns, and which are nominal or 64-bit amounts; the others are 32-bit numbers. */
  readonly features: readonly string[];
  readonly nominal: readonly string[];
  readonly amounts: readonly string[];
  /** Of every matrix. */
  readonly columns: readonly string[];
  /** UNSW-NB15's CSV, where TRAFFIC_DATA has it. */
  readonly unsw?: string;
}

/** What a measuring process is told, as its one argument. */
export interface Task extends Inputs, Readonly<typeof parameters> {
  readonly task: string;
  readonly side: string;
  readonly backend?: Side["backend"];
  readonly threads: number;
  /** A folder that the process may write into, empty at its start. */
  readonly folder: string;
  /**
   * A file of `rows × columns` 32-bit numbers, row-major. The file beside it whose name ends in `.classes` has a byte a
   * row, 1 = attack.
   */
  readonly matrix: string;
  /** The folder of the work's autoencoder, as {@link Autoencoder.save} writes it. */
  readonly model: string;
}

/** What a work found, by name; of a table's columns a second level. */
export type Figures = Readonly<Record<string, number | Readonly<Record<string, number>>>>;

/** What a measuring process answers; all but the seconds only when it was asked to `check`. */
export interface Answer {
  readonly seconds: number;
  readonly peakMegabytes?: number;
  readonly figures?: Figures;
}

/** This side must be at least this many times as fast as that peer, or take this many times less memory. */
export interface Goal {
  readonly side: Side;
  readonly peer: Side;
  readonly faster: number;
  /** Peer's peak memory divided by the side's. */
  readonly smaller?: number;
  /** Default: every number of threads. */
  readonly threads?: number;
}

/** How far two sides' figures may lie apart: absolutely, or as a share of the larger. */
export type Tolerance = { readonly absolute: number } | { readonly relative: number };

export interface Work {
  readonly name: string;
  readonly title: string;
  /** What both programs look it up by. */
  readonly task: string;
  /** The matrix that it works on, if it does on one. */
  readonly matrix?:
    | "forest"
    | "forest.distinct"
    | "autoencoder"
    | "autoencoder.distinct"
    | "autoencoder.normal"
    | "autoencoder.fiftieth";
  /** The autoencoder that every side scores with, or the one whose random weights every side begins to train. */
  readonly model?: "initial" | "trained";
  /** Whether it reads UNSW-NB15; it is left out where that is not there. */
  readonly needsUnsw?: true;
  readonly threads: readonly number[];
  /** Whether each run is the first thing that a process does. Else a process is warmed up and lives through all runs. */
  readonly fresh: boolean;
  readonly sides: readonly Side[];
  readonly goals: readonly Goal[];
  /** Figures that sides must agree in before any time counts, by name; those in `columns` too. */
  readonly agreement: Readonly<Record<string, Tolerance>>;
  /** What is peculiar about this work, for bench.json. */
  readonly remark?: string;
}

const node = (name: string, backend?: Side["backend"]): Side => ({
  name,
  needs: [],
  program: "node",
  ...(backend && { backend }),
});
const python = (name: string, ...needs: readonly Peer[]): Side => ({ name, needs, program: "python" });
const javascript = (name: Peer): Side => ({ name, needs: [name], program: "node" });

const ours = node("traffic-anomaly");
const kernel = node("traffic-anomaly, kernel", "kernel");
const backends = [
  kernel,
  node("TensorFlow.js, native", "native"),
  node("TensorFlow.js, wasm", "wasm"),
  node("TensorFlow.js, cpu", "cpu"),
];
const pandas = python("pandas", "pandas");
const polars = python("polars", "polars");
const pandasAndScikitLearn = python("pandas, scikit-learn", "pandas", "scikit-learn");
const scikitLearn = python("scikit-learn", "scikit-learn");
const isotree = python("isotree", "isotree", "scikit-learn");
const keras = python("Keras", "Keras", "scikit-learn");
const tensorflow = python("TensorFlow", "Keras", "scikit-learn");
const pytorch = python("PyTorch", "PyTorch", "scikit-learn");
const onnxruntime = python("onnxruntime", "onnxruntime", "scikit-learn");
const pythonStudy = python("pandas, scikit-learn, Keras", "pandas", "scikit-learn", "Keras");
const mlIsolationForest = javascript("ml-isolation-forest");
const isolationForest = javascript("isolation-forest");

const exact = { absolute: 0 };
/** Means of five digits' accuracy or better: sums of 32-bit numbers in different orders. */
const rounding = { relative: 1e-5 };
/** Forests of 100 trees on this mix: the standard deviation over seeds is 0.017 (see reproduce.json). */
const forestNoise = { absolute: 0.1 };

const loads = { fresh: true, agreement: { rows: exact, weightedRowSums: rounding, columns: rounding } };
const forests = {
  threads: [1, 2],
  fresh: false,
  sides: [ours, scikitLearn, isotree],
  agreement: { rocAuc: forestNoise, meanScore: { absolute: 0.02 } },
};
const autoencoderScoring = {
  task: "score-autoencoder",
  model: "trained" as const,
  threads: [1, 2],
  fresh: false,
  sides: [kernel, keras, tensorflow, pytorch],
  goals: [keras, pytorch].map((peer) => ({ side: kernel, peer, faster: 1 })),
  agreement: { rocAuc: { absolute: 1e-5 }, meanScore: rounding, weightedScore: rounding },
};

const exportRemark =
  "onnxruntime is given the model as `export` writes it and the features as they are: its time includes preprocessing, the others' does not.";

const isotreeRemark =
  "isotree is given the matrix column by column to fit, which it is faster with, and row by row to score.";

export const works: readonly Work[] = [
  {
    ...loads,
    name: "load",
    title: "load the 10 % set's gzip into typed columns",
    task: "load",
    threads: [1, 2],
    sides: [ours, pandas, polars],
    goals: [
      { side: ours, peer: pandas, faster: 1 },
      { side: ours, peer: polars, faster: 1 / 1.3 },
    ],
    remark: "Ours checks every value and hashes the file; the peers do neither.",
  },
  {
    ...loads,
    name: "read-csv",
    title: "read UNSW-NB15's CSV (82,332 rows, gzip), types inferred",
    task: "read-csv",
    needsUnsw: true,
    threads: [1, 2],
    sides: [ours, pandas, polars],
    goals: [{ side: ours, peer: pandas, faster: 1 / 1.5 }],
    remark:
      "Ours makes codes of names, tells identifiers and labels apart and hashes the file; the peers do neither.",
  },
  {
    name: "import-and-load",
    title: "start, import the library, load the 10 % set's gzip",
    task: "import-and-load",
    threads: [1, 2],
    fresh: true,
    sides: [ours, pandasAndScikitLearn],
    goals: [{ side: ours, peer: pandasAndScikitLearn, faster: 1 }],
    agreement: { rows: exact },
    remark:
      "A whole process: node and `traffic-anomaly` beside python, `import sklearn.ensemble, pandas` and `read_csv`.",
  },
  {
    ...forests,
    name: "fit-and-score-forest",
    title: "fit an isolation forest of 100 trees × 16,384 rows, and score 494,021 rows with it",
    matrix: "forest",
    task: "fit-and-score-forest",
    goals: [
      { side: ours, peer: scikitLearn, faster: 8 },
      { side: ours, peer: isotree, faster: 4 },
    ],
    remark: `Fitting and scoring as below, under one clock. ${isotreeRemark}`,
  },
  {
    ...forests,
    name: "fit-and-score-forest-distinct",
    title: "fit the forest on the distinct rows, and score them",
    matrix: "forest.distinct",
    task: "fit-and-score-forest",
    goals: [],
    remark:
      "KDD'99 repeats rows, and ours grows and scores with those that repeat once; here no row repeats.",
  },
  {
    ...forests,
    name: "fit-forest",
    title: "fit an isolation forest of 100 trees × 16,384 rows",
    matrix: "forest",
    task: "fit-forest",
    goals: [
      { side: ours, peer: scikitLearn, faster: 3 },
      { side: ours, peer: isotree, faster: 1 / 2 },
    ],
    remark: isotreeRemark,
  },
  {
    ...forests,
    name: "score-forest",
    title: "score 494,021 rows with the forest",
    matrix: "forest",
    task: "score-forest",
    sides: [...forests.sides, onnxruntime],
    goals: [
      { side: ours, peer: scikitLearn, faster: 8 },
      { side: ours, peer: isotree, faster: 4 },
    ],
    remark: exportRemark,
  },
  {
    ...forests,
    name: "score-forest-distinct",
    title: "score the distinct rows with the forest",
    matrix: "forest.distinct",
    task: "score-forest",
    goals: [],
    remark: "KDD'99 repeats rows, and ours scores those that repeat once; here no row repeats.",
  },
  {
    name: "train-autoencoder",
    title: "an epoch of the autoencoder on the 97,278 normal rows",
    matrix: "autoencoder.normal",
    model: "initial",
    task: "train-autoencoder",
    threads: [1, 2],
    fresh: false,
    sides: [kernel, keras, pytorch],
    goals: [
      { side: kernel, peer: keras, faster: 1 },
      { side: kernel, peer: pytorch, faster: 1 / 2, threads: 1 },
      { side: kernel, peer: pytorch, faster: 1, threads: 2 },
    ],
    agreement: { loss: { relative: 0.03 } },
    remark:
      "Every side begins with the same weights. The fifth epoch is timed; the loss is the mean over the first: later ones differ by the order of the rows.",
  },
  {
    ...autoencoderScoring,
    name: "score-autoencoder",
    title: "score 494,021 rows with the autoencoder",
    matrix: "autoencoder",
    sides: [...autoencoderScoring.sides, onnxruntime],
    remark: `${exportRemark} Every side scores with the same weights, in batches of the size that it was fastest with in its own warm-up. Keras is \`predict\`; TensorFlow is the same network in a compiled function.`,
  },
  {
    ...autoencoderScoring,
    name: "score-autoencoder-distinct",
    title: "score the distinct rows with the autoencoder",
    matrix: "autoencoder.distinct",
    goals: [],
    remark: "As above, where no row repeats.",
  },
  {
    name: "train-backends",
    title: "an epoch of the autoencoder on 9,881 rows, by each backend",
    matrix: "autoencoder.fiftieth",
    model: "initial",
    task: "train-autoencoder",
    threads: [1],
    fresh: false,
    sides: backends,
    goals: [],
    agreement: { loss: { relative: 1e-4 } },
    remark:
      "The kernel beside TensorFlow.js as it is. The same weights at the start, the same batches, the same steps.",
  },
  {
    ...autoencoderScoring,
    name: "score-backends",
    title: "score 9,881 rows with the autoencoder, by each backend",
    matrix: "autoencoder.fiftieth",
    threads: [1],
    sides: backends,
    goals: [],
    remark: "The kernel beside TensorFlow.js as it is, with the same weights.",
  },
  {
    name: "study",
    title: "the whole study, gzip to metrics",
    task: "study",
    threads: [2],
    fresh: true,
    sides: [kernel, pythonStudy],
    goals: [{ side: kernel, peer: pythonStudy, faster: 3, smaller: 1 }],
    agreement: {
      "corrected, isolation forest, rocAuc": { absolute: 0.02 },
      "corrected, autoencoder, rocAuc": { absolute: 0.03 },
      "corrected, autoencoder, f1": { absolute: 0.03 },
      "corrected, autoencoder, averagePrecision": { absolute: 0.03 },
      "corrected, autoencoder, deduplicated rocAuc": { absolute: 0.01 },
      "corrected, PCA, rocAuc": { absolute: 0.01 },
      "corrected, count, rocAuc": { absolute: 1e-9 },
      "mixed, isolation forest, rocAuc": forestNoise,
      "http, isolation forest, rocAuc": { absolute: 0.01 },
      "sf, isolation forest, rocAuc": { absolute: 0.03 },
    },
    remark:
      "What `npm start` computes, but for the protocols of deep papers: both files, three protocols, baselines, metrics.json and predictions.parquet; no pictures, no saved models. Ours also computes the combined detector, Mahalanobis, ECOD, p-values and what training never saw, which Python's does not. See study.ts and study.py.",
  },
  {
    name: "javascript-forest",
    title: "fit a forest on 5,000 normal rows and score 10,000",
    matrix: "forest",
    task: "javascript-forest",
    threads: [1],
    fresh: false,
    sides: [ours, mlIsolationForest, isolationForest],
    goals: [],
    agreement: {},
    remark: "No agreement is asked for: `javascriptPeers` says what they get wrong.",
  },
];
