import { type Exercise, number, parts, word } from "../exercise";

// Real: UNSW-NB15.
export const ownTableExercises: { readonly [number: string]: Exercise } = {
  "8-1": {
    answer: word({
      truth: { real: "last", simulated: "random" },
      of: ["last", "random"],
      mistakes: { random: "Read both thresholds once more: which part is less like what was learned?" },
    }),
    hints: [
      '`fitModel(table, isolationForest, { rows, seed, holdOut: "last" })` holds the last fifth of the rows out.',
      "`threshold.value` of both.",
    ],
  },
  "8-2": {
    answer: parts({
      right: number({
        truth: { real: 0.9999, simulated: 0.9895 },
        tolerance: 0.00005,
        share: true,
        mistakes: { 1: "Nearly, but at the ends of the blocks it errs." },
      }),
      rocAuc: number({
        truth: { real: 0.8864, simulated: 0.8892 },
        tolerance: 0.001,
        mistakes: { 0.8685: "That is the forest without the identifier." },
      }),
    }),
    hints: [
      '`types: { id: "numeric" }` makes a feature of a column that would be left out.',
      "The file is in the order of `id`: the nearest known row above is the last one that you passed.",
      "Fit on normal rows, and judge those that were not fitted on with all anomalies.",
    ],
  },
  "8-3": {
    answer: parts({
      forest: number({
        truth: { real: 0.855, simulated: 0.8215 },
        tolerance: 0.001,
        mistakes: { 0.8685: "That is with all features." },
      }),
      autoencoder: number({
        truth: { real: 0.8685, simulated: 0.618 },
        tolerance: 0.001,
        mistakes: { 0.8936: "That is with all features." },
      }),
    }),
    hints: [
      "`exclude: […]` leaves columns out. Mind that naming some replaces what is left out by itself: keep `id` out.",
      "`fitModel(table, detectorKind(name), { rows, seed })` fits either.",
      "Judge the normal rows that were not fitted on, with all anomalies.",
    ],
  },
  "8-4": {
    answer: number({
      truth: { real: 0.143, simulated: 0.143 },
      tolerance: 0.003,
      share: true,
      mistakes: {
        0.05: "That is the share before any value was deleted.",
        0.1: "Each row with a hole is flagged, and some others were before.",
      },
    }),
    hints: [
      "A missing number is `NaN` in a feature's `values`. Copy them: the table itself must stay as it is.",
      '`createRandom(seed, "holes").uniform() < 0.1` says of one row in ten that it loses its value.',
      "`judge(model, table).anomalous` has a 1 for each row that is flagged.",
    ],
  },
};
