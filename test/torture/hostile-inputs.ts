import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "traffic-anomaly";
import { small as smallStudy } from "../cli/study";
import { dayOf, trainOffice } from "../detect/network";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { tsvLog } from "../traffic/logs/logs";
import type { Kind } from "./trial";

const program = join(__dirname, "..", "..", "node_modules", ".bin", "traffic-anomaly");
const peakMemory = join(__dirname, "..", "fixtures", "peak-memory.cjs");
const mebi = 2 ** 20;

/** What a hostile file goes on with, after good rows or not. */
const contents: Readonly<Record<string, (random: Random) => string>> = {
  "one line": (random) => String.fromCharCode(33 + random.integer(94)).repeat(mebi),
  "empty lines": () => "\n".repeat(mebi),
  zeros: () => "\0".repeat(mebi),
  columns: () => "x,\t".repeat(mebi / 3),
  levels: () => '{"a":[['.repeat(mebi / 7),
  quotes: () => '",'.repeat(mebi / 2),
  comments: () => "#\n".repeat(mebi / 2),
  "bad rows": () => "no,good,row\n".repeat(mebi / 12),
  "not UTF-8": () => Buffer.alloc(mebi, 0xff).toString("latin1"),
};

/** A gzip of a few megabytes at most that unpacks to a gigabyte, given to a command as a file, in a folder or by a pipe. */
export const hostileInputs: Kind = {
  fault: "files that unpack to a gigabyte",
  times: { long: 200, short: 4 },
  async run(trial, folder, times) {
    const { model } = await trainOffice(folder);
    const [log, rows] = [tsvLog(dayOf(200)), `${trafficLines().join("\n")}\n`];
    await writeFile(join(folder, "good.log"), log);
    await writeLines(join(folder, "good.csv"), trafficLines());
    const commands = {
      train: (file: string) => `$run train ${file} --out models/new`,
      score: (file: string) => `$run score ${file} --model ${model} --out alerts.json`,
      "score by a pipe": (file: string) =>
        `zcat ${file} 2>/dev/null | $run score - --model ${model} --out alerts.json`,
      run: (file: string) => `$run run --data ${file} ${smallStudy.join(" ")}`,
    };
    const kinds = Object.keys(commands) as (keyof typeof commands)[];
    const base = Math.max(
      (await run(folder, commands.train("good.log"))).megabytes,
      (await run(folder, commands.run("good.csv"))).megabytes,
    );
    for (let number = 0; number < times; number++) {
      const random = createRandom(number, "hostile inputs");
      const content = Object.keys(contents)[random.integer(Object.keys(contents).length)];
      const command = kinds[random.integer(kinds.length)];
      const good = ["", command === "run" ? rows : log, '{"ts": 1'][random.integer(3)];
      const packed = gzipSync(contents[content](random));
      const file = `hostile.${command === "run" ? "csv" : "log"}${random.integer(2) === 0 ? "" : ".gz"}`;
      const parts = [...(good ? [gzipSync(good)] : []), ...Array<Buffer>(1024).fill(packed)];
      await writeFile(join(folder, file), Buffer.concat(parts));
      await trial.try(
        `${number}: ${content} after ${good.length} characters, ${command} ${file}`,
        async () => {
          const { code, stderr, megabytes } = await run(folder, commands[command](file));
          assert.ok(code === 2 || code === 0, `exit code ${code}: ${stderr.slice(-1000)}`);
          if (code === 2) assert.match(stderr, /^(?:[^\n]*\n)*error: [^\n]*\n$/);
          assert.doesNotMatch(stderr, /\n {4}at /);
          assert.ok(megabytes < base + 300, `${megabytes} MB, and ${base} for a good file`);
        },
      );
    }
  },
};

/** Runs a line of bash in which `$run` is the command, for a minute at most. */
async function run(folder: string, line: string) {
  const memoryFile = join(folder, "memory");
  const command = `"${process.execPath}" --require "${peakMemory}" "${program}"`;
  const child = spawn("bash", ["-c", line.replace("$run", command)], {
    cwd: folder,
    env: { ...process.env, TRAFFIC_BROWSER: "", PEAK_MEMORY_FILE: memoryFile },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const late = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 60_000);
  const [code] = await once(child, "close");
  clearTimeout(late);
  return {
    code: code as number | null,
    stderr,
    megabytes: Number(await readFile(memoryFile, "utf8")) / 1024,
  };
}
