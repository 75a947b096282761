import { join } from "node:path";
import { type Command, Option } from "commander";
import { formatCount } from "../common/format";
import type { WriteSimulatedOptions } from "../traffic/simulator/write-simulated";
import { addCommand, answering } from "./command";
import { numberOption, seedOption } from "./options";

/** The command `simulate`. */
export function addSimulateCommand(program: Command): void {
  addCommand(program, "simulate")
    .description("Make the traffic of a small company, with attacks, event by event.")
    .addOption(
      new Option(
        "--format <name>",
        "KDD'99's files for training and test, or Zeek's conn.log as TSV or JSON lines",
      )
        .choices(["kdd", "zeek", "zeek-json"])
        .default("kdd"),
    )
    .addOption(
      numberOption(
        "--connections <n>",
        "how many; a working day has some 18,000",
        { min: 2, max: 1e12, integer: true },
        100_000,
      ),
    )
    .addOption(seedOption())
    .addOption(
      new Option(
        "--class-mix <name>",
        "attacks are 3 % of the connections, or 80 % as in KDD'99; or today's threats, each once, after 60 %",
      )
        .choices(["realistic", "kdd", "threats"])
        .default("realistic"),
    )
    .option("--labels", "say in conn.log what each connection is; KDD's files always do")
    .option(
      "--out <path>",
      "folder for KDD's files, or file for the log; gzip if it ends in .gz (default: in outputs/simulated)",
    )
    .action(
      answering(async ({ format, labels, out, ...settings }, context) => {
        const { connections, seed, classMix } = settings;
        const paths = await writeSimulated({ ...context, connections, seed, classMix }, format, labels, out);
        const text = [`${formatCount(connections)} connections of simulated traffic (seed ${seed})`];
        return { text: [...text, ...paths].join("\n"), value: { connections, seed, classMix, paths } };
      }),
    );
}

/** @returns the files */
async function writeSimulated(
  options: WriteSimulatedOptions,
  format: "kdd" | "zeek" | "zeek-json",
  labels: boolean | undefined,
  out: string | undefined,
): Promise<string[]> {
  const { writeSimulatedFolder, writeSimulatedLog } = await import("../traffic/simulator/write-simulated.js");
  const folder = join("outputs", "simulated");
  if (format === "kdd") {
    const { train, test } = await writeSimulatedFolder(out ?? folder, options);
    return [train, test];
  }
  const path = out ?? join(folder, format === "zeek" ? "conn.log" : "conn.json.log");
  await writeSimulatedLog(path, { ...options, format, labels });
  return [path];
}
