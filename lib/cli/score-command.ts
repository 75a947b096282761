import { join } from "node:path";
import { type Command, Option } from "commander";
import { InputError } from "../common/errors";
import { formatCount } from "../common/format";
import type { FollowOptions } from "../detect/follow/follow";
import type { ScoreTrafficResult } from "../detect/score/score-result";
import { followDefaults } from "../detect/training/defaults";
import { trainedDetectors } from "../models/detectors";
import { rateRange } from "../models/threshold";
import { type Answer, addCommand, answering, type Context } from "./command";
import { numberOption, workOptions } from "./options";
import { anomalousLines } from "./report";
import { discoveryRule, scoreReport } from "./traffic-report";

/** The command `score`: the model decides whether it reads a table or logs of connections. */
export function addScoreCommand(program: Command): void {
  const command = workOptions(addCommand(program, "score"))
    .description("Score logs or a table with a saved model, in constant memory.")
    .argument(
      "<file...>",
      "for a model of train: logs or folders with them; otherwise a table with the model's columns; - is the standard input",
    )
    .requiredOption("--model <folder>", "a model folder, such as models/office or models/isolation-forest")
    .option(
      "--out <file>",
      "what to write (default: alerts to the standard output; scores of a table, .parquet, .csv or .jsonl, to outputs/scores.parquet)",
    )
    .option("--skip-bad-rows", "leave bad rows out (a table's are saved in rejected.csv)")
    .addOption(
      numberOption(
        "--false-discovery-rate <share>",
        "share of what is reported that may be usual, in place of the model's false-alarm rate",
        rateRange,
      ),
    );
  logOptions(command).action(
    answering<string[]>(async ({ quiet: _, json, model, ...options }, context, files) => {
      const { matchingSubject } = await import("../detect/model/traffic-model-folder.js");
      const subject = await matchingSubject(files, model, context.onNotice);
      if (subject === "table") return scoreTable(files[0], model, options, context);
      if (json && options.out === undefined)
        throw new InputError("--json prints the summary, so that alerts need a file: add --out FILE");
      return scoreLogs(files, model, options, context);
    }),
  );
}

/** The options that only logs of connections have. */
function logOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <name>", "of alerts (default: as the file's name ends, otherwise json)").choices([
        "json",
        "csv",
        "parquet",
      ]),
    )
    .addOption(
      new Option("--detector <name>", "of the model (default: all)").choices(
        trainedDetectors.map(({ kind }) => kind),
      ),
    )
    .addOption(
      numberOption("--top <n>", "only this many alerts, the most anomalous first", {
        min: 1,
        max: 1_000_000,
        integer: true,
      }),
    )
    .option("--allow <file>", "hosts, ports and services not to alert on, one a line")
    .option("--follow", "wait for more lines of one log, also when it is rotated, until Ctrl+C")
    .addOption(
      numberOption(
        "--lateness <seconds>",
        `how long to wait for earlier connections while following (default: ${followDefaults.lateness})`,
        { min: 0, max: 86_400 },
      ),
    )
    .option(
      "--incidents <file>",
      "alerts that belong together as one line of JSON; while following, again when it grew tenfold and when it is closed",
    )
    .option(
      "--all <file>",
      "every connection with scores, p-values, verdicts and features: .parquet, .csv or .jsonl",
    )
    .option("--report <file>", "a page on what was found, .html: incidents, timeline, hosts, drift")
    .option(
      "--state <file>",
      "remembers what the windows know and which incidents are open, so that the next log goes on from there; while following, also where it was",
    );
}

// biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
type Options = Record<string, any>;

async function scoreLogs(
  logs: readonly string[],
  model: string,
  options: Options,
  context: Context,
): Promise<Answer> {
  const work = options.follow ? follow : score;
  const result = await work(logs, model, options, context);
  const text = scoreReport(result);
  if (options.out !== undefined) return { text, value: result };
  context.onNotice(text); // alerts go to the standard output
  return { text: "", value: result };
}

async function score(
  logs: readonly string[],
  model: string,
  options: Options,
  context: Context,
): Promise<ScoreTrafficResult> {
  if (options.lateness !== undefined) throw new InputError("--lateness is for --follow");
  const { scoreTraffic } = await import("../detect/score/score-traffic.js");
  return scoreTraffic(logs, model, { ...options, ...context, command: process.argv.slice(2) });
}

/** Options that --follow does not go with, and why. */
const needingTheEnd = {
  falseDiscoveryRate: "--false-discovery-rate needs all connections",
  all: "--all needs the end of the logs",
  report: "--report needs the end of the logs",
  top: "--top needs all alerts",
};

async function follow(
  logs: readonly string[],
  model: string,
  { follow: _, ...options }: Options,
  context: Context,
): Promise<ScoreTrafficResult> {
  for (const [name, need] of Object.entries(needingTheEnd))
    if (options[name] !== undefined) throw new InputError(`${need}, and --follow has no end`);
  if (logs.length > 1 || logs[0] === "-") throw new InputError("--follow reads one log, a file");
  const { followTraffic } = await import("../detect/follow/follow.js");
  const { onNotice, signal: stop } = context;
  return followTraffic(logs[0], model, {
    ...(options as Omit<FollowOptions, "stop">),
    onNotice,
    stop,
  });
}

/** Names that training did not see: this many are printed, and --json has all. */
const shownUnseen = 20;

const ofLogsOnly = "format detector top allow follow lateness incidents all report state".split(" ");

async function scoreTable(file: string, model: string, options: Options, context: Context): Promise<Answer> {
  const given = ofLogsOnly.find((name) => options[name] !== undefined);
  if (given) throw new InputError(`--${given} is for logs of connections, and a model of train`);
  const { scoreFile } = await import("../study/score-file.js");
  const out = options.out ?? join("outputs", "scores.parquet");
  const result = await scoreFile(file, model, { ...context, ...options, out });
  const { rows, anomalies, threshold, discoveries, skippedRows, unseen, mostAnomalous, path } = result;
  const rule = discoveries ? discoveryRule(discoveries, "rows") : `score > ${threshold}`;
  const lines = [
    `${formatCount(rows)} rows scored, ${formatCount(anomalies)} anomalous (${rule})`,
    ...(skippedRows > 0 ? [`${skippedRows} bad rows skipped, see rejected.csv beside ${path}`] : []),
    ...unseen
      .slice(0, shownUnseen)
      .map(
        ({ feature, category, rows }) => `${feature} '${category}' was not seen in training: ${rows} rows`,
      ),
    ...(unseen.length > shownUnseen
      ? [`${formatCount(unseen.length - shownUnseen)} more names were not seen in training`]
      : []),
    "The most anomalous rows (--json has more):",
    ...anomalousLines(mostAnomalous),
    `Written: ${path}`,
  ];
  return { text: lines.join("\n"), value: result };
}
