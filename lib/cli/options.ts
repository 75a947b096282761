import { type Command, Option } from "commander";
import { InputError, requireNumber } from "../common/errors";

type Range = Parameters<typeof requireNumber>[2];

/** A parser for a numeric option: refuses what is not a number or out of range, in one sentence. */
export function numberOption(parameter: string, range: Range): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    try {
      requireNumber(parameter, value, range);
    } catch (error) {
      if (!(error instanceof InputError) || !Number.isNaN(value)) throw error;
      throw new InputError(error.message.replace(/got NaN$/, `got '${text}'`));
    }
    return value;
  };
}

/** The options of commands that compute: on what, and in how many threads. */
export function workOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--backend <name>",
        "what computes the autoencoder: kernel, or TensorFlow.js on one of the others",
      )
        .choices(["kernel", "native", "wasm", "cpu"])
        .default("kernel"),
    )
    .option(
      "--workers <n>",
      "threads that compute",
      numberOption("--workers", { min: 1, max: 256, integer: true }),
    );
}

export function seedOption(): Option {
  return new Option("--seed <n>", "fixes every random choice")
    .argParser(numberOption("--seed", { min: 0, max: 0xffffffff, integer: true }))
    .default(1);
}

/** The options of commands that train both detectors. */
export function detectorOptions(command: Command, { sampleSize }: { readonly sampleSize: number }): Command {
  return command
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
      sampleSize,
    )
    .option(
      "--epochs <n>",
      "most passes of the autoencoder over its rows",
      numberOption("--epochs", { min: 1, max: 100_000, integer: true }),
      30,
    );
}
