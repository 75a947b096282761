import type { Question } from "../question";

export const explorationQuiz: readonly Question[] = [
  {
    ask: "A score has a ROC AUC of 0.07 on the training file. A colleague turns its sign around and reports 0.93. What is wrong with that?",
    options: [
      {
        text: "Nothing: a detector that is reliably wrong is as good as one that is right.",
        because:
          "That it must be turned is known from labels only, and it holds because attacks are the majority in *this* file. On a network where they are rare the turned score would bury them.",
      },
      {
        text: "The labels told which way to turn it, and the answer holds for this mix of attacks only.",
        right: true,
        because:
          "An unsupervised score that needs the labels to choose its sign is no longer unsupervised; and with few attacks the sign would be the other.",
      },
      {
        text: "1 − 0.07 is not the ROC AUC of the turned score.",
        because: "It is: each pair of an attack and a normal row changes places, and ties still count half.",
      },
    ],
  },
  {
    ask: "A detector finds 97 % of all attack rows of the training file. How many of its 22 attack types may it miss completely?",
    options: [
      {
        text: "Hardly one: 3 % of the rows are not many.",
        because:
          "3 % of 396,743 rows are more than all rows of twenty types together: smurf and neptune alone are 97.8 %.",
      },
      {
        text: "Twenty.",
        right: true,
        because:
          "Smurf and neptune are 97.8 % of the attack rows. Recall over rows speaks of two floods; the other types need a figure of their own.",
      },
      {
        text: "Two or three, as each type has about the same number of rows.",
        because: "The types span five orders of magnitude, from 280,790 rows of smurf down to two of spy.",
      },
    ],
  },
  {
    ask: "To save time, somebody develops on the first 7,000 rows of the file. What is the trouble?",
    options: [
      {
        text: "They are no sample: the file consists of long runs of one label.",
        right: true,
        because:
          "The first 7,000 rows hold hardly an attack. Draw rows at random, with a seed, and remember that even then the rare types may be missing.",
      },
      {
        text: "7,000 rows are too few for any statement about 494,021.",
        because:
          "For a mean over all rows 7,000 random ones are plenty. It is the order of the file that spoils these.",
      },
      {
        text: "Nothing, as long as the seed is fixed.",
        because: "No seed is involved: always the same rows, and always the wrong ones.",
      },
    ],
  },
  {
    ask: "Nine of ten normal test rows equal no normal training row. What follows for a detector that remembers the rows it has seen?",
    options: [
      {
        text: "The test set is broken: its normal rows should be among the training rows.",
        because:
          "New normal rows are what every network has every day. A test without them would test memory.",
      },
      {
        text: "It flags most of the normal traffic: it has to know what is *nearly* like what it has seen.",
        right: true,
        because:
          "Being new is no sign of an attack where nearly everything is new. To generalise is the whole task of the models to come.",
      },
      {
        text: "It needs more training rows until all are covered.",
        because:
          "Amounts and rates have too many combinations; with ten times the rows most of tomorrow's would still be new.",
      },
    ],
  },
  {
    ask: "The correlation of two features is clearly positive over all rows and negative over the normal rows alone. Which one should a detector of unusual traffic learn?",
    options: [
      {
        text: "That over all rows: it rests on more data.",
        because:
          "It mostly says whether a row belongs to a flood: it mixes several kinds of traffic, and changes with the mix (Simpson's paradox).",
      },
      {
        text: "That over the normal rows.",
        right: true,
        because:
          "It says how the features move together *within* usual traffic. What breaks this rule is unusual; the other correlation describes the mix of the file.",
      },
      {
        text: "Neither: if the sign changes, the two features are unrelated.",
        because: "They are related in both, each time for another reason.",
      },
    ],
  },
];
