import { constants } from "node:os";
import { join } from "node:path";
import { Command, CommanderError, Option } from "commander";
import { InputError } from "../common/errors";
import { libraryVersion } from "../common/version";
import { download } from "../data/download";
import { type SourceId, sources } from "../data/sources";
import { numberOption } from "./options";
import { ProgressBar } from "./progress-bar";
import { runReport } from "./report";

/** Options that every command has. */
interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a command gives back: a text for people and a value for machines. */
interface Answer {
  readonly text: string;
  readonly value: unknown;
}

/** What a command works with. */
interface Desk {
  readonly onProgress: ProgressBar["update"];
  readonly onNotice: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Exit codes; one that a signal ends has 128 and the signal's number, as in a shell. */
const ours = 1;
const wrongInput = 2;

async function main(): Promise<void> {
  const program = new Command("traffic-anomaly")
    .description("Unsupervised anomaly detection in network traffic: isolation forest and autoencoder.")
    .version(libraryVersion)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} });

  const common = (command: Command) =>
    command
      .addOption(backend)
      .option(
        "--workers <n>",
        "threads for the isolation forest",
        numberOption("--workers", { min: 1, max: 256, integer: true }),
      )
      .option("--data-folder <folder>", "where data files, downloads and cache are", "data")
      .option("--skip-bad-rows", "leave bad rows out and save them, with the reason, in rejected.csv");
  const backend = new Option("--backend <name>", "TensorFlow backend")
    .choices(["auto", "native", "wasm", "cpu"])
    .default("auto");

  common(addCommand(program, "run"))
    .description("Train both detectors, evaluate them by all protocols, write models and outputs.")
    .option(
      "--data <file>",
      "training file: KDD'99 or NSL-KDD, plain or gzip (default: found, or downloaded)",
    )
    .option("--test <file>", "test file (default: the one that belongs to the training file)")
    .option("--models <folder>", "where models are written", "models")
    .option("--outputs <folder>", "where results are written", "outputs")
    .option(
      "--seed <n>",
      "fixes every random choice",
      numberOption("--seed", { min: 0, max: 0xffffffff, integer: true }),
      1,
    )
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
    .option(
      "--trees <n>",
      "trees of the isolation forest",
      numberOption("--trees", { min: 1, max: 100_000, integer: true }),
      100,
    )
    .option(
      "--sample-size <n>",
      "rows each tree is grown on",
      numberOption("--sample-size", { min: 2, max: 1_000_000, integer: true }),
      256,
    )
    .option(
      "--epochs <n>",
      "most passes of the autoencoder over its rows",
      numberOption("--epochs", { min: 1, max: 100_000, integer: true }),
      30,
    )
    .option("--csv", "write predictions.csv beside predictions.parquet")
    .action(
      answering(async (options, desk) => {
        const { run } = await import("../pipeline.js");
        const result = await run({
          ...desk,
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
          isolationForest: { trees: options.trees, sampleSize: options.sampleSize },
          autoencoder: { epochs: options.epochs, backend: options.backend },
          command: process.argv.slice(2),
        });
        return { text: runReport(result), value: result };
      }),
    );

  common(addCommand(program, "score"))
    .description("Score a file with a saved model, in constant memory.")
    .argument("<file>", "KDD'99 or NSL-KDD file, plain or gzip, with or without labels")
    .requiredOption("--model <folder>", "a model folder, such as models/isolation-forest")
    .option("--out <file>", "what to write: .parquet or .csv", join("outputs", "scores.parquet"))
    .action(
      answering(async (options, desk, file) => {
        const { scoreFile } = await import("../scoring.js");
        const result = await scoreFile(file, options.model, { ...desk, ...options, out: options.out });
        const { rows, anomalies, threshold, skippedRows, unseen, path } = result;
        const lines = [
          `${rows.toLocaleString("en-US")} rows scored, ${anomalies.toLocaleString("en-US")} anomalous (score > ${threshold})`,
          ...(skippedRows > 0 ? [`${skippedRows} bad rows skipped, see rejected.csv beside ${path}`] : []),
          ...unseen.map(
            ({ feature, category, rows }) =>
              `${feature} '${category}' was not seen in training: ${rows} rows`,
          ),
          `Written: ${path}`,
        ];
        return { text: lines.join("\n"), value: result };
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
      answering(async (options, desk, dataset) => {
        const ids = dataset === "all" ? (Object.keys(sources) as SourceId[]) : [dataset as SourceId];
        const paths: string[] = [];
        for (const id of ids) paths.push(await download(sources[id], options.dataFolder, desk));
        return { text: paths.join("\n"), value: { paths } };
      }),
    );

  if (process.argv.length > 2) return void (await program.parseAsync());
  program.outputHelp(); // as git and npm do: help, but no success
  process.exitCode = 1;
}

function addCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option("--quiet", "print errors only")
    .option("--json", "print one JSON value for machines");
}

// biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
type Options = CommonOptions & Record<string, any>;

/** Runs a command with progress and Ctrl+C, and prints its answer. */
function answering(work: (options: Options, desk: Desk, argument: string) => Promise<Answer>) {
  return async (...parameters: unknown[]): Promise<void> => {
    const command = parameters[parameters.length - 1] as Command;
    const options = command.opts() as Options;
    const bar = new ProgressBar(process.stderr, Boolean(options.quiet || options.json));
    const interrupt = new AbortController();
    const stop = (signal: NodeJS.Signals) => interrupt.abort(new Interrupted(signal));
    process.once("SIGINT", stop).once("SIGTERM", stop);
    const onNotice = (sentence: string) => {
      bar.clear();
      if (!options.quiet) process.stderr.write(`${sentence}\n`);
    };
    try {
      requireNoEmptyText(command);
      const desk: Desk = { onProgress: bar.update, onNotice, signal: interrupt.signal };
      const { text, value } = await work(options, desk, String(parameters[0]));
      bar.clear();
      if (options.json) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
      else if (!options.quiet) process.stdout.write(`${text}\n`);
    } finally {
      bar.clear();
      process.off("SIGINT", stop).off("SIGTERM", stop);
    }
  };
}

/** `--data "$FILE"` with an unset variable would otherwise mean another file, or the folder one is in. */
function requireNoEmptyText(command: Command): void {
  const empty = [
    ...command.options
      .filter((option) => command.getOptionValue(option.attributeName()) === "")
      .map((option) => option.long),
    ...command.registeredArguments
      .filter((_, i) => command.args[i] === "")
      .map((argument) => argument.name()),
  ];
  if (empty.length > 0) throw new InputError(`${empty[0]} must not be empty`);
}

class Interrupted extends Error {
  override readonly name = "Interrupted";
  override readonly message = "interrupted: nothing was changed";
  readonly exitCode: number;

  constructor(signal: NodeJS.Signals) {
    super();
    this.exitCode = 128 + constants.signals[signal];
  }
}

/** One sentence and exit code 2 for a mistake of the user's; a stack trace for one of ours. */
function report(error: unknown): number {
  if (error instanceof CommanderError && error.exitCode === 0) return 0; // --help and --version
  const expected =
    error instanceof CommanderError || error instanceof InputError || error instanceof Interrupted;
  const message = sentence(error);
  if (process.argv.includes("--json")) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
  process.stderr.write(expected ? `error: ${message}\n` : `${(error as Error)?.stack ?? error}\n`);
  if (!expected) return ours;
  return error instanceof Interrupted ? error.exitCode : wrongInput;
}

/** An error's message on one line. */
function sentence(error: unknown): string {
  if (error instanceof CommanderError && error.code === "commander.help")
    return `unknown command '${process.argv.slice(3).join(" ")}'`; // help NAME
  const message = error instanceof Error ? error.message : String(error);
  return message
    .replace(/^error: /, "")
    .replace(/\. (Allowed|Expected)/, (_, word) => `: ${word.toLowerCase()}`) // commander's second sentences
    .replace(/\s*[\r\n]+\s*/g, " ")
    .replace(/\.$/, "");
}

main().then(
  () => process.exit(),
  (error) => process.exit(report(error)),
);
