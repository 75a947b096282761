import { type Exercise, list, number, parts, word } from "../exercise";

export const autoencoderExercises: { readonly [number: string]: Exercise } = {
  "4-1": {
    answer: number({
      truth: { real: 105, simulated: 120 },
      tolerance: 8,
      mistakes: {
        120: "That is what was allowed. How many were run before the loss stopped falling?",
        30: "That is the default: give `epochs: 120`.",
      },
    }),
    hints: [
      "`epochs` is an upper bound: training ends early where the validation loss has stopped falling.",
      "`detector.history` has an entry for each epoch that was run.",
    ],
  },
  "4-2": {
    answer: number({
      truth: { real: 0.1994, simulated: 0 },
      tolerance: 0.01,
      share: true,
      mistakes: {
        1: "That is the recall of the clean network. Is there really smurf among the rows to fit on?",
      },
    }),
    hints: [
      "Replace 200 of the 20,000 rows by rows of smurf, drawn at random: `permutation` with a seed draws them.",
      "The threshold comes from the held-out normal rows again, scored by the new network.",
      "`verdictMetrics(scores, labels(test), threshold).recallByAttack.smurf`",
    ],
  },
  "4-3": {
    answer: list<string>({
      truth: { real: ["back", "satan", "warezmaster"], simulated: ["mscan"] },
      of: "attack types",
      ordered: false,
      mistakes: [
        {
          answer: ["back", "warezmaster"],
          word: "These are the plausible two: they stand out by their bytes. One more type loses, by a little less.",
        },
      ],
    }),
    hints: [
      "Fit once with the default preprocessing, once with `logarithm: []`; nothing else may differ.",
      "Compare `recallByAttack` at a budget of 5 %, each with its own threshold.",
      "Only types with at least 50 rows that lose more than 0.02 count.",
    ],
  },
  "4-4": {
    answer: parts({
      threshold: number({
        truth: { real: 0.0229, simulated: 0.033 },
        tolerance: 0.0005,
        mistakes: { 0.003: "That is the budget, a share of normal rows. Which score do so many exceed?" },
      }),
      falseAlarms: number({
        truth: { real: 1573, simulated: 250 },
        tolerance: 40,
        mistakes: {
          300: "That is what was promised. Count what the threshold does on the normal rows of the test file.",
        },
      }),
    }),
    hints: [
      "300 of 100,000 are a budget of 0.003.",
      "`chooseThreshold(heldOutScores, budget).value` is the threshold.",
      "`verdictMetrics` gives the false-alarm rate on the test file; 100,000 times that are the alarms of a day.",
    ],
  },
  "4-5": {
    answer: word({
      truth: { real: "count", simulated: "service" },
      mistakes: {
        service: "It is often among the first, but another feature is first more often.",
        wrong_fragment: "It is conspicuous, but seldom. Count all false alarms.",
      },
    }),
    hints: [
      'The false alarms are the rows labelled "normal" whose score is above the threshold at 1 %.',
      "`rowReasons(model, test, row, typicalTexts(train, fitRows))[0].feature` is the first reason of a row.",
      "Count the first reasons in a `Map`, and take the most frequent one.",
    ],
  },
};
