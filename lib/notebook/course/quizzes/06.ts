import type { Question } from "../question";

export const visualizationQuiz: readonly Question[] = [
  {
    ask: "In the plane of two scores the quarter “forest high, autoencoder low” holds hardly an attack. You flag a row if either model does. What will you gain?",
    options: [
      {
        text: "Recall: two models always see more than one.",
        because:
          "Only where each sees what the other misses. The empty quarter says that the forest adds next to no attack.",
      },
      {
        text: "Next to nothing but the forest's false alarms.",
        right: true,
        because:
          "What only the forest flags are mostly normal rows. In the exercise a stricter threshold of the autoencoder alone does better than the pair.",
      },
      {
        text: "Fewer false alarms, because the models check each other.",
        because: "That would be *both must agree*. With *either* the false alarms of the two add up.",
      },
    ],
  },
  {
    ask: "You drag the threshold, and the recall of DoS falls from 1 to 0.8 in one step. Why not gradually?",
    options: [
      {
        text: "The slider has only forty-one steps.",
        because: "More steps would show the same jump at one place: the rows have nearly the same score.",
      },
      {
        text: "The rows of a flood are nearly equal, have nearly one score, and cross the line together.",
        right: true,
        because:
          "Attacks are clumps. So a figure that was measured at one threshold may depend on the side of a clump on which the line falls.",
      },
      {
        text: "The model is badly calibrated.",
        because:
          "Calibration would move the scores, but equal rows keep equal scores whatever is done to them.",
      },
    ],
  },
  {
    ask: "In the picture of the codes an attack lies in the middle of the normal cloud, and yet it is flagged. How can that be?",
    options: [
      {
        text: "The score is what gets lost on the way back, not the distance in the code.",
        right: true,
        because:
          "What is unusual about a row may never get into its code; then the code is usual and the copy is bad. And two dimensions of sixteen hide much.",
      },
      {
        text: "It must be a mistake: rows with equal codes have equal scores.",
        because: "Rows with equal codes have equal *copies*. How far each row is from that copy differs.",
      },
      {
        text: "The threshold is too low.",
        because: "The threshold decides about scores. Where a row lies in the code does not enter into it.",
      },
    ],
  },
  {
    ask: "A normal row with a score far below the threshold has the reason “service = http, 64 %”. What does it say?",
    options: [
      {
        text: "That http is suspicious.",
        because: "A share of what? Here of an error that is nearly nothing.",
      },
      {
        text: "Nothing of use: it is the largest part of a very small error.",
        right: true,
        because: "A percentage is a share of this row's score. Read reasons only where the score is high.",
      },
      {
        text: "That the row is an attack with a probability of 64 %.",
        because: "Reasons are shares of a score, and no probabilities.",
      },
    ],
  },
  {
    ask: "For neptune the forest names `count` first, the autoencoder `service`. Which one is the reason?",
    options: [
      {
        text: "The forest's: many connections at once are what a flood consists of.",
        because:
          "It is what an expert would say. But the forest flags these rows for how short their paths are, and not because it knows what a flood is.",
      },
      {
        text: "Neither is *the* reason: each is a true account of how that model came by its score.",
        right: true,
        because:
          "In a flood counts, services and rates change together, and each model leans on others of them. An explanation is one of the model, not of the attack.",
      },
      {
        text: "The autoencoder's, since its score is higher.",
        because:
          "The scores of the two have different units and can't be compared. Nor would a higher score make a reason truer.",
      },
    ],
  },
];
