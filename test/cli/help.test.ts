import assert from "node:assert/strict";
import { test } from "node:test";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { trafficDefaults } from "traffic-anomaly/dist/detect/training/defaults";
import { trainingDefaults } from "traffic-anomaly/dist/models/training-options";
import { temporaryFolder } from "../fixtures/folder";
import { contents, served, traffic } from "./command";

const folder = temporaryFolder("help");
const here = { cwd: folder };

const common = ["--quiet", "--json", "--help"];
const work = ["--backend <name>", "--workers <n>"];
const shared = [...work, "--skip-bad-rows"];
const options: Record<string, string[]> = {
  run: [
    ...shared,
    ...[
      ...["--data <file>", "--label <column>", "--normal <value>", "--group <column>", "--exclude <column>"],
      ...["--type <column=type>", "--logarithm <column=yes|no>", "--describe"],
      "--test <file>",
      "--models <folder>",
      "--outputs <folder>",
      "--seed <n>",
      "--repeats <n>",
      "--max-rows <n>",
      "--data-folder <folder>",
    ],
    ...[
      "--preset <name>",
      "--false-alarm-rate <share>",
      "--trees <n>",
      "--sample-size <n>",
      "--epochs <n>",
      "--csv",
      "--protocol <name>",
    ],
  ],
  train: [
    ...work,
    ...["--out <folder>", "--outputs <folder>", "--false-alarm-rate <share>", "--seed <n>"],
    ...[
      "--preset <name>",
      "--host-window <n>",
      "--time-base <end>",
      "--trees <n>",
      "--sample-size <n>",
      "--epochs <n>",
    ],
    ...["--skip-bad-rows", "--local <networks>", "--ignore-labels", "--max-rows <n>"],
  ],
  score: [
    ...shared,
    ...["--model <folder>", "--out <file>", "--format <name>", "--detector <name>", "--top <n>"],
    ...[
      "--false-discovery-rate <share>",
      "--allow <file>",
      "--follow",
      "--lateness <seconds>",
      "--state <file>",
      "--incidents <file>",
      "--all <file>",
      "--report <file>",
    ],
  ],
  download: ["--data-folder <folder>"],
  allow: ["--alerts <file>", "--out <file>", "--days <n>"],
  export: ["--out <file>"],
  compare: [],
  simulate: [
    "--format <name>",
    "--connections <n>",
    "--seed <n>",
    "--class-mix <name>",
    "--labels",
    "--out <path>",
  ],
};

for (const [command, own] of Object.entries(options)) {
  test(`the help of ${command} names each of its options and what it does`, async () => {
    const { code, stdout, stderr } = await served([command, "--help"], here);
    assert.deepEqual([code, stderr], [0, ""]);
    const named = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+(?: <[\w=|]+>)?) {2,}\S+/gm)].map(
      ([, option]) => option,
    );
    assert.deepEqual(named.sort(), [...common, ...own].sort());
    assert.match(stdout, new RegExp(`^Usage: traffic-anomaly ${command} \\[options\\]`));
    for (const same of [
      ["help", command],
      [command, "-h"],
      [command, "--seed", "1", "--help"],
    ])
      if (command === "run" || !same.includes("--seed"))
        assert.equal((await served(same, here)).stdout, stdout);
  });
}

test("the help of run and train has the library's defaults", async () => {
  for (const [command, { seed, falseAlarmRate, maxRows, settings }] of [
    ["run", trainingDefaults],
    ["train", trafficDefaults],
  ] as const) {
    const { stdout } = await served([command, "--help"], here);
    const text = stdout.replace(/\s+/g, " ");
    const { trees, sampleSize } = settings["isolation-forest"];
    const { epochs } = settings.autoencoder;
    const values = { seed, "false-alarm-rate": falseAlarmRate, "max-rows": maxRows, trees, epochs };
    for (const [name, value] of Object.entries({ ...values, "sample-size": sampleSize }))
      assert.match(text, new RegExp(` --${name} <\\w+> [^(]*\\(default: ${value}\\)`));
  }
});

test("the help names every command", async () => {
  for (const parameters of [["--help"], ["help"], ["-h"]]) {
    const { code, stdout, stderr } = await traffic(parameters, here);
    assert.deepEqual([code, stderr], [0, ""]);
    for (const command of Object.keys(options)) assert.match(stdout, new RegExp(`^ {2}${command} `, "m"));
  }
});

test("without a command there is help on stdout and exit code 1, as with git and npm", async () => {
  const { stdout } = await traffic(["--help"], here);
  assert.deepEqual(await traffic([], here), { code: 1, stdout, stderr: "" });
});

test("the version is the library's", async () => {
  assert.deepEqual(await traffic(["--version"], here), {
    code: 0,
    stdout: `${libraryVersion}\n`,
    stderr: "",
  });
});

test("none of these leaves a file", () => {
  assert.deepEqual(contents(folder), {});
});
