import assert from "node:assert/strict";
import { test } from "node:test";
import { numbers } from "traffic-anomaly";
import { rate } from "traffic-anomaly/dist/traffic/windows/rate";
import { realTableTest } from "../../fixtures/real-tables";

test("a share has two decimals", () => {
  assert.equal(rate(1, 3), 0.33);
  assert.equal(rate(2, 3), 0.67);
  assert.equal(rate(254, 255), 1);
  assert.equal(rate(0, 7), 0);
  assert.equal(rate(7, 7), 1);
});

test("an exact half goes to the even digit, as printf does", () => {
  assert.deepEqual(
    [1, 3, 5, 7].map((part) => rate(part, 8)),
    [0.12, 0.38, 0.62, 0.88],
  );
});

test("other halves go where the nearest number of single precision lies", () => {
  assert.equal(rate(3, 40), 0.08); // 0.07500000298…
  assert.equal(rate(1, 40), 0.03); // 0.02500000037…
  assert.equal(rate(3, 200), 0.01); // 0.01499999966…
});

test("nothing of nothing is 0", () => assert.equal(rate(0, 0), 0));

test("every share of up to 511 is as an exact conversion to decimals gives it", () => {
  for (let whole = 1; whole <= 511; whole++) {
    for (let part = 0; part <= whole; part++) {
      // toFixed is exact too, but rounds halves up
      const single = Math.fround(part / whole);
      const isHalf = Number.isInteger(single * 8) && !Number.isInteger(single * 4);
      const expected = isHalf ? [0.12, 0.38, 0.62, 0.88][(single * 8 - 1) / 2] : Number(single.toFixed(2));
      assert.equal(rate(part, whole), expected, `${part} / ${whole}`);
    }
  }
});

realTableTest(
  "every rate of KDD'99's files is a share of its count",
  ["10-percent", "corrected"],
  (...tables) => {
    const ofHost = "serror_rate rerror_rate same_srv_rate diff_srv_rate".split(" ");
    const ofService = "srv_serror_rate srv_rerror_rate srv_diff_host_rate".split(" ");
    const rates = (prefix: string) => [
      ...ofHost.map((name) => [`${prefix}${name}`, `${prefix}count`]),
      ...ofService.map((name) => [`${prefix}${name}`, `${prefix}srv_count`]),
    ];
    const all = [...rates(""), ...rates("dst_host_"), ["dst_host_same_src_port_rate", "dst_host_count"]];
    for (const table of tables) {
      for (const [name, count] of all) {
        const [values, counts] = [numbers(table, name), numbers(table, count)];
        const isShare = (row: number) => {
          const part = Math.round(values[row] * counts[row]);
          return [part - 1, part, part + 1].some((k) => Math.fround(rate(k, counts[row])) === values[row]);
        };
        // Where the count is 0, which is a glitch, three rates are not
        const wrong = Array.from(values.keys()).filter((row) => counts[row] > 0 && !isShare(row));
        assert.deepEqual(wrong, [], name);
      }
    }
  },
);
