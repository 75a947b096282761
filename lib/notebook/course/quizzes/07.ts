import type { Question } from "../question";

export const ownTrafficQuiz: readonly Question[] = [
  {
    ask: "A `conn.log` does not tell how many logins failed. What should the feature `num_failed_logins` be?",
    options: [
      {
        text: "0, as for most connections of KDD.",
        because: "A zero would be a statement: no login failed. Nobody has looked.",
      },
      {
        text: "It is left out, and a model trained with it can't judge this log.",
        right: true,
        because:
          "What is not known is not a number. So one learns anew from one's own log, with the features that it can tell.",
      },
      {
        text: "The mean of the training data.",
        because:
          "That makes every connection equally usual in a feature nobody has measured, and hides that the model is blind there.",
      },
    ],
  },
  {
    ask: "Why must the log be put in order of time before features are made?",
    options: [
      {
        text: "Because a model learns the rows in their order.",
        because: "A forest draws rows at random, and a network shuffles them. The order matters earlier.",
      },
      {
        text: "Because features look back two seconds and a hundred connections, and Zeek writes a connection when it *ends*.",
        right: true,
        because:
          "A late row is missing from the windows of others: in the exercise more than a third of the connections get other values.",
      },
      {
        text: "Because the thresholds are taken from the last fifth.",
        because: "True, but that hardly changes for rows late by moments. The windows change at once.",
      },
    ],
  },
  {
    ask: "The log you learned from holds a hundred hidden attacks. What does that do to the detectors?",
    options: [
      {
        text: "They go blind: attacks are usual to them now.",
        because:
          "They see less, but are not blind: a sweep in the notebook's log was flagged whole all the same.",
      },
      {
        text: "They raise more false alarms.",
        because: "Fewer: the thresholds stand among the scores of the attacks, and are too strict.",
      },
      {
        text: "They turn too strict, and nobody is told.",
        right: true,
        because:
          "The hidden attacks use up the budget. With thresholds taken without them recall was larger by a fifth, and nothing said so.",
      },
    ],
  },
  {
    ask: "A budget of 1 % gives 400 alerts in 40,000 connections. The scores have no gap anywhere near the threshold. Is the threshold wrong?",
    options: [
      {
        text: "Yes: a good threshold lies in a gap between the usual and the rest.",
        because: "Traffic has no such border. The scores run out in a long tail.",
      },
      {
        text: "No: it is a budget, the number of alerts that somebody can read.",
        right: true,
        because: "The line is chosen by what false alarms cost, not found in the data.",
      },
      {
        text: "Yes: as there are no labels, it should be where the scores bend.",
        because:
          "A bend in a tail depends on how it is drawn. Only labels or a budget give a line a meaning.",
      },
    ],
  },
  {
    ask: "The stability index of a new day is small, below 1, and there is no warning. What was promised for that day?",
    options: [
      {
        text: "That the false-alarm rate is kept.",
        because:
          "There was no warning on the Saturday, and the false alarms were nearly twice those of the judged log.",
      },
      {
        text: "Nothing.",
        right: true,
        because:
          "A warning says “look”; its absence promises nothing. The index looks at the bulk of the scores, alarms come from the tail.",
      },
      {
        text: "That there are no attacks.",
        because: "A hundred attacks among forty thousand connections hardly move a distribution.",
      },
    ],
  },
  {
    ask: "A flood comes under a different, false address with each packet. Which ranking shows it?",
    options: [
      {
        text: "Hosts by the alerts on what they began.",
        because: "Each false address began one connection, and a host with one connection can't rank.",
      },
      {
        text: "Hosts by the alerts on what they were asked.",
        right: true,
        because: "All of the flood has one end in common: its victim. Rank by both ends.",
      },
      {
        text: "None: a flood without a sender is invisible.",
        because: "Its connections are flagged one by one; it only takes the right end to add them up.",
      },
    ],
  },
];
