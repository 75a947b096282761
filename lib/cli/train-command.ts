import { basename, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { trafficDefaults } from "../detect/training/defaults";
import { parseNetworks } from "../traffic/local-networks";
import { longestHostWindow } from "../traffic/windows/host-window";
import { windowDefaults } from "../traffic/windows/options";
import { addCommand, answering } from "./command";
import { numberOption, trainingOptions, trainingValues } from "./options";
import { trainReport } from "./traffic-report";

/** The command `train`. */
export function addTrainCommand(program: Command): void {
  trainingOptions(addCommand(program, "train"), trafficDefaults)
    .description("Learn from your own connection logs (Zeek's conn.log, Suricata's eve.json) what is usual.")
    .argument(
      "<log...>",
      "logs as TSV or JSON, plain or gzip, folders with them, pipes, or - for the standard input",
    )
    .requiredOption("--out <folder>", "the model's folder, such as models/office")
    .option("--outputs <folder>", "where a folder with diagnostics is written", "outputs")
    .addOption(
      numberOption(
        "--host-window <n>",
        "connections that the features of a host look back on: 255 as in KDD'99's files, 100 as in their description",
        { min: 1, max: longestHostWindow, integer: true },
        windowDefaults.hostWindow,
      ),
    )
    .addOption(
      new Option("--time-base <end>", "which end of a connection is its time")
        .choices(["start", "end"])
        .default(windowDefaults.timeBase),
    )
    .addOption(
      new Option(
        "--local <networks>",
        "the networks whose hosts are yours, such as 10.0.0.0/8,fd00::/8 (default: what the log says of each host, or private addresses)",
      ).argParser(parseNetworks),
    )
    .option("--ignore-labels", "learn from all connections, whatever their labels say")
    .option("--skip-bad-rows", "leave bad lines out and count them")
    .action(
      answering<string[]>(async (options, context, logs) => {
        const { trainOnTraffic } = await import("../detect/training/train.js");
        const result = await trainOnTraffic(logs, {
          ...context,
          ...trainingValues(options),
          out: options.out,
          outputsFolder: options.outputs,
          windows: { hostWindow: options.hostWindow, timeBase: options.timeBase },
          local: options.local,
          skipBadRows: options.skipBadRows,
          ignoreLabels: options.ignoreLabels,
          maxConnections: options.maxRows,
          command: process.argv.slice(2),
        });
        const paths = [options.out, join(options.outputs, basename(resolve(options.out)))];
        return { text: trainReport(result, paths), value: result };
      }),
    );
}
