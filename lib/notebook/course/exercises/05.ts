import { type Exercise, number, parts, word } from "../exercise";

export const evaluationExercises: { readonly [number: string]: Exercise } = {
  "5-1": {
    answer: parts({
      forest: number({
        truth: { real: 0.7786, simulated: 0.3984 },
        tolerance: 0.001,
        share: true,
        mistakes: { 0.9192: "That is its recall at 5 % of false alarms, where most alarms are false." },
      }),
      autoencoder: number({
        truth: { real: 0.7758, simulated: 0.558 },
        tolerance: 0.001,
        share: true,
        mistakes: { 0.9417: "That is its recall at 5 % of false alarms, where most alarms are false." },
      }),
      pca: number({ truth: { real: 0.9082, simulated: 0.1572 }, tolerance: 0.001, share: true }),
    }),
    hints: [
      "Each point of a ROC curve is a threshold with a recall (`y`) and a false-alarm rate (`x`).",
      "`precisionAtBaseRate({ recall, falseAlarmRate }, 0.01)` says what its precision would be in your network.",
      "Of the points with a precision of at least one half, take the one with the highest recall.",
    ],
  },
  "5-2": {
    answer: parts({
      precision: number({
        truth: { real: 0.1635, simulated: 0.1343 },
        tolerance: 0.005,
        share: true,
        mistakes: { 0.9878: "That is the precision on the file as it is, with four attacks in five rows." },
      }),
      averagePrecision: number({
        truth: { real: 0.5344, simulated: 0.4834 },
        tolerance: 0.02,
        share: true,
        mistakes: { 0.99: "That is the file as it is. With few attacks average precision falls, too." },
      }),
    }),
    hints: [
      "One attack for 99 normal rows: how many attack rows are to be drawn?",
      "`sampleWithoutReplacement(attacks.length, wanted, random)` draws positions; give each draw a `createRandom` of its own.",
      "`evaluate({ scores, labels, threshold })` of the drawn rows with all normal ones; then the mean of ten draws.",
    ],
  },
  "5-3": {
    answer: parts({
      decisive: word({
        truth: "dos",
        of: ["dos", "probe", "r2l", "u2r"],
        mistakes: {
          r2l: "That is the hardest category. Which one has the rows that make the overall figure?",
        },
      }),
      better: word({
        truth: { real: "isolation-forest", simulated: "isolation-forest" },
        of: ["isolation-forest", "autoencoder"],
        mistakes: { autoencoder: "Compare the two in the column of R2L." },
      }),
    }),
    hints: [
      "The attacks of one category against *all* normal rows: choose these rows and take ROC AUC on them.",
      "Which share of the attack rows belongs to each category? (Notebook 1 has a table.)",
    ],
  },
  "5-4": {
    answer: number({
      truth: { real: 0.9803, simulated: 0.9356 },
      tolerance: 0.00006,
      mistakes: {
        0.9818:
          "That is the library's combined detector, the weighted mean of −log p-values. Ranks are asked for.",
        0.978: "That is the autoencoder alone.",
        0.9817: "That is the forest alone.",
      },
    }),
    hints: [
      "Scores of different kinds cannot be added; their ranks can.",
      "Sort the values, and remember the first place of each in a `Map`: equal scores get equal ranks.",
      "ROC AUC asks for the order only: the sum of two ranks does as well as their mean.",
    ],
  },
  "5-5": {
    answer: parts({
      rows: number({
        truth: { real: 69_959, simulated: 35_267 },
        mistakes: {
          77291: "Duplicates are gone, but rows that training holds are still there.",
          129890: "Rows that training holds are gone, but not the duplicates.",
        },
      }),
      best: word({
        truth: { real: "combined", simulated: "combined" },
        mistakes: {
          "baseline:principal-components": "It is near the top over all rows. And over these?",
          autoencoder: "It is the better one of the two models, but not the best of the eight.",
        },
      }),
    }),
    hints: [
      "An `ANTI JOIN` keeps the rows of one table that have no partner in another.",
      "`SELECT min(row) … FROM test ANTI JOIN train USING (…) GROUP BY …, label` gives one row of each group.",
      "Then ROC AUC on these rows, for each of the eight detectors.",
    ],
  },
};
