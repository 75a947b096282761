import { type Command, Option } from "commander";
import { InputError, requireNumber } from "../common/errors";
import { backends } from "../models/tensorflow";
import { rateRange } from "../models/threshold";
import { presets, type TrainingOptions, trainingDefaults } from "../models/training-options";

type Range = Parameters<typeof requireNumber>[2];

/** A numeric option: what is not a number or out of range is refused in one sentence. */
export function numberOption(flags: string, text: string, range: Range, otherwise?: number): Option {
  const [name] = flags.split(" ");
  const option = new Option(flags, text).argParser((given: string) => {
    const value = given.trim() === "" ? Number.NaN : Number(given);
    try {
      requireNumber(name, value, range);
    } catch (error) {
      if (!(error instanceof InputError) || !Number.isNaN(value)) throw error;
      throw new InputError(error.message.replace(/got NaN$/, `got '${given}'`));
    }
    return value;
  });
  return otherwise === undefined ? option : option.default(otherwise);
}

/** The options of commands that compute: on what, and in how many threads. */
export function workOptions(command: Command): Command {
  return command
    .optionsGroup("Computing:")
    .addOption(
      new Option(
        "--backend <name>",
        "what computes the autoencoder: kernel, or TensorFlow.js on one of the others",
      )
        .choices(backends)
        .default("kernel"),
    )
    .addOption(numberOption("--workers <n>", "threads that compute", { min: 1, max: 256, integer: true }));
}

export function seedOption(): Option {
  const range = { min: 0, max: 0xffffffff, integer: true };
  return numberOption("--seed <n>", "fixes every random choice", range, trainingDefaults.seed);
}

type Defaults = Pick<typeof trainingDefaults, "seed" | "maxRows"> & {
  readonly falseAlarmRate: number;
  readonly settings: { readonly "isolation-forest": Record<"trees" | "sampleSize", number> } & Pick<
    typeof trainingDefaults.settings,
    "autoencoder"
  >;
};

/** The options of commands that train, from the library's own defaults. */
export function trainingOptions(command: Command, { falseAlarmRate, maxRows, settings }: Defaults): Command {
  const { trees, sampleSize } = settings["isolation-forest"];
  const { epochs } = settings.autoencoder;
  const upTo = (max: number, min = 1) => ({ min, max, integer: true });
  // Without a default of the command's own, these can be told from what the user said: a preset stands between.
  const preset = (value: number) => `(default: ${value}), unless a preset says otherwise`;
  const options: [flags: string, text: string, range: Range, otherwise?: number][] = [
    ["--false-alarm-rate <share>", "share of normal rows that may be flagged", rateRange, falseAlarmRate],
    ["--trees <n>", `trees of the isolation forest ${preset(trees)}`, upTo(100_000)],
    ["--sample-size <n>", `rows each tree is grown on ${preset(sampleSize)}`, upTo(1_000_000, 2)],
    ["--epochs <n>", "most passes of the autoencoder over its rows", upTo(100_000), epochs],
    [
      "--max-rows <n>",
      "most rows to read: data with more is refused before it takes all memory",
      { min: 1, integer: true },
      maxRows,
    ],
  ];
  command
    .optionsGroup("Training:")
    .addOption(
      new Option("--preset <name>", "other preprocessing and forest than the default").choices(
        Object.keys(presets),
      ),
    );
  for (const option of options) command.addOption(numberOption(...option));
  return workOptions(command.addOption(seedOption()));
}

/** What the user said with {@link trainingOptions}, as the library takes it. */
export function trainingValues({
  falseAlarmRate,
  preset,
  seed,
  workers,
  trees,
  sampleSize,
  epochs,
  backend,
  // biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
}: Record<string, any>): TrainingOptions {
  const chosen: TrainingOptions = presets[preset as keyof typeof presets] ?? {};
  const forest = {
    ...chosen.settings?.["isolation-forest"],
    ...(trees !== undefined && { trees }),
    ...(sampleSize !== undefined && { sampleSize }),
  };
  const settings = { "isolation-forest": forest, autoencoder: { epochs, backend } };
  return { ...chosen, falseAlarmRate, seed, workers, settings };
}
