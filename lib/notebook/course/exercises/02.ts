import type { Matrix } from "../../../preprocess/matrix";
import { type Exercise, fn, list, number, parts } from "../exercise";

const withData = (matrix: Matrix, change: (value: number) => number): Matrix => ({
  ...matrix,
  data: matrix.data.map(change),
});

export const preprocessingExercises: { readonly [number: string]: Exercise } = {
  "2-1": {
    answer: fn<[Matrix], Matrix>({
      expected: "a function (matrix: Matrix) => Matrix",
      truth: (matrix) => withData(matrix, (value) => Math.min(1, Math.max(0, value))),
      cases: [
        {
          name: "a row with values below 0, within and above 1",
          input: [{ rows: 1, columns: ["a", "b", "c", "d"], data: Float32Array.of(-0.5, 0.25, 1, 316) }],
        },
        {
          name: "two rows of one column",
          input: [{ rows: 2, columns: ["a"], data: Float32Array.of(0.5, -3) }],
        },
      ],
      mistakes: [
        {
          answer: (matrix) => withData(matrix, (value) => Math.min(1, value)),
          word: "Values below 0 are outside, too.",
        },
        {
          answer: (matrix) => withData(matrix, (value) => Math.max(0, value)),
          word: "Values above 1 are outside, too.",
        },
        {
          answer: (matrix) => withData(matrix, (value) => (value < 0 || value > 1 ? 0 : value)),
          word: "A value outside should become the nearest one inside, and not 0.",
        },
      ],
    }),
    hints: [
      "A matrix has `rows`, `columns` and `data`, all its numbers in one array: only `data` changes.",
      "`Math.min(1, x)` is what is at most 1; what is at least 0?",
      "`{ ...matrix, data: … }` is a new matrix that differs in its data; `map` gives a new array.",
    ],
  },
  "2-2": {
    answer: parts({
      recall: number({
        truth: { real: 104 / 250_436, simulated: 30 / 1215 },
        tolerance: 1e-6,
        share: true,
        mistakes: {
          [104 / 159]:
            "That is the precision, which divides by the flagged rows; recall divides by all attacks.",
        },
      }),
      falseAlarmRate: number({
        truth: { real: 55 / 60_593, simulated: 0 },
        tolerance: 1e-6,
        share: true,
        mistakes: {
          [55 / 159]:
            "That is the share of false alarms among the flagged rows; the rate divides by all normal rows.",
          [55 / 311_029]: "The rate divides by the normal rows, not by all rows.",
        },
      }),
    }),
    hints: [
      "`silenced` above lists the constant columns; in the steps of a preprocessor they have the factor 0.",
      "The usual value of such a column is what all rows that were fitted on have: the step's `shift`.",
      "Give flagged rows the score 1 and the others 0: `verdictMetrics(scores, labels(test), 0.5)` counts the rest.",
    ],
  },
  "2-3": {
    answer: number({
      truth: { real: 2, simulated: 1 },
      mistakes: {
        3: "Count the seeds with which the forest with the logarithm of counts has the *lower* ROC AUC.",
        5: "Count by the ROC AUC over all rows of the holdout. Smurf alone is another matter.",
      },
    }),
    hints: [
      '`logarithm: ["amount", "count"]` takes the logarithm of both; the default is `["amount"]`.',
      "Fit and score two forests for each seed, which differ in nothing but the preprocessing, as `forestAreas` does above.",
      "Compare the two of a pair, not the means: how often is the second lower?",
    ],
  },
  "2-4": {
    answer: fn<[readonly string[], readonly string[]], ArrayLike<number>>({
      expected: "a function (fitted: readonly string[], names: readonly string[]) => number[]",
      truth: (fitted, names) =>
        names.map((name) => fitted.filter((other) => other === name).length / fitted.length),
      cases: [
        {
          name: "http fitted three times of four",
          input: [
            ["http", "http", "smtp", "http"],
            ["smtp", "http"],
          ],
        },
        {
          name: "a name that was not fitted",
          input: [
            ["http", "smtp"],
            ["ftp", "http", "http"],
          ],
        },
      ],
      mistakes: [
        {
          answer: (fitted, names) => names.map((name) => fitted.filter((other) => other === name).length),
          word: "Those are counts: a share divides by the number of rows that were fitted on.",
        },
        {
          answer: (_, names) =>
            names.map((name) => names.filter((other) => other === name).length / names.length),
          word: "It takes the shares among the rows to be encoded. They must be those among the rows that were fitted on.",
        },
        {
          answer: (fitted, names) =>
            names.map((name) => fitted.filter((other) => other === name).length / fitted.length || undefined),
          word: "A name that was never fitted has a share as well: it occurred in none of the rows.",
        },
      ],
    }),
    hints: [
      "Count each name among the fitted rows first; a `Map` from name to count will do.",
      "`uses.get(name)` is undefined for a name that never occurred; `?? 0` says what to take instead.",
      "Divide by `fitted.length`, not by `names.length`.",
    ],
  },
  "2-5": {
    answer: list<number>({
      truth: { real: [18, 9, 2], simulated: [20, 4, 0] },
      of: "numbers",
      mistakes: [
        { answer: [2, 9, 18], word: "They are in the wrong order: fewer rows to fit on come first." },
      ],
    }),
    hints: [
      "`splitRows(fitRows, size / fitRows.length, 2)[0]` draws some of the rows to fit on.",
      "`unseenCategories(preprocessor, train, heldOutRows)` lists names, each with the number of its rows.",
      "Names are counted, not rows: how long is that list?",
    ],
  },
};
