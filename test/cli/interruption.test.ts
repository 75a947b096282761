import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { someOf } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { assertUnchanged, contents, type Outcome, traffic } from "./command";
import { makePlace, press } from "./pressing";
import { small, study } from "./study";

const folder = temporaryFolder("interruption");
const here = { cwd: folder };
before(async () => {
  await study(folder);
});

/** Takes minutes, if nobody stops it; other seeds than the first study's, so that its results differ. */
const long = [
  "run",
  "--data",
  "train.csv",
  "--test",
  "test.gz",
  ...small,
  "--seed",
  "7",
  "--repeats",
  "1000",
];

const unfinished = () =>
  ["models", "outputs"].flatMap((name) =>
    readdirSync(join(folder, name)).filter((entry) => entry.startsWith(".unfinished-")),
  );

/** Runs the long study and sends it a signal this many milliseconds after its staging folders are there. */
async function stopped(signal: NodeJS.Signals, milliseconds: number, ...options: string[]): Promise<Outcome> {
  const send = async (child: ChildProcess) => {
    while (unfinished().length < 2) await sleep(5);
    await sleep(milliseconds);
    child.kill(signal);
  };
  let sent: Promise<void> | undefined;
  const started = (child: ChildProcess) => {
    sent = send(child);
  };
  const outcome = await traffic([...long, ...options], { ...here, started });
  await sent;
  return outcome;
}

const interrupted = "interrupted: nothing was changed";

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends a run with exit code ${code} and leaves everything as it was`, async () => {
    const before = contents(folder);
    for (const milliseconds of signal === "SIGINT" ? [0, 400] : [300]) {
      const outcome = await stopped(signal, milliseconds);
      assert.deepEqual(outcome, { code, stdout: "", stderr: `error: ${interrupted}\n` });
      assertUnchanged(before, contents(folder));
    }
  });
}

test("an interrupted run says so in JSON where that is asked for", async () => {
  const { code, stdout } = await stopped("SIGINT", 100, "--json");
  assert.equal(code, 130);
  assert.deepEqual(JSON.parse(stdout), { error: interrupted });
});

test("a signal before the work begins changes nothing", async () => {
  const before = contents(folder);
  for (const milliseconds of [0, 80]) {
    const started = (child: ChildProcess) => {
      setTimeout(() => child.kill("SIGINT"), milliseconds);
    };
    const { code, stdout } = await traffic(long, { ...here, started });
    assert.ok(code === null || code === 130, `exit code ${code}`);
    assert.equal(stdout, "");
    assertUnchanged(before, contents(folder));
  }
});

test("a killed run leaves results as they were, and the next run succeeds and removes what it left behind", async () => {
  const before = contents(folder);
  const { code } = await stopped("SIGKILL", 500);
  assert.equal(code, null);
  const left = unfinished();
  assert.equal(left.length, 2);
  const now = contents(folder);
  for (const path of Object.keys(now)) if (/unfinished-/.test(path)) delete now[path];
  assertUnchanged(before, now);

  const next = await traffic(
    ["run", "--data", "train.csv", "--test", "test.gz", ...small, "--seed", "7"],
    here,
  );
  assert.equal(next.code, 0, next.stderr);
  assert.deepEqual(unfinished(), []);
  const changed = (name: string) => contents(folder)[join(folder, name)] !== before[join(folder, name)];
  assert.ok(changed("outputs/metrics.json") && changed("models/isolation-forest/forest.bin"));
  assert.ok(existsSync(join(folder, "outputs", "predictions.parquet")));
});

test("every command ends at once at Ctrl+C, and at a second one, and leaves nothing behind", async () => {
  const place = await makePlace(temporaryFolder("pressing"));
  const moments = [[700], [30], [400, 100], [1500], [1000, 30]];
  const all = Object.keys(place.commands).map((name, i) => [name, moments[i % moments.length]] as const);
  const waiting = someOf(all, 4);
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { code, milliseconds, traces, stderr } = await press(place, ...next);
      const what = `${next[0]} after ${next[1]} ms: ${stderr}`;
      assert.ok([0, 130].includes(code), `exit code ${code} of ${what}`);
      assert.ok(milliseconds < 10_000, `${milliseconds} ms of ${what}`);
      assert.deepEqual(traces, [], what);
    }
  };
  try {
    await Promise.all([work(), work()]);
  } finally {
    place.close();
  }
});
