import type { Question } from "../question";

export const welcomeQuiz: readonly Question[] = [
  {
    ask: "A cell ends with `fitIsolationForest(matrix)` and shows “This is a promise, not yet its value”. What has happened?",
    options: [
      {
        text: "The forest could not be fitted: there was an error.",
        because: "An error would be red and say what is wrong. Nothing has failed here.",
      },
      {
        text: "The work was started, and nobody waits for its result.",
        right: true,
        because:
          "A promise stands for a result that will come. `await` in front of the call waits for it, as in Python's asyncio, and gives the value.",
      },
      {
        text: "The function is lazy: nothing runs before `await` asks for it.",
        because:
          "In Python a coroutine waits to be awaited. In TypeScript the work starts with the call; `await` only waits for its end.",
      },
    ],
  },
  {
    ask: "`const rows = [3, 1, 2]` stands in one cell, `rows.push(4)` in the next. You run the second cell twice. What is in `rows`?",
    options: [
      {
        text: "`[3, 1, 2, 4, 4]`",
        right: true,
        because:
          "`const` fixes which array the name means, not what is in it. Each run pushes once more; so a cell should make what it changes, or change nothing.",
      },
      {
        text: "`[3, 1, 2, 4]`",
        because: "A cell does not know that it has run before. The second run pushes again.",
      },
      {
        text: "Nothing changes: a `const` cannot be changed.",
        because:
          "`rows = […]` would be refused. The array itself can be changed, as a list in Python can that a tuple holds.",
      },
    ],
  },
  {
    ask: "A reader of Python writes `const none: number[] = []` and `rows === none`, to ask whether `rows` is empty. What comes out?",
    options: [
      {
        text: "`true` if `rows` is empty, else `false`.",
        because:
          "Arrays are compared by identity, not by content: `none` equals no other array. Ask for `rows.length === 0`.",
      },
      {
        text: "Always `false`.",
        right: true,
        because:
          "`[]` makes a new array, and two arrays are equal only if they are the same one. `rows.length === 0` asks what was meant.",
      },
      {
        text: "A type error, so that the cell does not run.",
        because:
          "The types agree, both are arrays of numbers. (Only `rows === []` is refused, with the reason: it could never be true.)",
      },
    ],
  },
  {
    ask: "You see `[10, 9, 1].sort()` give `[1, 10, 9]`. Why?",
    options: [
      {
        text: "A bug of the kernel: numbers are sorted by size.",
        because:
          "It is the language. A plain array is sorted as texts unless told otherwise; a `Float64Array` is sorted as numbers.",
      },
      {
        text: "A plain array is sorted as if its values were texts.",
        right: true,
        because:
          "`[10, 9, 1].sort((a, b) => a - b)` sorts numbers, and so does the `sort()` of a `Float64Array`.",
      },
      {
        text: "`sort` only sorts a copy, and the array was shown half sorted.",
        because:
          "`sort` sorts in place, and completely: by the order of texts, in which “10” comes before “9”.",
      },
    ],
  },
  {
    ask: "A type says `rocAuc: number | undefined`. How do you show it with three decimals?",
    options: [
      {
        text: "`rocAuc!.toFixed(3)`: the `!` makes it a number.",
        because:
          "`!` makes nothing: it only silences a compiler that would complain. If it is undefined after all, the cell fails when it runs.",
      },
      {
        text: '`rocAuc?.toFixed(3) ?? "no labels"`, which says what is to happen where there is none.',
        right: true,
        because:
          "The type tells that there may be no value, here for data without labels. `?.` and `??` deal with that in a few characters.",
      },
      {
        text: "`rocAuc.toFixed(3)`: the kernel checks types, so that nothing can go wrong.",
        because:
          "What may be undefined the kernel does not check, a stricter compiler does. Without a value the cell fails when it runs.",
      },
    ],
  },
];
