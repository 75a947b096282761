import { type Exercise, number, parts } from "../exercise";

export const welcomeExercises: { readonly [number: string]: Exercise } = {
  "0-1": {
    answer: number({
      truth: 5574,
      mistakes: {
        6948: "Those are the bytes of all services: filter first.",
        3: "That is how many connections there are. Add up their bytes.",
        5510: "All connections of http count, the small ones, too.",
      },
    }),
    hints: [
      '`connections.filter(({ service }) => service === "http")` are the connections to add up.',
      "`reduce` takes a function of the sum so far and the next value, and a value to start with.",
      "The next value is a connection, not a number: add its `bytes`.",
    ],
  },
  "0-2": {
    answer: parts({
      http: number({
        truth: 3,
        mistakes: { 1: "The count starts anew each time: read the old one first." },
      }),
      dns: number({
        truth: 2,
        mistakes: { 1: "The count starts anew each time: read the old one first." },
      }),
      smtp: number({
        truth: 1,
        mistakes: { 0: "The first connection of a service counts, too." },
      }),
    }),
    hints: [
      "`counts.set(service, …)` puts a number beside a name, in the place of the old one.",
      "The new number is the old one and 1 more. What is the old one the first time?",
      "`counts.get(service) ?? 0` is 0 where there is none yet.",
    ],
  },
  "0-3": {
    answer: number({
      truth: 145,
      mistakes: {
        146: "Rows are counted from 0.",
        0.6459758706456029: "That is its score. The number of the row is asked for.",
      },
    }),
    hints: [
      "`scores` has a score for each row, in order: the place of the highest is the number of the row.",
      "`Math.max(...scores)` is the highest score.",
      "`scores.indexOf(…)` tells at which place a value stands.",
    ],
  },
};
