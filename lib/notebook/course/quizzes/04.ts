import type { Question } from "../question";

export const autoencoderQuiz: readonly Question[] = [
  {
    ask: "An autoencoder with two hidden layers has no activation functions at all. What can it learn?",
    options: [
      {
        text: "A smooth curve, if its layers have enough units.",
        because:
          "However many linear layers there are, their product is one matrix. Straight lines stay straight.",
      },
      {
        text: "What principal components can: a flat space through the data.",
        right: true,
        because:
          "With a code of one number it becomes the line of PCA, which the notebook finds by training. It takes a bend to follow a bent line.",
      },
      {
        text: "Nothing: without an activation the gradient is 0.",
        because: "The gradient is fine, and training converges: to PCA's space.",
      },
    ],
  },
  {
    ask: "A row has a very small reconstruction error. What does that prove?",
    options: [
      {
        text: "That it is like the training rows.",
        because:
          "The network was asked for small errors on training rows, and for nothing anywhere else. What it copies besides, nobody asked.",
      },
      {
        text: "Not much: the network may also copy well what it has never seen.",
        right: true,
        because:
          "Beyond the end of the arc the error stayed small: the network goes straight on where its data end. An attack that exaggerates what is usual may pass.",
      },
      {
        text: "That it is no attack.",
        because:
          "Most of R2L lies among the normal rows, and `snmpgetattack` equals them in all 41 features.",
      },
    ],
  },
  {
    ask: "With a learning rate of 1 the loss stops early at a bad value, and both points (0, 1) and (1, 0) have the same copy. What helps?",
    options: [
      {
        text: "More epochs.",
        because:
          "More epochs help where steps are too small. Here a whole layer of units is switched off, and where `relu` is flat the gradient is 0.",
      },
      {
        text: "Start again with smaller steps.",
        right: true,
        because:
          "The network is dead: whatever goes in, one point comes out, and no gradient leads back. Only another start does.",
      },
      {
        text: "A wider code.",
        because:
          "The code is not what is lacking. A layer whose units are all 0 passes nothing on, however wide it is.",
      },
    ],
  },
  {
    ask: "A code of 256 numbers copies normal rows a hundred times better than a code of 1. Is it the better detector?",
    options: [
      {
        text: "Yes: the smaller the error on normal rows, the clearer attacks stand out.",
        because:
          "Only if attacks are not copied better as well. The error on usual rows alone does not say how good a detector is.",
      },
      {
        text: "No: without a bottleneck it copies attacks, too, and finds nothing.",
        because:
          "So says the textbook, but on this traffic the wide network finds them: it was never shown the directions in which attacks differ.",
      },
      {
        text: "That has to be measured: the error on normal rows does not tell.",
        right: true,
        because:
          "Between 1 and 256 the error fell by a factor of more than a hundred, and ROC AUC moved by less than two hundredths, up and down.",
      },
    ],
  },
  {
    ask: "1 % of the training rows are smurf, by mistake. The recall of smurf falls from 1 to 0.2. Why does so little do so much harm?",
    options: [
      {
        text: "The rows of smurf are all alike: the network meets one pattern many times in every epoch.",
        right: true,
        because:
          "200 copies of one pattern are learned as usual traffic. What is in the training rows is what will pass; look for patterns that repeat suspiciously often.",
      },
      {
        text: "The network is too small for normal rows and attacks together.",
        because: "It copies both well: that is just the trouble.",
      },
      {
        text: "The threshold rises, because dirty rows have large errors.",
        because:
          "The other attacks keep their recall, so that the threshold is not the cause. The rows of smurf are copied well.",
      },
    ],
  },
  {
    ask: "At a threshold the precision on a test file is 0.99. An operator asks how many of her alarms will be real. What do you say?",
    options: [
      {
        text: "99 of 100.",
        because:
          "In that file, say, four rows of five are attacks, so that most alarms are right by themselves. In her network it may be one in a hundred.",
      },
      {
        text: "It depends on her base rate; at 1 % attacks and 5 % false alarms most alarms are false.",
        right: true,
        because:
          "Recall and false-alarm rate belong to the detector, precision belongs to detector and network together.",
      },
      {
        text: "At least 95 of 100, because the budget of false alarms is 5 %.",
        because:
          "The budget is a share of the normal rows, not of the alarms. Where nearly all rows are normal, 5 % of them outnumber the attacks.",
      },
    ],
  },
];
