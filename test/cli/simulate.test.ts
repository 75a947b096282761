import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { temporaryFolder } from "../fixtures/folder";
import { refuse, served, traffic } from "./command";

const folder = temporaryFolder("simulate");
const here = { cwd: folder };

test("simulate writes a study's two files and says where", async () => {
  const { code, stdout, stderr } = await served(["simulate", "--connections", "5000", "--out", "kdd"], here);
  assert.deepEqual([code, stderr], [0, ""]);
  const paths = ["simulated-train.csv.gz", "simulated-test.csv.gz"].map((name) => join("kdd", name));
  assert.equal(stdout, `5,000 connections of simulated traffic (seed 1)\n${paths.join("\n")}\n`);
  for (const [i, path] of paths.entries()) {
    const lines = gunzipSync(await readFile(join(folder, path)))
      .toString()
      .trimEnd()
      .split("\n");
    assert.equal(lines.length, [3_000, 2_000][i]);
    assert.equal(lines[0].split(",").length, 42);
  }
});

test("simulate writes a conn.log as TSV or JSON lines, with labels where they are asked for", async () => {
  const log = (format: string, out: string, ...more: string[]) =>
    served(["simulate", "--connections", "2000", "--format", format, "--out", out, ...more], here);
  const lines = async (file: string) => (await readFile(join(folder, file), "utf8")).trimEnd().split("\n");
  await log("zeek", "plain.log");
  await log("zeek", "labelled.log", "--labels");
  const { stdout } = await log("zeek-json", "conn.json.log", "--labels", "--json");
  const fields = async (file: string) => (await lines(file)).find((line) => line.startsWith("#fields"));
  assert.match((await fields("labelled.log")) ?? "", /\tlabel$/);
  assert.doesNotMatch((await fields("plain.log")) ?? "", /label/);
  assert.equal((await lines("plain.log")).filter((line) => !line.startsWith("#")).length, 2_000);
  assert.equal(JSON.parse((await lines("conn.json.log"))[0]).label, "normal");
  assert.deepEqual(JSON.parse(stdout), {
    connections: 2000,
    seed: 1,
    classMix: "realistic",
    paths: ["conn.json.log"],
  });
});

test("without --out the files are in outputs/simulated", async () => {
  for (const format of ["kdd", "zeek", "zeek-json"])
    await served(["simulate", "--connections", "100", "--format", format], here);
  assert.deepEqual(readdirSync(join(folder, "outputs", "simulated")).sort(), [
    ".traffic-anomaly.json",
    "conn.json.log",
    "conn.log",
    "simulated-test.csv.gz",
    "simulated-train.csv.gz",
  ]);
});

test("options that can't be are refused", async () => {
  await writeFile(join(folder, "file"), "");
  const range = (text: string, got: string) =>
    [
      ["simulate", "--connections", text],
      new RegExp(`^--connections must be an integer in \\[2, 1000000000000\\], got ${got}$`),
    ] as const;
  await refuse(
    [
      range("0", "0"),
      range("1.5", "1\\.5"),
      range("many", "'many'"),
      [["simulate", "--seed", "-1"], /^--seed must be an integer in \[0, 4294967295\], got -1$/],
      [
        ["simulate", "--format", "pcap"],
        /'--format <name>' argument 'pcap' is invalid: allowed choices are kdd, zeek, zeek-json$/,
      ],
      [
        ["simulate", "--class-mix", "even"],
        /'--class-mix <name>' argument 'even' is invalid: allowed choices are realistic, kdd, threats$/,
      ],
      [["simulate", "--out", ""], /^--out must not be empty$/],
      [["simulate", "--connections", "10", "--out", "file"], /^cannot write to .*file: /],
      [
        ["simulate", "--connections", "10", "--format", "zeek", "--out", "."],
        /^cannot write to .*: a folder of that name is in the way; name a file, such as results$/,
      ],
    ],
    here,
  );
});

test("a signal ends it, and leaves nothing", async () => {
  const started = async (child: ChildProcess) => {
    while (!existsSync(join(folder, "long")) || readdirSync(join(folder, "long")).length === 0)
      await sleep(5);
    await sleep(200);
    child.kill("SIGINT");
  };
  const long = ["simulate", "--connections", "1e9", "--format", "zeek", "--out", join("long", "conn.log")];
  const outcome = await traffic(long, { ...here, started: (child) => void started(child) });
  assert.deepEqual(outcome, { code: 130, stdout: "", stderr: "error: interrupted: nothing was changed\n" });
  assert.ok(!existsSync(join(folder, "long")));
});
