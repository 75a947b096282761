import { power } from "../../common/exact-math";
import { significant } from "../../common/format";
import type { ScoreSteps } from "../../evaluation/curves";
import { modelTitle } from "../palette";
import type { MovableThreshold } from "./report";

/** From one false alarm in 10,000 normal rows to all of them, this many places to a decade. */
const decades = 4;
const perDecade = 30;

/**
 * Thresholds that a slider can stand at: spread over the logarithm of the false-alarm rate, where a detector is used, with the
 * one that was chosen among them.
 *
 * @param name as in `metrics.json`
 * @param threshold rows with a greater score are flagged
 */
export function movableThreshold(
  name: string,
  { thresholds, truePositives, falsePositives, negatives }: ScoreSteps,
  threshold: number,
): MovableThreshold {
  const passed = thresholds.findIndex((score) => score <= threshold);
  const atThreshold = passed < 0 ? thresholds.length : passed;
  const counts = new Set([0, atThreshold, thresholds.length]);
  for (let i = 0, count = 0; i <= decades * perDecade; i++) {
    const rate = power(10, i / perDecade - decades);
    while (count < thresholds.length && falsePositives[count] <= rate * negatives) count++;
    counts.add(count);
  }
  // How many steps are flagged, fewer and fewer: a higher threshold stands further right.
  const places = [...counts].sort((a, b) => b - a);
  const found = (of: Float64Array) => places.map((count) => (count === 0 ? 0 : of[count - 1]));
  return {
    name,
    title: modelTitle(name),
    // Whatever is greater than the first score that passes is flagged; below all scores a little less than the least.
    thresholds: places.map((count) => {
      if (count === atThreshold) return threshold;
      const least = thresholds[thresholds.length - 1];
      return significant(count < thresholds.length ? thresholds[count] : least - Math.abs(least) / 1000, 6);
    }),
    truePositives: found(truePositives),
    falsePositives: found(falsePositives),
    chosen: places.indexOf(atThreshold),
  };
}
