import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { judgeAnswer } from "traffic-anomaly/dist/notebook/course/check";
import { exercises } from "traffic-anomaly/dist/notebook/course/exercises";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { check, hint } from "traffic-anomaly/notebook";
import { createWorkspace } from "../../notebooks/workspace";

const dist = join(__dirname, "..", "..", "..", "lib", "dist", "notebook", "course");
const all = Object.entries(exercises);
const onReal = { simulated: false };

/** What `work` prints, outside of a notebook. */
function printed(context: { mock: typeof import("node:test").mock }, work: () => void): string {
  const lines: unknown[] = [];
  const log = context.mock.method(console, "log", (line: unknown) => lines.push(line));
  work();
  log.mock.restore();
  return lines.join("\n");
}

for (const [number, { answer, hints }] of all)
  test(`exercise ${number} accepts what is right and refuses what is known to be wrong, with a word for each`, () => {
    for (const data of [onReal, { simulated: true }])
      assert.deepEqual(judgeAnswer(number, answer.right(data), data), { verdict: "right" });
    for (const mistake of answer.wrong)
      assert.deepEqual(judgeAnswer(number, mistake.answer, onReal), {
        verdict: "wrong",
        words: mistake.word,
      });
    assert.ok(hints.length >= 2, `${hints.length} hints`);
  });

test("what nobody has answered yet is open", () => {
  const nothings = [undefined, null, "", [], {}, { services: undefined, found: null }];
  for (const [number] of all)
    for (const nothing of nothings)
      assert.equal(judgeAnswer(number, nothing, onReal).verdict, "open", number);
  assert.equal(judgeAnswer("2-1", () => undefined).verdict, "open");
  assert.equal(judgeAnswer("2-4", () => []).verdict, "open");
});

test("an answer of another type is told which is expected", () => {
  const { words } = judgeAnswer("3-1", "0,5");
  assert.equal(words, 'The answer is a number; yours is "0,5".');
  assert.equal(judgeAnswer("3-1", Number.NaN).words, "The answer is a number; yours is NaN.");
  for (const [number, { answer }] of all) {
    const strange = judgeAnswer(number, Symbol.iterator, onReal);
    assert.equal(strange.verdict, "wrong");
    assert.ok(strange.words?.includes(answer.expected), `${number}: ${strange.words}`);
  }
});

test("a name that is given twice counts once", () => {
  const { words } = judgeAnswer("4-3", ["back", "back", "satan"], onReal);
  assert.equal(words, "2 of your 2 attack types are right; there are more to name.");
});

test("a promise is told to be awaited, also one that fails", async () => {
  for (const promise of [Promise.resolve(0.5), Promise.reject(new Error("lost"))])
    assert.match(judgeAnswer("3-1", promise).words ?? "", /put await before it/);
  await new Promise(setImmediate); // a rejection that nobody handled would end the process here
});

test("what is wrong with a function is said by a case", () => {
  const words = (answer: unknown) => judgeAnswer("2-4", answer).words;
  assert.match(
    words((_: string[], names: string[]) => names.map(() => 0.5)) ?? "",
    /not right on http fitted three times of four: it gives \[0\.5,0\.5\]\./,
  );
  assert.match(
    words(() => {
      throw new RangeError("too far");
    }) ?? "",
    /^It fails on .*: too far\.$/,
  );
  assert.match(words(async () => [1]) ?? "", /It gives a promise on .*: leave async and await out\./);
  assert.match(words((fitted: string[]) => [fitted.pop()]) ?? "", /It changes what it was given/);
});

test("an object is told which part is missing and which is wrong", () => {
  assert.equal(
    judgeAnswer("2-2", { recall: 12 }, onReal).words,
    "recall: A share is at most 1: do not multiply it by 100. falseAlarmRate is still missing.",
  );
});

test("an object is told of a name that is not asked for, also if all others are right", () => {
  const { answer } = exercises["2-2"];
  const right = answer.right(onReal) as object;
  assert.equal(judgeAnswer("2-2", right, onReal).verdict, "right");
  assert.deepEqual(judgeAnswer("2-2", { ...right, Recall: 0.5 }, onReal), {
    verdict: "wrong",
    words: "Recall is not asked for: the answer is an object { recall, falseAlarmRate }.",
  });
});

test("a list is told how much of it is right, but not what", () => {
  assert.equal(
    judgeAnswer("4-3", ["back", "smurf"], onReal).words,
    "1 of your 2 attack types are right; there are more to name.",
  );
  assert.equal(judgeAnswer("4-3", ["warezmaster", "satan", "back"], onReal).verdict, "right");
  assert.equal(judgeAnswer("2-5", [18, 9, 3], onReal).words, "2 of your 3 numbers are right.");
  assert.equal(judgeAnswer("2-5", Float64Array.of(18, 9, 2), onReal).verdict, "right");
});

test("an answer that depends on the data needs to know the data", () => {
  assert.throws(
    () => judgeAnswer("1-2", 0.9),
    /^InputError: the answer depends on the data: add \{ simulated \}/,
  );
});

test("no hint says the answer", () => {
  for (const [number, { answer, hints }] of all) {
    const rights = [answer.right(onReal)].flatMap((right) =>
      typeof right === "object" && right ? Object.values(right) : [right],
    );
    const secrets = rights.filter(
      (right) => typeof right === "number" && right > 0 && right !== 1 && !Number.isInteger(right),
    );
    for (const secret of secrets)
      for (const text of hints) assert.ok(!text.includes(String(secret)), `${number}: ${text}`);
  }
});

test("an unknown exercise is refused with the known ones", () => {
  assert.throws(
    () => check("03-1", 1),
    /^InputError: there is no exercise "03-1"; the exercises are 0-1, 0-2, .*9-3$/,
  );
  assert.throws(() => hint("toString"), /^InputError: there is no exercise "toString"/);
});

test("each call shows one hint more, and after the last one all of them", (context) => {
  const shown = () => printed(context, () => hint("3-3"));
  const { hints } = exercises["3-3"];
  assert.equal(shown(), `Exercise 3-3, hint 1 of 3 (run the cell again for the next): ${hints[0]}`);
  assert.ok(
    shown().startsWith(
      `Exercise 3-3, hint 2 of 3 (run the cell again for the next):\n1. ${hints[0]}\n2. ${hints[1]}`,
    ),
  );
  const last = shown();
  assert.match(last, /^Exercise 3-3, hint 3 of 3 \(there are no more\):\n/);
  assert.equal(shown(), last);
});

test("words and verdicts are the same in every language setting", () => {
  const program = `const { judgeAnswer } = require(${JSON.stringify(join(dist, "check"))});
    const { exercises } = require(${JSON.stringify(join(dist, "exercises"))});
    for (const number of Object.keys(exercises))
      for (const answer of [1234567.891, -0.00001, "I", [1e6], {}, { recall: 12345.5, rows: 1e5 }, () => 1e5])
        console.log(number, JSON.stringify(judgeAnswer(number, answer, { simulated: false })));`;
  const [english, ...others] = ["C", "de_DE.UTF-8", "tr_TR.UTF-8", "ar_EG.UTF-8"].map((language) =>
    execFileSync(process.execPath, ["-e", program], {
      encoding: "utf8",
      env: { ...process.env, LANG: language, LC_ALL: language },
    }),
  );
  assert.ok(english.split("\n").length > 7 * all.length);
  for (const other of others) assert.equal(other, english);
});

test("in a notebook check and hint show a panel, and an untouched answer lets a run go on", async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const run = async (code: string) => {
    const { status, outputs } = await kernel.execute(code);
    assert.equal(status, "ok", JSON.stringify(outputs));
    assert.equal(outputs.length, 1, JSON.stringify(outputs)); // the panel, and no `undefined` below it
    const [output] = outputs;
    assert.ok("data" in output);
    assert.deepEqual(Object.keys(output.data).sort(), ["text/html", "text/plain"]);
    assert.match(String(output.data["text/html"]), /^<div role="status" style="[^"]*">/);
    return String(output.data["text/plain"]);
  };
  const untouched =
    'import { check, hint } from "traffic-anomaly/notebook";\nlet score: number | undefined;\ncheck("3-1", score);';
  assert.match(await run(untouched), /^Exercise 3-1: not answered yet\./);
  assert.equal(await run('score = 0.5;\ncheck("3-1", score);'), "Exercise 3-1: right.");
  assert.match(await run('check("3-1", (async () => 0.5)())'), /put await before it/);
  const matrix = "({ rows, columns, data }: { rows: number; columns: string[]; data: Float32Array })";
  const clip = `${matrix} => ({ rows, columns, data: data.map((x) => (x < 0 ? 0 : x > 1 ? 1 : x)) })`;
  assert.equal(await run(`const clip = ${clip};\ncheck("2-1", clip);`), "Exercise 2-1: right.");
  assert.match(await run('hint("3-1")'), /^Exercise 3-1, hint 1 of 3/);
});
