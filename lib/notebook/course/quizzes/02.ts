import type { Question } from "../question";

export const preprocessingQuiz: readonly Question[] = [
  {
    ask: "Rows are compared by squared distance, with bytes as they are and `logged_in` as 0 or 1. Which rows are near each other?",
    options: [
      {
        text: "Those that agree in most features.",
        because:
          "Agreement in forty features is worth less than one byte more: a difference of 1,000 bytes adds a million to the sum, one of `logged_in` adds 1.",
      },
      {
        text: "Those with about the same number of bytes, whatever else they are.",
        right: true,
        because:
          "Two columns made 99.9 % of every distance. Scaling is not cosmetics: it decides what the word *near* means.",
      },
      {
        text: "It does not matter: a detector learns the weights of the columns by itself.",
        because: "A distance has no weights to learn. Whoever prepares the columns has chosen them.",
      },
    ],
  },
  {
    ask: "After min-max scaling a test row has the value 316 in a column whose training values lie in [0, 1]. What should happen to it?",
    options: [
      {
        text: "It should be clipped to 1: a scaled value must lie in [0, 1].",
        because:
          "That makes the most unusual row look like the largest usual one. The scale describes the training rows; other rows may lie outside, and that is the news.",
      },
      {
        text: "It should stay 316: lying far outside the training range is information.",
        right: true,
        because:
          "An anomaly detector is made for such rows. With a logarithm the value is still outside, but no longer drowns all others.",
      },
      {
        text: "The scaler should be fitted again, the row included.",
        because: "Then the row would set its own scale, and squeeze all usual rows into a corner.",
      },
    ],
  },
  {
    ask: "One forest with ordinal encoding has a ROC AUC of 0.998, one with one-hot 0.997. What do you know?",
    options: [
      {
        text: "Ordinal encoding is a little better for forests on this data.",
        because: "One seed each says nothing: in the notebook the order changed with the seed.",
      },
      {
        text: "Nothing about the encodings, until you know how far seeds are apart.",
        right: true,
        because:
          "A random method is compared by several seeds. Here each encoding was best with at least one of them.",
      },
      {
        text: "Both are equally good, because the difference is below 0.01.",
        because:
          "No such bound exists. Whether 0.001 is much depends on how far seeds scatter, which a single run does not tell.",
      },
    ],
  },
  {
    ask: "A preprocessor is fitted on all rows of the file, a detector on its normal rows only; then quality is measured on the holdout. What is that measurement worth?",
    options: [
      {
        text: "It is a bit too good, since leaks always flatter.",
        because:
          "One leak raised 0.864 to 0.944, another lowered 0.994 to 0.975. There is no rule by which to subtract it.",
      },
      {
        text: "It is fine: the detector itself saw no attack.",
        because:
          "It saw columns that only attacks switch on, and a scale that attacks have set. The detector in use will have neither.",
      },
      {
        text: "It belongs to a system that nobody can have, and may be wrong in either direction.",
        right: true,
        because:
          "In use no row of the future can be asked for its range or its names. Fit everything on training rows.",
      },
    ],
  },
  {
    ask: "`wrong_fragment` is 0 in every normal training row. What is right?",
    options: [
      {
        text: "It is useless and can be dropped: a constant column says nothing.",
        because:
          "It says nothing about the training rows. A row in which it is *not* 0 is the first of its kind, and 1,238 training attacks are such rows.",
      },
      {
        text: "Its column is silent for the detector, so that a change must be counted in another way.",
        right: true,
        because:
          "Divided by a standard deviation of 0 it would be NaN; with the factor 0 it is harmless. That the value is new is counted beside the columns, and raises the score.",
      },
      {
        text: "Any row in which it is not 0 is an attack.",
        because:
          "On the test set the rule has 104 hits and 55 false alarms. It is a sign, to be weighed, and no proof.",
      },
    ],
  },
];
