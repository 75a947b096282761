import { constants } from "node:os";
import { type Command, CommanderError } from "commander";
import { InputError, memoryRanOut, ThreadError } from "../common/errors";
import { printable, printableJson } from "../common/shown";
import { print } from "./output";
import { ProgressBar } from "./progress-bar";

/** Options that every command has. */
interface CommonOptions {
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** What a command gives back: a text for people and a value for machines. */
export interface Answer {
  readonly text: string;
  readonly value: unknown;
  /** Default 0. */
  readonly exitCode?: number;
}

/** What a command works with. */
export interface Context {
  readonly onProgress: ProgressBar["update"];
  readonly onNotice: (sentence: string) => void;
  readonly signal: AbortSignal;
}

/** Exit codes; one that a signal ends has 128 and the signal's number, as in a shell. */
const ownFault = 1;
const wrongInput = 2;

/** Milliseconds that work has to end when it is told to. */
const lastMoments = 1_000;
/** Following judges and writes first what it has read. */
const lastWork = 10_000;

/** Adds a command with the options that every command has. */
export function addCommand(program: Command, name: string): Command {
  return program
    .command(name)
    .option("--quiet", "print errors only")
    .option("--json", "print one JSON value for machines");
}

// biome-ignore lint/suspicious/noExplicitAny: commander does not know the types of a command's options
type Options = CommonOptions & Record<string, any>;

/** Runs a command with progress and Ctrl+C, prints its answer, and sets its exit code. */
export function answering<Argument = string>(
  work: (options: Options, context: Context, argument: Argument) => Promise<Answer>,
) {
  return async (...parameters: unknown[]): Promise<void> => {
    const command = parameters[parameters.length - 1] as Command;
    const options = command.opts() as Options;
    const bar = new ProgressBar(process.stderr, Boolean(options.quiet || options.json));
    const interrupt = new AbortController();
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => interruptBy(signal, interrupt, options.follow ? lastWork : lastMoments));
    const onNotice = (sentence: string) => {
      bar.clear();
      if (!options.quiet) process.stderr.write(`${printable(sentence)}\n`);
    };
    try {
      requireNoEmptyText(command);
      const context: Context = { onProgress: bar.update, onNotice, signal: interrupt.signal };
      const { text, value, exitCode } = await work(options, context, parameters[0] as Argument);
      bar.clear();
      if (options.json) await print(`${printableJson(value, 2)}\n`);
      else if (!options.quiet && text) await print(`${printable(text)}\n`);
      process.exitCode = exitCode;
    } finally {
      bar.clear();
    }
  };
}

/** `--data "$FILE"` with an unset variable would otherwise mean another file, or the folder one is in. */
function requireNoEmptyText(command: Command): void {
  const option = command.options.find((option) => command.getOptionValue(option.attributeName()) === "");
  const place = command.args.indexOf("");
  const argument = command.registeredArguments[place] ?? command.registeredArguments.at(-1);
  const empty = option?.long ?? (place < 0 ? undefined : argument?.name());
  if (empty !== undefined) throw new InputError(`${empty} must not be empty`);
}

/**
 * Asks the work to end, which it does at once. A second signal, and work that has not heard of the first after a while,
 * end the process: what is written is whole at every instant, and what was started ends with this process.
 */
function interruptBy(signal: NodeJS.Signals, interrupt: AbortController, patience: number): void {
  const exitCode = 128 + constants.signals[signal];
  if (interrupt.signal.aborted) process.exit(exitCode);
  interrupt.abort(new Interrupted(exitCode));
  setTimeout(async () => process.exit(await report(interrupt.signal.reason)), patience);
}

class Interrupted extends Error {
  override readonly name = "Interrupted";
  override readonly message = "interrupted: nothing was changed";

  constructor(readonly exitCode: number) {
    super();
  }
}

/** Whether commander threw what is not an error: the end of --help or --version. */
export function isAnswer(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** One sentence and exit code 2 for a mistake of the user's; a stack trace for one of ours. */
export async function report(error: unknown): Promise<number> {
  const failed = memoryRanOut(error) || error instanceof ThreadError;
  const expected =
    failed || error instanceof CommanderError || error instanceof InputError || error instanceof Interrupted;
  const message = memoryRanOut(error) ? `memory ran out: ${sentence(error)}` : sentence(error);
  const told = expected ? `error: ${message}` : ((error as Error)?.stack ?? error);
  process.stderr.write(printable(`${told}\n`));
  // If this fails there is no one else to tell.
  if (process.argv.includes("--json")) await print(`${printableJson({ error: message })}\n`).catch(() => {});
  if (failed || !expected) return ownFault;
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
