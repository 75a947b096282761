// The benchmark's rules, and the table on the page of figures against the record of its last run.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { compare, readRecord } from "../bench/bench-record";
import { readmeTable } from "../bench/bench-tables";
import { requireAgreement } from "../bench/measure-work";
import { type Figures, type Side, works } from "../bench/works";
import { someOf } from "../fixtures/cases";

const project = join(__dirname, "..", "..");
const ours: Side = { name: "ours", needs: [], program: "node" };
const peer: Side = { name: "peer", needs: ["pandas"], program: "python" };

/** Runs the benchmark with these arguments, which must end before anything is installed or measured. */
function bench(...args: string[]) {
  const script = join(project, "test", "bench", "bench.ts");
  return spawnSync(process.execPath, ["--import", "tsx", script, ...args], { encoding: "utf8" });
}

test("the page of figures shows the table of the last committed run", () => {
  assert.ok(
    readFileSync(join(project, "test", "bench", "README.md"), "utf8").includes(readmeTable(readRecord())),
    "print the table with: npm run bench -- --readme",
  );
});

test("the committed run is whole: every work whose file was there, at every number of threads, with every goal", () => {
  const { measurements } = readRecord();
  const hasUnsw = measurements.some(({ work }) => work === "read-csv");
  assert.deepEqual(
    measurements.map(({ work, threads }) => `${work} ${threads}`),
    works
      .filter(({ needsUnsw }) => hasUnsw || !needsUnsw)
      .flatMap(({ name, threads }) => threads.map((count) => `${name} ${count}`)),
  );
  for (const { name, goals } of works) {
    for (const { side, peer, threads } of goals) {
      for (const measurement of measurements.filter(({ work }) => work === name)) {
        if (threads !== undefined && threads !== measurement.threads) continue;
        const comparison = measurement.comparisons.find(
          (candidate) => candidate.side === side.name && candidate.peer === peer.name,
        );
        assert.ok(comparison?.goal, `${name}: ${side.name} beside ${peer.name}`);
      }
    }
  }
});

test("a side is as many times as fast as the median of run by run says, and a goal is judged by it", () => {
  const measured = new Map([
    [ours, { seconds: [1, 2, 4], peakMegabytes: [100] }],
    [peer, { seconds: [3, 4, 4], peakMegabytes: [150] }],
  ]);
  const judge = (faster: number, smaller?: number) =>
    compare({ goals: [{ side: ours, peer, faster, smaller }] }, 1, measured)[0].goal?.met;
  const [{ faster, smaller }] = compare({ goals: [] }, 1, measured);
  assert.deepEqual(faster, { median: 4 / 2, min: 4 / 4, max: 3 / 1 });
  assert.equal(smaller, 150 / 100);
  assert.deepEqual([judge(2), judge(2.1), judge(2, 1.5), judge(2, 1.6)], [true, false, true, false]);
});

test("a goal for one number of threads says nothing of another", () => {
  const measured = new Map([
    [ours, { seconds: [1], peakMegabytes: [100] }],
    [peer, { seconds: [2], peakMegabytes: [100] }],
  ]);
  const goals = [{ side: ours, peer, faster: 1, threads: 1 }];
  assert.ok(compare({ goals }, 1, measured)[0].goal);
  assert.equal(compare({ goals }, 2, measured)[0].goal, undefined);
});

test("results that differ stop the benchmark with both figures", () => {
  const check = (a: Figures, b: Figures) => () =>
    requireAgreement(
      { title: "load", agreement: { rows: { absolute: 0 }, columns: { relative: 1e-5 } } },
      new Map([
        [ours, { figures: a }],
        [peer, { figures: b }],
      ]),
    );
  const good = { rows: 3, columns: { "sum of count": 1e6 } };
  assert.doesNotThrow(check(good, { rows: 3, columns: { "sum of count": 1e6 + 1 } }));
  assert.throws(check(good, { ...good, rows: 4 }), /load: rows is 3 with ours and 4 with peer/);
  assert.throws(
    check(good, { rows: 3, columns: { "sum of count": 1_000_100 } }),
    /1000000 with ours and 1000100/,
  );
  assert.throws(check(good, { rows: 3, columns: {} }), /sum of count is 1000000 with ours and NaN with peer/);
  assert.throws(check(good, { rows: 3 }), /columns/);
});

test("wrong arguments end with code 2 and a sentence", () => {
  const wrong = [
    [["--runs", "0"], /^error: --runs must be an integer in \[1, ∞\), got 0\n$/],
    [["--only", "flying"], /^error: --only must name works of load, .*, got flying\n$/],
    [["flying"], /^error: unknown argument flying\n$/],
    [["--fast"], /^error: Unknown option '--fast'/],
  ] as const;
  for (const [args, expected] of someOf(wrong, 2)) {
    const { status, stderr } = bench(...args);
    assert.match(stderr, expected);
    assert.equal(status, 2);
  }
});
