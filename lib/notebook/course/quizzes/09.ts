import type { Question } from "../question";

export const blindSpotsQuiz: readonly Question[] = [
  {
    ask: "Usual points form a ring. A stranger sits in its empty middle. Which detector cannot see it, whatever its settings?",
    options: [
      {
        text: "PCA with one component or two.",
        right: true,
        because:
          "The middle of the ring is the mean of all points: it lies on every line through the mean, so that its error is 0, the least of all. With two components nothing is left over from any point.",
      },
      {
        text: "The distance to the nearest neighbours.",
        because:
          "The stranger's neighbours are as far away as the ring is wide. This is what distances to neighbours are good at.",
      },
      {
        text: "The local outlier factor.",
        because: "Around the stranger there is nothing, around its neighbours a dense ring: a high factor.",
      },
    ],
  },
  {
    ask: "Two clusters lie at the lower left and the upper right. An isolation forest scores a point at the upper *left*, where nothing is. Why is its score lower than it should be?",
    options: [
      {
        text: "The point has the x of one cluster and the y of the other, and each cut looks at one column.",
        right: true,
        because:
          "Cuts parallel to the axes make bands beside and above each cluster, and where two bands cross a ghost of a cluster appears. Cuts at an angle, as in the extended forest, do not have them.",
      },
      {
        text: "There are too few trees.",
        because: "More trees average chance away. This is no chance: every tree cuts along the axes.",
      },
      {
        text: "The sample of each tree is too small to hold the point.",
        because: "The point need not be in any sample. What matters is how the space around it is cut.",
      },
    ],
  },
  {
    ask: "One cluster is dense, another loose. A point stands a little outside the dense one, as far as the loose one's points are from each other. Who notices?",
    options: [
      {
        text: "The distance to the fifth-nearest neighbour.",
        because:
          "It has one yardstick for all. The distance would be usual in the loose cluster, so that it is usual everywhere.",
      },
      {
        text: "The local outlier factor.",
        right: true,
        because:
          "It compares a point's density with that of its neighbours, who are in the dense cluster. That is what *local* means.",
      },
      {
        text: "PCA.",
        because: "It looks at directions, not at density: both clusters are in the same plane.",
      },
    ],
  },
  {
    ask: "Fifty equal strangers are among the rows a detector is fitted on. Which one is deceived most easily?",
    options: [
      {
        text: "The local outlier factor of 20 neighbours.",
        right: true,
        because:
          "The 20 nearest neighbours of each stranger are strangers, at the same place: nothing is denser. Detectors that look at neighbours are blind to anomalies that come in a crowd larger than they look.",
      },
      {
        text: "An isolation forest of small samples.",
        because:
          "A small sample holds few of the fifty, so that they do not hide each other: that is the paper's reason to subsample.",
      },
      {
        text: "None: equal rows count as one.",
        because:
          "None of these detectors removes copies. Some are deceived by them, which is why distinct rows deserve figures of their own.",
      },
    ],
  },
  {
    ask: "An autoencoder has learned points on an arc. A point lies beyond the arc's end, in the direction in which it was heading. What will its error be?",
    options: [
      {
        text: "Large: the error grows with the distance from the training points.",
        because:
          "Only across the directions that it has learned. Along them the network goes straight on, and copies what lies there.",
      },
      {
        text: "Perhaps small: nothing was asked of the network out there.",
        right: true,
        because:
          "A neighbour's distance would notice it at once. Each detector has blind spots of its own, which is why it pays to have two of different kinds.",
      },
      {
        text: "Exactly 0, as for every point on a straight line.",
        because:
          "The copy follows roughly, not exactly. And no autoencoder with bends is exact on a whole line.",
      },
    ],
  },
  {
    ask: "On seven toys detector A wins four times, B three times. Which one do you take for your network?",
    options: [
      {
        text: "A.",
        because:
          "Toys are made to show one trait each. How often each trait occurs in your traffic no toy tells.",
      },
      {
        text: "The one whose blind spots hurt least in your network; then measure.",
        right: true,
        because:
          "A gallery tells *what each cannot see*. Whether that occurs in your data has to be asked of your data.",
      },
      {
        text: "Both, and flag what either flags.",
        because:
          "That adds up the false alarms. It may be worth it, if the two see different things; notebook 6 shows a pair where it is not.",
      },
    ],
  },
];
