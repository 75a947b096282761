import assert from "node:assert/strict";
import { test } from "node:test";
import { decimalIn } from "traffic-anomaly/dist/common/decimal";
import fc from "../fixtures/fast-check";

const decimal = (text: string) => decimalIn(`7${text}7`, 1, 1 + text.length);

test("a decimal is read to the bit as Number reads it", () => {
  const digits = fc.stringMatching(/^\d{1,20}$/);
  const texts = fc.oneof(
    fc.tuple(fc.constantFrom("", "-"), digits).map((parts) => parts.join("")),
    fc.tuple(fc.constantFrom("", "-"), digits, digits).map(([sign, a, b]) => `${sign}${a}.${b}`),
    fc.tuple(digits, fc.integer({ min: -330, max: 330 })).map(([a, power]) => `${a}e${power}`),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  );
  fc.assert(
    fc.property(texts, (text) => assert.equal(decimal(text), Number(text) + 0)),
    {
      numRuns: 5000,
      examples: [["1379288667.706265"], ["-0"], ["18446744073709551615"], ["0.000001"]],
    },
  );
});

test("a dot may stand first or last", () => {
  assert.equal(decimal(".5"), 0.5);
  assert.equal(decimal("5."), 5);
});

test("what is not a decimal number is NaN, also where Number is not that strict", () => {
  for (const text of [
    "",
    " ",
    "-",
    ".",
    "-.",
    "+1",
    " 1",
    "1 ",
    "1_0",
    "0x10",
    "1e",
    "1e5.5",
    "1.2.3",
    "--1",
  ]) {
    assert.equal(decimal(text), Number.NaN, `'${text}'`);
  }
  for (const text of ["Infinity", "NaN", "inf", "٣", "1,5"]) assert.equal(decimal(text), Number.NaN, text);
});
