import { mean, standardDeviation } from "simple-statistics";
import { type Exercise, fn, parts, word, yesOrNo } from "../exercise";

const scaled = (values: number[], centre: number, unit: number) =>
  values.map((value) => (unit === 0 ? 0 : (value - centre) / unit));

export const blindSpotsExercises: { readonly [number: string]: Exercise } = {
  "9-1": {
    answer: parts({
      pcaFlags: yesOrNo({
        truth: false,
        no: "PCA sees this point: it lies beside the line, on which nothing is missed.",
      }),
      knnFlags: yesOrNo({ truth: true, no: "kNN takes this point for usual: there are rows close to it." }),
    }),
    hints: [
      "PCA's error is the distance from its line. Where is that 0?",
      "Its line has no ends, the rows have: they lie between −4 and 4.",
      "Go along the diagonal until kNN finds no neighbour nearby.",
    ],
  },
  "9-2": {
    answer: word({
      truth: "Isolation forest",
      of: ["Isolation forest", "Extended forest", "Autoencoder", "PCA", "LOF", "kNN", "Density"],
      mistakes: {
        LOF: "It sees most toys. But look at its worst one.",
        "Extended forest": "It mends the ghosts. But look at *Units*.",
        PCA: "No other has so low a figure as PCA on the *Ring*.",
      },
    }),
    hints: [
      "Go down each column of the table and keep the smallest figure.",
      "Of these seven, the largest is asked for. What may a detector look like that is never the best?",
    ],
  },
  "9-3": {
    answer: fn<[number[]], number[]>({
      expected: "a function (values: number[]) => number[]",
      truth: (values) => scaled(values, mean(values), standardDeviation(values)),
      cases: [
        { name: "1, 2, 3 and 6", input: [[1, 2, 3, 6]] },
        { name: "thousands", input: [[-1000, 0, 5000]] },
        { name: "a constant column", input: [[7, 7, 7]] },
      ],
      mistakes: [
        {
          answer: (values) => values.map((value) => value - mean(values)),
          word: "The mean is 0. The deviation is not yet 1.",
        },
        {
          answer: (values) => values.map((value) => value / (standardDeviation(values) || 1)),
          word: "The deviation is 1. The mean is not yet 0.",
        },
        {
          answer: (values) => scaled(values, mean(values), standardDeviation(values) ** 2),
          word: "Divide by the standard deviation, which is the root of the variance.",
        },
        {
          answer: (values) => values.map((value) => (value - mean(values)) / standardDeviation(values)),
          word: "A constant column has the deviation 0, by which nothing can be divided: give zeros there.",
        },
      ],
    }),
    hints: [
      "Subtract the mean first: then the mean of what is left is 0.",
      "Dividing by a number divides the standard deviation by it, too.",
      "`mean` and `standardDeviation` are in simple-statistics; compute them once, not for each value.",
    ],
  },
};
