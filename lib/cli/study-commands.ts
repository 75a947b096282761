import { type Command, Option } from "commander";
import { download } from "../data/kdd/download";
import { type SourceId, sources } from "../data/kdd/sources";
import { oneClassProtocols } from "../evaluation/one-class-protocols";
import { trainingDefaults } from "../models/training-options";
import { addCommand, answering } from "./command";
import { numberOption, trainingOptions, trainingValues } from "./options";
import { oneClassReport, runReport } from "./report";

/** The commands `run` and `download`. */
export function addStudyCommands(program: Command): void {
  trainingOptions(addCommand(program, "run"), trainingDefaults)
    .description("Train both detectors, evaluate them by all protocols, write models and outputs.")
    .option("--data-folder <folder>", "where data files and downloads are", "data")
    .option("--skip-bad-rows", "leave bad rows out and save them, with the reason, in rejected.csv")
    .option(
      "--data <file>",
      "training file: KDD'99 or NSL-KDD, plain or gzip (default: found, downloaded, or else simulated traffic)",
    )
    .option("--test <file>", "test file (default: the one that belongs to the training file)")
    .option("--models <folder>", "where models are written", "models")
    .option("--outputs <folder>", "where results are written", "outputs")
    .addOption(
      numberOption(
        "--repeats <n>",
        "studies with seeds seed, seed + 1, …; prints mean ± sd",
        { min: 1, max: 1000, integer: true },
        1,
      ),
    )
    .option("--csv", "write predictions.csv beside predictions.parquet")
    .addOption(
      new Option(
        "--protocol <name>",
        "only this protocol of deep papers on the 10 % set, beside the F1 that they report; keeps no model",
      ).choices(oneClassProtocols),
    )
    .action(
      answering(async (options, context) => {
        const study = {
          ...context,
          ...trainingValues(options),
          data: options.data,
          test: options.test,
          dataFolder: options.dataFolder,
          modelsFolder: options.models,
          outputsFolder: options.outputs,
          repeats: options.repeats,
          csv: options.csv,
          skipBadRows: options.skipBadRows,
          maxRows: options.maxRows,
          command: process.argv.slice(2),
        };
        if (options.protocol) {
          const { runOneClass } = await import("../study/run-one-class.js");
          const found = await runOneClass(options.protocol, study);
          return { text: oneClassReport(found), value: found.result };
        }
        const { run } = await import("../study/run.js");
        const result = await run(study);
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
