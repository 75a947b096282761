// The isolation forests of npm, and what experiments show that they get wrong.
import { averagePathLength, createRandom, fitIsolationForest, type Matrix } from "traffic-anomaly";
import { requirePeer } from "./peers";

type Row = ArrayLike<number> | Readonly<Record<string, number>>;

interface Fitted {
  /** Scores, one a row; higher = more anomalous. */
  readonly predict: (rows: readonly Row[]) => number[];
  /** Rows in the leaves of the first tree: as many as it was grown on. */
  readonly grownOn: () => number;
}

interface PeerForest {
  /** Levels of splits that it allows in a tree of 256 rows, as its source says; the paper's limit is 8. */
  readonly levels: number;
  /** The matrix as it takes it. */
  readonly rows: (matrix: Matrix) => Row[];
  readonly fit: (rows: readonly Row[], trees: number, sampleSize: number) => Fitted;
}

interface MlNode {
  readonly left?: MlNode;
  readonly right?: MlNode;
  readonly trainingSet?: readonly Row[];
}

interface OtherNode {
  readonly leftChild?: OtherNode;
  readonly rightChild?: OtherNode;
  readonly size: () => number;
}

export type PeerName = "ml-isolation-forest" | "isolation-forest";

export const peers: Readonly<Record<PeerName, PeerForest>> = {
  "ml-isolation-forest": {
    levels: 9,
    rows: ({ rows, columns: { length: width }, data }) =>
      Array.from({ length: rows }, (_, row) => Array.from(data.subarray(row * width, (row + 1) * width))),
    // It has no sample size.
    fit: (rows, trees) => {
      const { IsolationForest } = requirePeer("ml-isolation-forest");
      const forest = new IsolationForest({ nEstimators: trees });
      forest.train(rows);
      const leaves = ({ left, right, trainingSet }: MlNode): number =>
        left && right ? leaves(left) + leaves(right) : (trainingSet?.length ?? 0);
      return { predict: (rows) => forest.predict(rows), grownOn: () => leaves(forest.forest[0]) };
    },
  },
  "isolation-forest": {
    levels: 8,
    rows: ({ rows, columns, data }) =>
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map((name, i) => [name, data[row * columns.length + i]])),
      ),
    fit: (rows, trees, sampleSize) => {
      const { IsolationForest } = requirePeer("isolation-forest");
      const forest = new IsolationForest(trees, sampleSize);
      forest.fit(rows);
      const leaves = (node: OtherNode): number =>
        node.leftChild && node.rightChild ? leaves(node.leftChild) + leaves(node.rightChild) : node.size();
      return {
        predict: (rows) => forest.predict(rows),
        grownOn: () => leaves(forest.trees[0].getRootNode()),
      };
    },
  },
};

/** What an experiment found with a peer, beside what the paper's definition gives and what this library does. */
export interface Finding {
  readonly experiment: string;
  readonly paper: number;
  readonly ours: number;
  readonly peer: number;
}

/** Experiments on isolation forests of 100 trees and a sample size of 256, where the right answer is known. */
export async function findingsAbout(name: PeerName): Promise<Finding[]> {
  const peer = peers[name];
  const [trees, sampleSize] = [100, 256];
  const fitPeer = (matrix: Matrix) => peer.fit(peer.rows(matrix), trees, sampleSize);
  const fitOurs = (matrix: Matrix) => fitIsolationForest(matrix, { trees, sampleSize, seed: 1 });
  const seconds = async (work: () => unknown) => {
    const started = performance.now();
    await work();
    return (performance.now() - started) / 1000;
  };

  const scattered = uniformMatrix(2_000);
  const [first, second] = [0, 1].map(() => fitPeer(scattered).predict(peer.rows(scattered)));
  const [ourFirst, ourSecond] = [
    await (await fitOurs(scattered)).score(scattered),
    await (await fitOurs(scattered)).score(scattered),
  ];
  const largestDifference = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Array.from(a, (value, i) => Math.abs(value - b[i])).reduce((most, value) => Math.max(most, value), 0);

  const equal: Matrix = { rows: 256, columns: ["a", "b"], data: new Float32Array(2 * 256) };
  const [scoreOfEqual] = fitPeer(equal).predict(peer.rows(equal));
  const [ourScoreOfEqual] = await (await fitOurs(equal)).score(equal);

  const [few, many] = [1_000, 8_000].map(uniformMatrix);
  const secondsOfPeer = (matrix: Matrix) => {
    const rows = peer.rows(matrix);
    return seconds(() => peer.fit(rows, trees, sampleSize));
  };
  const [peerFew, peerMany] = [await secondsOfPeer(few), await secondsOfPeer(many)];
  const ourFew = await seconds(() => fitOurs(few));
  const ourMany = await seconds(() => fitOurs(many));

  return [
    {
      experiment: "rows that a tree is grown on, of 2,000",
      paper: sampleSize,
      ours: (await fitOurs(scattered)).settings.sampleSize,
      peer: fitPeer(scattered).grownOn(),
    },
    {
      experiment: "seconds to fit 8,000 rows, divided by those for 1,000",
      paper: 1,
      ours: ourMany / ourFew,
      peer: peerMany / peerFew,
    },
    {
      experiment: "score of each of 256 equal rows, which cannot be split",
      paper: 0.5,
      ours: ourScoreOfEqual,
      peer: scoreOfEqual,
    },
    {
      // Equal rows are split into all and none until the limit, so −log₂(score) = (levels + c) / c.
      experiment: "c(256), the average path length that scores are measured by",
      paper: 2 * (Math.log(255) + 0.5772156649) - (2 * 255) / 256,
      ours: averagePathLength(256),
      peer: peer.levels / (-Math.log2(scoreOfEqual) - 1),
    },
    {
      experiment: "largest difference of a score between two fits of the same rows: there is no seed",
      paper: 0,
      ours: largestDifference(ourFirst, ourSecond),
      peer: largestDifference(first, second),
    },
  ];
}

function uniformMatrix(rows: number): Matrix {
  const random = createRandom(1, "rows for the peers");
  return { rows, columns: ["a", "b"], data: Float32Array.from({ length: 2 * rows }, () => random.uniform()) };
}
