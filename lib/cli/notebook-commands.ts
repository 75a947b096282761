import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { InputError } from "../common/errors";
import { addCommand, answering } from "./command";
import { numberOption } from "./options";

/** The commands around the notebooks. Each loads its code when it is used: most runs need none of it. */
export function addNotebookCommands(program: Command): void {
  addNotebooks(program);
  addLab(program);
  addKernel(program);
  addDoctor(program);
  addHtml(program);
  addStudentEdition(program);
}

function addNotebooks(program: Command): void {
  addCommand(program, "notebooks")
    .description("Run notebooks without Jupyter and save their outputs, if every cell passes.")
    .argument("[names...]", "such as 03 or 03-isolation-forest; default: all", [])
    .option("--check", "write nothing; fail if outputs are stale")
    .addOption(numberOption("--timeout <seconds>", "longest time for one cell", { min: 1, max: 86_400 }, 600))
    .option("--folder <folder>", "where the notebooks are", "notebooks")
    .option("--out <folder>", "run copies, and write them there, with the outputs up to a cell that fails")
    .option(
      "--set <name=value>",
      "another value of a parameter of the copies; repeatable",
      addValue,
      new Map(),
    )
    .addOption(new Option("--data <name>", "what the copies run on").choices(["simulated"]))
    .action(
      answering<string[]>(async ({ timeout, set, ...options }, context, names) => {
        const { runNotebooks } = await import("./notebooks.js");
        const answer = await runNotebooks(names, {
          ...context,
          ...options,
          values: set,
          timeoutSeconds: timeout,
        });
        return { ...answer, exitCode: answer.value.passed ? 0 : 1 };
      }),
    );
}

function addLab(program: Command): void {
  addCommand(program, "lab")
    .description("Open JupyterLab in notebooks/ with the project's kernel.")
    .argument("[parameters...]", "more parameters for jupyter lab, such as --no-browser", [])
    .allowUnknownOption()
    .action(
      answering<string[]>(async (_, { signal }, parameters) => {
        const { openLab } = await import("../notebook/tools/lab.js");
        return { text: "", value: {}, exitCode: await openLab(parameters, signal) };
      }),
    );
}

function addKernel(program: Command): void {
  addCommand(program, "kernel")
    .description("Make the project's kernel known to JupyterLab and VS Code.")
    .action(
      answering(async () => {
        const { registerKernelspec } = await import("../notebook/tools/kernelspec.js");
        const paths = await registerKernelspec();
        return { text: paths.join("\n"), value: { paths } };
      }),
    );
}

function addDoctor(program: Command): void {
  addCommand(program, "doctor")
    .description(
      "Look at Node, the autoencoder's backend, data, kernel, JupyterLab and browser, and say how to fix what is missing.",
    )
    .action(
      answering(async (_, { signal }) => {
        const { examine } = await import("../notebook/tools/doctor.js");
        const findings = await examine(signal);
        const marks = { good: "✓", optional: "–", missing: "✗" };
        const lines = findings.map(({ name, state, words }) => `${marks[state]} ${name.padEnd(11)} ${words}`);
        const missing = findings.some(({ state }) => state === "missing");
        return { text: lines.join("\n"), value: findings, exitCode: missing ? 1 : 0 };
      }),
    );
}

function addHtml(program: Command): void {
  addCommand(program, "html")
    .description("Make a book of the notebooks: pages that work offline.")
    .argument("[names...]", "such as 03; default: all", [])
    .option("--folder <folder>", "where the notebooks are", "notebooks")
    .option("--out <folder>", "where the pages go", join("outputs", "html"))
    .action(
      answering<string[]>(async ({ folder, out }, { onNotice }, names) => {
        const { findNotebooks } = await import("./notebooks.js");
        const { writeBook } = await import("../notebook/book/book.js");
        const paths = await writeBook(await findNotebooks(names, folder), folder, out, { onNotice });
        return { text: paths.join("\n"), value: { paths } };
      }),
    );
}

function addStudentEdition(program: Command): void {
  addCommand(program, "student-edition")
    .description(
      "Make a folder for a class: notebooks without outputs, answers and solutions, with all that installs them.",
    )
    .option("--folder <folder>", "where the notebooks are", "notebooks")
    .option("--out <folder>", "where it goes", join("outputs", "student-edition"))
    .action(
      answering(async ({ folder, out }, { onNotice, signal }) => {
        const { findNotebooks } = await import("./notebooks.js");
        const { writeStudentEdition } = await import("../notebook/tools/student-edition.js");
        const notebooks = (await findNotebooks([], folder)).filter((file) => dirname(file) === folder);
        const paths = await writeStudentEdition(notebooks, out, { onNotice, signal });
        return { text: paths.join("\n"), value: { paths } };
      }),
    );
}

function addValue(text: string, values: ReadonlyMap<string, string>): Map<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined)
    throw new InputError(`--set takes a name and a value, such as seed=7, got '${text}'`);
  return new Map([...values, [name, value]]);
}
