import { basename, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { longestHostWindow } from "../traffic/windows/host-window";
import { addCommand, answering } from "./command";
import { detectorOptions, numberOption, seedOption, workOptions } from "./options";
import { trainReport } from "./traffic-report";

/** The command `train`. */
export function addTrainCommand(program: Command): void {
  detectorOptions(workOptions(addCommand(program, "train")), { sampleSize: 1024 })
    .description("Learn from your own connection logs (Zeek's conn.log) what is usual.")
    .argument(
      "<log...>",
      "logs as TSV or JSON, plain or gzip, folders with them, pipes, or - for the standard input",
    )
    .requiredOption("--out <folder>", "the model's folder, such as models/office")
    .option("--outputs <folder>", "where a folder with diagnostics is written", "outputs")
    .option(
      "--false-alarm-rate <share>",
      "share of usual connections that may raise an alert",
      numberOption("--false-alarm-rate", { min: 0, max: 1, minExcluded: true, maxExcluded: true }),
      0.01,
    )
    .addOption(seedOption())
    .option(
      "--host-window <n>",
      "connections that the features of a host look back on: 255 as in KDD'99's files, 100 as in their description",
      numberOption("--host-window", { min: 1, max: longestHostWindow, integer: true }),
      255,
    )
    .addOption(
      new Option("--time-base <end>", "which end of a connection is its time")
        .choices(["start", "end"])
        .default("start"),
    )
    .option("--skip-bad-rows", "leave bad lines out and count them")
    .option(
      "--max-rows <n>",
      "most connections to learn from: logs with more are refused before they take all memory",
      numberOption("--max-rows", { min: 1, integer: true }),
      10_000_000,
    )
    .action(
      answering<string[]>(async (options, context, logs) => {
        const { trainOnTraffic } = await import("../detect/train.js");
        const result = await trainOnTraffic(logs, {
          ...context,
          out: options.out,
          outputsFolder: options.outputs,
          falseAlarmRate: options.falseAlarmRate,
          seed: options.seed,
          windows: { hostWindow: options.hostWindow, timeBase: options.timeBase },
          workers: options.workers,
          skipBadRows: options.skipBadRows,
          maxConnections: options.maxRows,
          settings: {
            "isolation-forest": { trees: options.trees, sampleSize: options.sampleSize },
            autoencoder: { epochs: options.epochs, backend: options.backend },
          },
        });
        const paths = [options.out, join(options.outputs, basename(resolve(options.out)))];
        return { text: trainReport(result, paths), value: result };
      }),
    );
}
