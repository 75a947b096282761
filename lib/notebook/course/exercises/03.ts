import { type Exercise, number, parts, yesOrNo } from "../exercise";

export const isolationForestExercises: { readonly [number: string]: Exercise } = {
  "3-1": {
    answer: number({
      truth: 0.5,
      tolerance: 1e-6,
      mistakes: {
        1: "That is the path length E[h] of every row. The score is made from it.",
        0: "No score is 0: a path would have to be endless for that.",
        2: "A score lies between 0 and 1.",
      },
    }),
    hints: [
      "Grow the tree in your mind: two rows, one cut. How deep is each leaf, and how many rows does it hold?",
      "c(1) = 0 and c(2) = 1: so what is the path length, if the two rows differ, and what if they are equal?",
      "Put both into the score's formula, with c(ψ) = c(2).",
    ],
  },
  "3-2": {
    answer: number({
      truth: { real: 1000, simulated: Number.POSITIVE_INFINITY },
      mistakes: {
        100: "With 100 rows ROC AUC is still within 0.01 of what it was. Look on.",
        10000: "It is far down there. But it has fallen before, with every seed.",
        10: "Compare with no smurf row, seed by seed: the difference is less than 0.01.",
      },
    }),
    hints: [
      "Add the first n rows of smurf to `fitRows`, and judge the *other* smurf rows against the held-out normal ones.",
      "Fit with three seeds for each n, and compare each with the forest of the same seed without smurf.",
      "How many smurf rows does a tree of 16,384 rows draw, if n of some 78,000 are smurf?",
    ],
  },
  "3-3": {
    answer: parts({
      scale: yesOrNo({
        truth: false,
        no: "A cut is drawn uniformly between the least and the greatest value: multiply all by ten, and the cut moves along.",
      }),
      logarithm: yesOrNo({
        truth: true,
        no: "Where do cuts fall among 1, 2, 3 and 1,000,000? And among their logarithms? Compare the forests' scores, not only ROC AUC.",
      }),
    }),
    hints: [
      "Between which rows does a cut fall that is drawn uniformly from the range of a column?",
      "Multiplying a column stretches all gaps by the same factor.",
      "A logarithm makes gaps between large values small. Does a uniform cut hit the same gaps as often as before?",
    ],
  },
  "3-4": {
    answer: number({
      truth: { real: 0.9989, simulated: 0.9869 },
      tolerance: 0.0005,
      mistakes: {
        0.7641: "That is the forest's. How well does the one right column do, read as a score?",
        0.0011: "Many bytes are suspicious: do not turn the sign.",
      },
    }),
    hints: [
      "`explainRow(model, train, row)` lists the features' contributions to a score. Which of them is the attack itself?",
      "`back` is a request of some 54,000 bytes.",
      "Take `src_bytes` itself as the score of the `back` rows and the held-out normal rows, and compute ROC AUC.",
    ],
  },
};
