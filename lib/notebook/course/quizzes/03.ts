import type { Question } from "../question";

export const isolationForestQuiz: readonly Question[] = [
  {
    ask: "All values of one column are multiplied by 1,000, in training and in judging. What does an isolation forest make of it?",
    options: [
      {
        text: "The column now decides most cuts, because its range is the widest.",
        because:
          "The column of a cut is drawn without looking at ranges, and the value uniformly within its range. A factor moves all cuts along.",
      },
      {
        text: "Nothing changes.",
        right: true,
        because:
          "A cut falls between the same rows with the same probability. (A logarithm is another matter: it changes which gaps are wide.)",
      },
      {
        text: "Scores change, but the order of the rows does not.",
        because: "Not even the scores change: the same random numbers cut between the same rows.",
      },
    ],
  },
  {
    ask: "A lonely point comes not once, but as a thousand equal copies among 300 usual points. Its score …",
    options: [
      {
        text: "… stays high: it is as far from everything as before.",
        because:
          "Distance is not what a forest measures. Copies cannot be cut apart, and a leaf that holds many counts as a long path.",
      },
      {
        text: "… falls: it is still different, but no longer few.",
        right: true,
        because:
          "The forest measures how soon a row stands alone. This is why it ranks smurf, more than half of all rows, as the most usual traffic there is.",
      },
      {
        text: "… rises, because a thousand rows are more conspicuous than one.",
        because: "To an analyst perhaps. To a forest many equal rows are what *usual* means.",
      },
    ],
  },
  {
    ask: "Why does the score divide the mean path length by c(ψ)?",
    options: [
      {
        text: "To make the score a probability of being an attack.",
        because:
          "It lies between 0 and 1, but it is no probability: nobody has told the forest what attacks are or how frequent.",
      },
      {
        text: "To compare with the path that a random row among ψ is expected to have.",
        right: true,
        because:
          "Trees of more rows have longer paths. Divided by their average, a path as long as expected always gives 0.5.",
      },
      {
        text: "Because trees are cut off at a depth, and c(ψ) is the depth that is missing.",
        because:
          "What is missing below a leaf of n rows is estimated by c(n). c(ψ) is the yardstick for the whole path.",
      },
    ],
  },
  {
    ask: "The threshold was set for 1 % false alarms on held-out normal rows. Next month 3 % of the normal traffic is flagged. What happened?",
    options: [
      {
        text: "The threshold was computed wrongly.",
        because: "The promise may have been kept perfectly: it is about rows like those held out.",
      },
      {
        text: "There are more attacks next month.",
        because: "The rate is a share of the normal rows; attacks do not enter it.",
      },
      {
        text: "Normal traffic is no longer like the rows held out.",
        right: true,
        because:
          "A budget holds for traffic like that from which it was taken. It has to be checked on new traffic again and again.",
      },
    ],
  },
  {
    ask: "Two papers report F1 of 0.44 and 0.99 for the same forest on the same file at a budget of 1 %. Can both be honest?",
    options: [
      {
        text: "No: one of them must have a bug or a leak.",
        because: "The notebook finds both figures with one program, by the seed alone.",
      },
      {
        text: "Yes: copies of one flood share a score, and the seed decides on which side of the threshold they fall.",
        right: true,
        because:
          "More than half of the attack rows cross the line together. A single seed is a throw of dice; report several, and distinct rows.",
      },
      {
        text: "Yes: F1 is random because ties are broken at random.",
        because:
          "Nothing is broken at random: equal scores get the same verdict. That is just why they cross the line together.",
      },
    ],
  },
  {
    ask: "The forest's first reason for flagging a row is `protocol_type = icmp`. What should you check?",
    options: [
      {
        text: "Whether *normal* ICMP rows are flagged as well.",
        right: true,
        because:
          "On KDD'99 nine of ten were. ROC AUC and the budget did not tell, since such rows are few; the reason for one row did.",
      },
      {
        text: "Nothing: smurf does consist of ICMP, so the reason is correct.",
        because:
          "It is correct for smurf and for every ping. A reason says what is unusual about a row, not what is hostile.",
      },
      {
        text: "Whether ICMP rows should be left out of training.",
        because: "That would make ICMP still more unusual, and every ping an alarm.",
      },
    ],
  },
];
