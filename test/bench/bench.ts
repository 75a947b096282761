// `npm run bench`: this library beside what a user would pick instead, in one run: speed and peak memory, after results
// were found to agree. Prints a table, and writes outputs/bench.json when every work ran at least 5 times. The Python
// peers need Python 3 with venv; without, the rest is measured, and what is missing is told.
//
//   npm run bench [-- --runs N] [--only WORK…] [--readme]
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { arch, cpus, platform, totalmem } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { InputError } from "traffic-anomaly";
import { requireNumber } from "traffic-anomaly/dist/common/errors";
import { libraryVersion } from "traffic-anomaly/dist/common/version";
import { type Measurement, readRecord, recordFile, writeRecord } from "./bench-record";
import { readmeTable, terminalTable } from "./bench-tables";
import { runScript, unswFile } from "./data";
import { type Finding, findingsAbout, peers as forests, type PeerName } from "./javascript-peers";
import { Bench } from "./measure-work";
import { canBind } from "./measuring-process";
import { cacheFolder, installPeers } from "./peers";
import { type Inputs, type Side, type Work, works } from "./works";

/** Fewer runs are a trial: their medians are not recorded. */
const recordedRuns = 5;

const recordName = relative(process.cwd(), recordFile);

async function main(): Promise<void> {
  const { runs, chosen, readme } = readArguments();
  if (readme) return console.log(readmeTable(readRecord()));
  const folder = workFolder();
  const ofMatrices = chosen.some(({ matrix }) => matrix);
  try {
    const prepared = spawnSync(
      process.execPath,
      [...process.execArgv, join(__dirname, "inputs.ts"), folder, ...(ofMatrices ? ["matrices"] : [])],
      {
        stdio: "inherit",
      },
    );
    if (prepared.status !== 0) {
      process.exitCode = prepared.status ?? 1; // it has said why
      return;
    }
    const peers = installPeers(new Set(chosen.flatMap(({ sides }) => sides.flatMap(({ needs }) => needs))));
    const backends = { kernel: true, native: hasNative(), wasm: true, cpu: true };
    const missing = [...peers.missing];
    if (!backends.native && chosen.some(({ sides }) => sides.some(({ backend }) => backend === "native")))
      missing.push("the native backend of TensorFlow.js is not installed");
    const inputs = JSON.parse(readFileSync(join(folder, "inputs.json"), "utf8")) as Inputs;
    const bench = new Bench({ inputs, folder, python: peers.python, runs });
    const isThere = (side: Side) =>
      side.needs.every((peer) => peers.installed.has(peer)) && backends[side.backend ?? "kernel"];
    const measurements: Measurement[] = [];
    for (const work of chosen) {
      if (work.needsUnsw && !inputs.unsw) {
        missing.push(`${work.name}: TRAFFIC_DATA has no ${unswFile}`);
        continue;
      }
      for (const threads of work.threads) {
        measurements.push(await bench.measure(work, work.sides.filter(isThere), threads));
        console.log(`${terminalTable(measurements[measurements.length - 1])}\n`);
      }
    }
    const findings: Record<string, readonly Finding[]> = {};
    if (chosen.some(({ task }) => task === "javascript-forest"))
      for (const name of Object.keys(forests) as PeerName[])
        if (peers.installed.has(name)) findings[name] = await findingsAbout(name);
    printFindings(findings);
    for (const sentence of missing) console.log(`missing: ${sentence}`);
    if (chosen.length < works.length || runs < recordedRuns) {
      console.log(`${recordName} is written after every work and at least ${recordedRuns} runs`);
      return;
    }
    writeRecord({
      date: new Date().toISOString(),
      machine: {
        processor: cpus()[0].model.trim(),
        cores: cpus().length,
        memoryGigabytes: Math.round(totalmem() / 2 ** 30),
        platform: `${platform()} ${arch()}`,
      },
      versions: {
        node: process.versions.node,
        "traffic-anomaly": [libraryVersion, commit()].filter(Boolean).join(" "),
        ...peers.versions,
      },
      missing,
      runs,
      bound: canBind(),
      measurements,
      javascriptPeers: findings,
    });
    console.log(`written to ${recordName}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** An empty folder for the inputs, 810 MB; the next run clears it if this one is killed. */
function workFolder(): string {
  const folder = join(cacheFolder, "work");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

function readArguments(): { runs: number; chosen: readonly Work[]; readme: boolean } {
  try {
    const { values, positionals } = parseArgs({
      options: {
        runs: { type: "string", default: String(recordedRuns) },
        only: { type: "string", multiple: true },
        readme: { type: "boolean", default: false },
      },
      allowPositionals: true,
    });
    if (positionals.length > 0 && !values.only) throw new InputError(`unknown argument ${positionals[0]}`);
    const runs = Number(values.runs);
    requireNumber("--runs", runs, { min: 1, integer: true });
    const wanted = values.only && [...values.only, ...positionals];
    const unknown = wanted?.find((name) => !works.some((work) => work.name === name));
    if (unknown !== undefined)
      throw new InputError(
        `--only must name works of ${works.map(({ name }) => name).join(", ")}, got ${unknown}`,
      );
    return {
      runs,
      chosen: works.filter(({ name }) => wanted?.includes(name) ?? true),
      readme: values.readme,
    };
  } catch (error) {
    throw error instanceof InputError ? error : new InputError((error as Error).message);
  }
}

function hasNative(): boolean {
  try {
    execFileSync(process.execPath, ["-e", 'require("traffic-anomaly").tensorflow("native")'], {
      cwd: __dirname,
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

function commit(): string | undefined {
  try {
    const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8", cwd: __dirname }).trim();
    const changed = git("status", "--porcelain", "--", "../../lib") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${changed ? " with changes" : ""}`;
  } catch {
    return undefined;
  }
}

function printFindings(findings: Readonly<Record<string, readonly Finding[]>>): void {
  const shown = (value: number) => String(Number(value.toPrecision(3)));
  for (const [name, found] of Object.entries(findings)) {
    console.log(`\n${name}`);
    for (const { experiment, paper, ours, peer } of found)
      console.log(
        `  ${experiment}: ${shown(peer)}; by the paper ${shown(paper)}, traffic-anomaly ${shown(ours)}`,
      );
  }
  if (Object.keys(findings).length > 0) console.log();
}

runScript(main);
