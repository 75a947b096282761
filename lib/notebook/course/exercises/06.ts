import { type Exercise, number, parts, word } from "../exercise";

export const visualizationExercises: { readonly [number: string]: Exercise } = {
  "6-1": {
    answer: number({
      truth: { real: 0.1539, simulated: 0.3268 },
      tolerance: 0.001,
      share: true,
      mistakes: { 0.1209: "That is the forest's.", 0.3753: "That is the autoencoder's." },
    }),
    hints: [
      '`thresholdSliderFigure({ name, scores, labels, threshold, axisTitle })` draws one; PCA\'s scores need `scale: "log"`.',
      "A clump just left of the line is what a slightly lower threshold would find.",
      "`verdictMetrics(scores, labels, threshold).recallByCategory.r2l` says it in a number.",
    ],
  },
  "6-2": {
    answer: number({
      truth: { real: 0.033, simulated: 0.0336 },
      tolerance: 0.0005,
      share: true,
      mistakes: {
        0.05: "With 5 % each, more than 5 % are flagged by at least one of the two.",
        0.025:
          "Half for each would be right if no row were flagged by both. Some are, so that each may have more.",
      },
    }),
    hints: [
      "`chooseThreshold(heldOutScores, budget)` gives each model's line for a budget. Which share of the held-out normal rows lies above either?",
      "That share grows with the budget: halve the interval between 0.001 and 0.05 until it fits.",
      "Thirty halvings are plenty.",
    ],
  },
  "6-3": {
    answer: word({
      truth: "among",
      of: ["among", "apart"],
      mistakes: {
        apart:
          "They have clumps of their own, as every type has. But where do these lie, seen from the clumps of known types?",
      },
    }),
    hints: [
      "`groups` takes a column of names: one code for each row that is drawn.",
      "Normal, known attack type, new attack type: `labels(train).categories` holds the known ones.",
    ],
  },
  "6-4": {
    answer: word({
      truth: { real: "snmpgetattack", simulated: "snmpguess" },
      mistakes: {
        warezmaster: "Some of it is missed, but its lowest scores are not the lowest of all.",
        guess_passwd: "The autoencoder finds nearly all of it. Sort by the score, lowest first.",
      },
    }),
    hints: [
      "Choose the distinct rows whose category is `r2l`, and sort them by the autoencoder's score.",
      "`rowReasons(model, test, row, usual)` explains one; `reasonText` makes a line of it.",
    ],
  },
  "6-5": {
    answer: parts({
      forest: word({
        truth: { real: "count", simulated: "diff_srv_rate" },
        mistakes: {
          service: "That is the autoencoder's.",
          flag: "So an expert might say. Count what the forest says, over all the rows that you drew.",
        },
      }),
      autoencoder: word({
        truth: { real: "service", simulated: "same_srv_rate" },
        mistakes: { count: "That is the forest's." },
      }),
    }),
    hints: [
      "Draw 200 distinct rows of neptune, and take the first of `rowReasons` for each and either model.",
      "Count the first reasons in a `Map`.",
    ],
  },
};
