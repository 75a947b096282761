import { type Command, Option } from "commander";
import { download } from "../data/kdd/download";
import { type SourceId, sources } from "../data/kdd/sources";
import { oneClassProtocols } from "../evaluation/one-class-protocols";
import { trainingDefaults } from "../models/training-options";
import { columnOptions, columnValues, logarithmValues } from "./column-options";
import { type Answer, addCommand, answering, type Context } from "./command";
import { descriptionReport } from "./description";
import { numberOption, trainingOptions, trainingValues } from "./options";
import { oneClassReport, runReport } from "./report";

/** The commands `run` and `download`. */
export function addStudyCommands(program: Command): void {
  const run = addCommand(program, "run").description(
    "Train both detectors on a table, evaluate them by all protocols, write models and outputs.",
  );
  columnOptions(
    run
      .optionsGroup("Data:")
      .option(
        "--data <file>",
        "table to train on: CSV, TSV, JSON lines, ARFF or Parquet, plain, gzip or zstd or `simulated` (default: KDD'99, found or downloaded, or else simulated traffic)",
      ),
  )
    .option("--test <file>", "table to test on, with the same columns (default: KDD'99's own)")
    .option("--describe", "show what each column is taken for, and train nothing")
    .option("--skip-bad-rows", "leave bad rows out and save them, with the reason, in rejected.csv")
    .option("--data-folder <folder>", "where KDD'99's files are, and downloads go", "data");
  trainingOptions(run, trainingDefaults)
    .optionsGroup("Study:")
    .addOption(
      numberOption(
        "--repeats <n>",
        "studies with seeds seed, seed + 1, …; prints mean ± sd",
        { min: 1, max: 1000, integer: true },
        1,
      ),
    )
    .addOption(
      new Option(
        "--protocol <name>",
        "only this protocol of deep papers on KDD'99's 10 % set, beside the F1 that they report; keeps no model",
      ).choices(oneClassProtocols),
    )
    .option("--models <folder>", "where models are written", "models")
    .option("--outputs <folder>", "where results are written", "outputs")
    .option("--csv", "write predictions.csv beside predictions.parquet")
    .action(answering((options, context) => study(options, context)));

  addDownloadCommand(program);
}

// biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
async function study(options: Record<string, any>, context: Context): Promise<Answer> {
  const training = trainingValues(options);
  const preprocessing = options.logarithm && {
    ...training.preprocessing,
    logarithmOf: logarithmValues(options.logarithm),
  };
  const chosen = {
    ...context,
    ...training,
    ...(preprocessing && { preprocessing }),
    ...columnValues(options),
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
  if (options.describe) {
    const { describeData } = await import("../study/describe.js");
    const found = await describeData(chosen);
    return { text: descriptionReport(found), value: found };
  }
  if (options.protocol) {
    const { runOneClass } = await import("../study/run-one-class.js");
    const found = await runOneClass(options.protocol, chosen);
    return { text: oneClassReport(found), value: found.result };
  }
  const { run } = await import("../study/run.js");
  const result = await run(chosen);
  return { text: runReport(result), value: result };
}

function addDownloadCommand(program: Command): void {
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
