import { type Exercise, fn, number, parts, sameOrder, word } from "../exercise";

/** How many values are less than one. */
const place = (values: Float64Array, value: number) => values.filter((other) => other < value).length;

export const explorationExercises: { readonly [number: string]: Exercise } = {
  "1-1": {
    answer: parts({
      services: number({
        truth: { real: 41, simulated: 18 },
        mistakes: { 44: "Those are columns of notebook 2; count services only." },
      }),
      found: number({
        truth: { real: 4253, simulated: 76 },
        mistakes: { 2767: "Those are attacks of the test set; the training set is asked for." },
      }),
      falseAlarms: number({
        truth: { real: 2, simulated: 0 },
        mistakes: { 0: "On the training set there is none by construction: count on the test set." },
      }),
    }),
    hints: [
      "A service occurs in attacks only if no row of its group is normal: `GROUP BY service HAVING bool_and(label <> 'normal')`.",
      "Use that query as the list of another one: `service IN (SELECT …)`.",
      "`count(*) FILTER (label = 'normal' AND …)` counts false alarms, on `test`.",
    ],
  },
  "1-2": {
    answer: number({
      truth: { real: 0.364, simulated: 0.508 },
      tolerance: 0.001,
      mistakes: {
        0.071: "That is over all rows: each distinct row must count once.",
        0.636: "The score is turned around: rare rows must have the *higher* score, as in the text.",
      },
    }),
    hints: [
      "`distinctRows` gives the first row of each group of equal rows.",
      "The copies were counted above, one number for each row of the file; take those of the distinct rows.",
      "Rare is anomalous: the score is minus the number of copies.",
    ],
  },
  "1-3": {
    answer: fn<[Float64Array, Float64Array], ArrayLike<number>>({
      expected: "a function (count: Float64Array, bytes: Float64Array) => Float64Array",
      truth: (count, bytes) => count.map((value, row) => place(count, value) - place(bytes, bytes[row])),
      same: sameOrder,
      cases: [
        {
          name: "three rows of which the busiest and silent one is first",
          input: [Float64Array.of(511, 3, 8), Float64Array.of(0, 5000, 400)],
        },
        {
          name: "rows with a few huge numbers of bytes",
          input: [Float64Array.of(1, 2, 9, 4, 7), Float64Array.of(7e8, 10, 300, 20, 5e6)],
        },
        // Two rows only, so that it does not matter whether equal values share their least, mean or highest place.
        { name: "two rows with the same count", input: [Float64Array.of(5, 5), Float64Array.of(10, 20)] },
        { name: "two rows with the same bytes", input: [Float64Array.of(3, 8), Float64Array.of(0, 0)] },
      ],
      mistakes: [
        {
          answer: (count, bytes) => count.map((value, row) => value - bytes[row]),
          word: "It adds the values themselves, so that bytes drown the counts: rank each of the two first.",
        },
        {
          answer: (count, bytes) => count.map((value, row) => place(count, value) + place(bytes, bytes[row])),
          word: "*Few* bytes are suspicious: their rank must count backwards.",
        },
        {
          answer: (count, bytes) => {
            const places = (values: Float64Array) => {
              const order = Array.from(values.keys()).sort((a, b) => values[a] - values[b]);
              return values.map((_, row) => order.indexOf(row));
            };
            const ofBytes = places(bytes);
            return places(count).map((place, row) => place - ofBytes[row]);
          },
          word: "Equal values must share a rank: here the row that comes later has the higher one.",
        },
      ],
    }),
    hints: [
      "The rank of a value is its place among all values in order; equal values share one.",
      "`Map` is handy: go through the sorted values and remember the first place of each.",
      "High `count` is suspicious, and so are *few* `dst_bytes`: rank −bytes, or subtract the rank.",
    ],
  },
  "1-4": {
    answer: word({
      truth: { real: "dst_host_srv_count", simulated: "rerror_rate" },
      mistakes: {
        count: "That is the best with the floods: leave out smurf and neptune, on both files.",
        dst_bytes:
          "That is the best on the test set. The choice is to be made on the training set, as in the text.",
      },
    }),
    hints: [
      "`rowsWhere(table, (label) => …)` and `selectRows` give a table without some labels.",
      "The code of the table above works on any table: give it the one without floods.",
      "Where ROC AUC is below 0.5, low values mean attack: take 1 minus it, as above.",
    ],
  },
  "1-5": {
    answer: number({
      truth: { real: 0.9988, simulated: 1 },
      tolerance: 0.0001,
      mistakes: {
        1: "A perfect ranking would need that no attack equals a normal row; look at `snmpgetattack`.",
        0.9893: "That is the recall of a verdict; the ranking by all shares is asked for.",
      },
    }),
    hints: [
      "Equal rows cannot be told apart: the best score of a row is the share of attacks among the rows equal to it.",
      "A window function counts within groups: `avg(attack) OVER (PARTITION BY …)`, with all 41 features in the place of the dots.",
      "The shares are scores like any other: `rocAuc(scoreSteps(shares, attacks))`.",
    ],
  },
};
