import { Command } from "commander";
import { libraryVersion } from "../common/version";
import { addAllowCommand } from "./allow-command";
import { isAnswer, report } from "./command";
import { addCompareCommand } from "./compare-command";
import { addExportCommand } from "./export-command";
import { addNotebookCommands } from "./notebook-commands";
import { print } from "./output";
import { addScoreCommand } from "./score-command";
import { addSimulateCommand } from "./simulate-command";
import { addStudyCommands } from "./study-commands";
import { addTrainCommand } from "./train-command";

/** Gives the exit code. What commander writes, help or the version, is printed at the end. */
async function main(): Promise<number> {
  let written = "";
  const program = new Command("traffic-anomaly")
    .description("Unsupervised anomaly detection in network traffic: isolation forest and autoencoder.")
    .version(libraryVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        written += text;
      },
      writeErr: () => {},
      outputError: () => {},
    });

  addStudyCommands(program);
  addCompareCommand(program);
  addTrainCommand(program);
  addScoreCommand(program);
  addAllowCommand(program);
  addExportCommand(program);
  addSimulateCommand(program);
  addNotebookCommands(program);

  try {
    if (process.argv.length > 2) await program.parseAsync();
    else {
      program.outputHelp(); // as git and npm do: help, but no success
      process.exitCode = 1;
    }
  } catch (error) {
    if (!isAnswer(error)) throw error;
  }
  await print(written);
  return Number(process.exitCode ?? 0);
}

// Nothing is left that the command could still be waiting for: it must not look as if it had succeeded.
process.once("beforeExit", () => end(report(new Error("the command stopped in the middle of its work"))));

void end(main().catch(report));

async function end(exitCode: Promise<number>): Promise<void> {
  process.exit(await exitCode);
}
