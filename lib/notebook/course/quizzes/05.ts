import type { Question } from "../question";

export const evaluationQuiz: readonly Question[] = [
  {
    ask: "A detector has an F1 of 0.89 on a test set of which four rows in five are attacks. How good is it?",
    options: [
      {
        text: "Good: F1 joins precision and recall, so that it can't be fooled.",
        because:
          "A detector that flags every row has it too: four rows of five are attacks. Each figure has a zero of its own; look for it first.",
      },
      {
        text: "As good as flagging everything, as far as this figure tells.",
        right: true,
        because:
          "With recall 1 and the file's share of attacks as precision, F1 is 0.8921. Only false-alarm rate and ROC AUC give such a detector away.",
      },
      {
        text: "Bad: below 0.9 no detector is usable.",
        because:
          "There is no such bound. F1 contains the base rate: with 1 % attacks even excellent detectors lie far below.",
      },
    ],
  },
  {
    ask: "Recall is 0.93, the false-alarm rate 0.045. One connection in a hundred is an attack. How many of the alarms are real?",
    options: [
      {
        text: "Nearly all, about 95 %.",
        because:
          "That is the base-rate fallacy. Of 10,000 connections, 93 alarms are real, and 0.045 · 9,900 ≈ 446 are false.",
      },
      {
        text: "One in six.",
        right: true,
        because:
          "93 real alarms beside 446 false ones: a precision of 0.17. False alarms decide, as there are so many normal rows to raise them.",
      },
      {
        text: "It cannot be told without the threshold.",
        because:
          "Recall and false-alarm rate say all that is needed of the detector. With the base rate, Bayes' theorem gives the precision.",
      },
    ],
  },
  {
    ask: "Detector A has the larger ROC AUC, detector B finds more at 0.1 % of false alarms. Which one for a site that can bear 0.1 %?",
    options: [
      {
        text: "A: the area takes all thresholds into account.",
        because:
          "That is the trouble: most of its thresholds raise more false alarms than anybody could read.",
      },
      {
        text: "B.",
        right: true,
        because:
          "Curves cross. Compare where you will work; the left edge of the ROC curve is a thousandth of its width, and of its area.",
      },
      {
        text: "Either: one of the two figures must be wrong.",
        because: "Both can be right. A ranking may be best on the whole and poor at its very top.",
      },
    ],
  },
  {
    ask: "At 1 % *promised* method A has an F1 of 0.95 and B has 0.94. A raised 2 % of false alarms for it, B 0.6 %. What now?",
    options: [
      {
        text: "A is better: F1 counts false alarms already.",
        because:
          "Hardly: in a file that is four-fifths attacks a few hundred false alarms do not move F1. They bought A a flood.",
      },
      {
        text: "Compare both at thresholds that keep the same rate.",
        right: true,
        because:
          "A method that overspends its budget finds more attacks for it. With 1 % kept, the order turned in the notebook.",
      },
      {
        text: "A and B are equally good, since 0.01 is no difference.",
        because: "They are not comparable yet: they spent different budgets.",
      },
    ],
  },
  {
    ask: "Mean recall over rows is 0.92 for both models, mean recall over attack types is 0.77 and 0.92. What does that mean?",
    options: [
      {
        text: "One model misses many of the types that have few rows.",
        right: true,
        because:
          "Two floods are nine-tenths of the attack rows and rule the first mean. In the second every type counts the same.",
      },
      {
        text: "The second mean is unreliable, since some types have few rows: use the first.",
        because:
          "It scatters more, yes. But the first is hardly about anything but smurf and neptune, however exact it is.",
      },
      {
        text: "One model raises more false alarms.",
        because: "Recall knows nothing of false alarms: it looks at attack rows only.",
      },
    ],
  },
  {
    ask: "An oracle that knows the labels of all equal rows has a ROC AUC of 0.9988. A paper reports 0.9995 on the same rows and features. What do you conclude?",
    options: [
      {
        text: "The paper's model has learned more than the oracle knows.",
        because:
          "No function of the features can do that: rows that are equal in all 41 features get equal scores.",
      },
      {
        text: "It has not measured what it says: other rows, other features, or a leak.",
        right: true,
        because:
          "Some attacks equal normal rows. That error cannot be avoided by any detector that sees one row at a time.",
      },
      {
        text: "0.0007 is within the usual scatter of seeds.",
        because: "A bound does not scatter: on these rows every ranking, of any seed, stays below.",
      },
    ],
  },
];
