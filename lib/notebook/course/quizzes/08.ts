import type { Question } from "../question";

export const ownTableQuiz: readonly Question[] = [
  {
    ask: "A file is sorted into blocks of attacks and of normal rows, and its column `id` numbers the rows. You split at random and keep `id`. What will the test show?",
    options: [
      {
        text: "A fair result: a number of a row has no meaning, so that models ignore it.",
        because:
          "In a sorted file it *is* the label in disguise. The nearest known `id` has the right label in 99.99 % of the rows.",
      },
      {
        text: "How well the model remembers in which block a row lies.",
        right: true,
        because:
          "Every block has rows on both sides of the split. On the next file the numbers mean nothing, and the quality is gone.",
      },
      {
        text: "A fair result as long as the model never sees a label.",
        because:
          "Even a forest fitted on normal rows gained two hundredths: blocks of attacks lie where no normal row has its number.",
      },
    ],
  },
  {
    ask: "`sttl`, the time to live of a packet, separates attacks from normal traffic very well. Why be careful?",
    options: [
      {
        text: "It tells which machine of the laboratory sent the packet.",
        right: true,
        because:
          "Attacks came from one generator. In your network the same value would mean another operating system or another route.",
      },
      {
        text: "A single good feature makes all others useless.",
        because:
          "If it were a trait of attacks, a single good feature would be a gift. The question is whether it will hold elsewhere.",
      },
      {
        text: "There is no reason: the better a feature separates, the better for the detector.",
        because:
          "Better on this file. What separates the two parts of a laboratory need not separate anything in your network.",
      },
    ],
  },
  {
    ask: "In your table two rows of three are labelled as attacks. How should a detector be fitted?",
    options: [
      {
        text: "On all rows: an isolation forest needs no labels.",
        because: "It would find what is rare and different, and in this table normal rows are the rare ones.",
      },
      {
        text: "On rows that somebody vouches for.",
        right: true,
        because:
          "“Anomalous” then means unlike what was vouched for. Where attacks are the majority, *rare* is the wrong question.",
      },
      {
        text: "On all rows, with the contamination set to two-thirds.",
        because:
          "That moves the threshold. The order of the rows, which has them the wrong way round, stays.",
      },
    ],
  },
  {
    ask: "A column had a value in every training row and is empty in a tenth of the new ones. Scores of those rows rise. Is that right?",
    options: [
      {
        text: "No: a missing value should be replaced by the mean, and be without effect.",
        because:
          "Then nobody would notice that a sensor has failed. That a value is missing is new, and news.",
      },
      {
        text: "Yes, as training always had the value; if holes are usual in your data, train with them.",
        right: true,
        because:
          "A hole that training never saw counts as a new value. If training rows have holes as well, they are as usual as they are frequent.",
      },
      {
        text: "Yes: a row with a missing value is an anomaly in any case.",
        because:
          "Only where holes are unusual. Had one training row in ten had a hole, they would hardly raise the score.",
      },
    ],
  },
  {
    ask: "On a well-known data set the autoencoder is better than the forest. What does that say about your table?",
    options: [
      {
        text: "That the autoencoder should be preferred: it is the more powerful model.",
        because:
          "On twelve tables of ADBench one and the same forest has a ROC AUC from 0.68 to 1.00, by the table and not by the power of the model.",
      },
      {
        text: "Little: measure on yours.",
        right: true,
        because: "No detector is good; it is good on a table.",
      },
      {
        text: "That the two will be about equal, since differences average out.",
        because: "You do not have an average table, but one.",
      },
    ],
  },
];
