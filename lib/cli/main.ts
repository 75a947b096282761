import { Command } from "commander";
import { libraryVersion } from "../common/version";
import { report } from "./command";
import { addNotebookCommands } from "./notebook-commands";
import { addScoreCommand } from "./score-command";
import { addSimulateCommand } from "./simulate-command";
import { addStudyCommands } from "./study-commands";
import { addTrainCommand } from "./train-command";

async function main(): Promise<void> {
  const program = new Command("traffic-anomaly")
    .description("Unsupervised anomaly detection in network traffic: isolation forest and autoencoder.")
    .version(libraryVersion)
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} });

  addStudyCommands(program);
  addTrainCommand(program);
  addScoreCommand(program);
  addSimulateCommand(program);
  addNotebookCommands(program);

  if (process.argv.length > 2) return void (await program.parseAsync());
  program.outputHelp(); // as git and npm do: help, but no success
  process.exitCode = 1;
}

// Nothing is left that the command could still be waiting for: it must not look as if it had succeeded.
process.once("beforeExit", () =>
  process.exit(report(new Error("the command stopped in the middle of its work"))),
);

main().then(
  () => process.exit(),
  (error) => process.exit(report(error)),
);
