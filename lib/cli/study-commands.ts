import type { Command } from "commander";
import { download } from "../data/kdd/download";
import { type SourceId, sources } from "../data/kdd/sources";
import { addCommand, answering } from "./command";
import { detectorOptions, numberOption, seedOption, workOptions } from "./options";
import { runReport } from "./report";

/** The commands `run` and `download`. */
export function addStudyCommands(program: Command): void {
  detectorOptions(workOptions(addCommand(program, "run")), { sampleSize: 256 })
    .description("Train both detectors, evaluate them by all protocols, write models and outputs.")
    .option("--data-folder <folder>", "where data files and downloads are", "data")
    .option("--skip-bad-rows", "leave bad rows out and save them, with the reason, in rejected.csv")
    .option(
      "--max-rows <n>",
      "most rows of a file: one with more is refused before it takes all memory",
      numberOption("--max-rows", { min: 1, integer: true }),
      10_000_000,
    )
    .option(
      "--data <file>",
      "training file: KDD'99 or NSL-KDD, plain or gzip (default: found, downloaded, or else simulated traffic)",
    )
    .option("--test <file>", "test file (default: the one that belongs to the training file)")
    .option("--models <folder>", "where models are written", "models")
    .option("--outputs <folder>", "where results are written", "outputs")
    .addOption(seedOption())
    .option(
      "--repeats <n>",
      "studies with seeds seed, seed + 1, …; prints mean ± sd",
      numberOption("--repeats", { min: 1, max: 1000, integer: true }),
      1,
    )
    .option(
      "--false-alarm-rate <share>",
      "share of normal rows that may be flagged",
      numberOption("--false-alarm-rate", { min: 0, max: 1, minExcluded: true, maxExcluded: true }),
      0.05,
    )
    .option("--csv", "write predictions.csv beside predictions.parquet")
    .action(
      answering(async (options, context) => {
        const { run } = await import("../study/run.js");
        const result = await run({
          ...context,
          data: options.data,
          test: options.test,
          dataFolder: options.dataFolder,
          modelsFolder: options.models,
          outputsFolder: options.outputs,
          seed: options.seed,
          repeats: options.repeats,
          falseAlarmRate: options.falseAlarmRate,
          workers: options.workers,
          csv: options.csv,
          skipBadRows: options.skipBadRows,
          maxRows: options.maxRows,
          settings: {
            "isolation-forest": { trees: options.trees, sampleSize: options.sampleSize },
            autoencoder: { epochs: options.epochs, backend: options.backend },
          },
          command: process.argv.slice(2),
        });
        return { text: runReport(result), value: result };
      }),
    );

  addCommand(program, "download")
    .description("Download KDD'99 files into the data folder and check them.")
    .addArgument(
      program
        .createArgument("[dataset]", "which file")
        .choices(["10-percent", "full", "corrected", "all"])
        .default("10-percent"),
    )
    .option("--data-folder <folder>", "where to put them", "data")
    .action(
      answering(async (options, context, dataset) => {
        const ids = dataset === "all" ? (Object.keys(sources) as SourceId[]) : [dataset as SourceId];
        const paths: string[] = [];
        for (const id of ids) paths.push(await download(sources[id], options.dataFolder, context));
        return { text: paths.join("\n"), value: { paths } };
      }),
    );
}
