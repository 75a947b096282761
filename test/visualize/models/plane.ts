// A small cloud in the plane with one lonely point, and a forest on it, for the tests of figures.
import { before } from "node:test";
import { createRandom, fitIsolationForest, type IsolationForest, type Matrix } from "traffic-anomaly";

const random = createRandom(1, "test plane");
export const lonely = [5, 5];
export const cloud: Matrix = {
  rows: 101,
  columns: ["x", "y"],
  data: Float32Array.from([...Array.from({ length: 200 }, () => random.uniform()), ...lonely]),
};
export let forest: IsolationForest;
before(async () => {
  forest = await fitIsolationForest(cloud, { trees: 5, sampleSize: 32, seed: 1 });
});
export const caption = { protocol: "fit and drawn on the same rows" };
