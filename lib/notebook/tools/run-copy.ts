import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { sharedFolder } from "../../common/own-files";
import { inTransaction, Transaction, type TransactionOptions } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";
import { verdictsIn } from "../course/check";
import { onOtherData } from "./data-passages";
import { type Cell, codeCells, formatNotebook, type Notebook, notebookName, readNotebook } from "./notebook";
import { parametersOf, withParameters } from "./parameters";
import { type CellError, type ExecuteOptions, execute, type NotebookRun } from "./runner";

export interface RunCopyOptions extends ExecuteOptions, Pick<TransactionOptions, "onNotice"> {
  /** Values of parameters, as {@link withParameters} takes them. */
  readonly values?: ReadonlyMap<string, string>;
}

/** A run of a copy, to its end or to the cell that failed. */
export interface CopyRun extends NotebookRun {
  readonly failure?: CellError;
}

/**
 * Runs a copy of a notebook with other values of its parameters, in the folder of the notebook itself, which stays as it is. The
 * copy is written with what the cells gave, up to the first that failed, which is marked. Only a copy that nobody has changed is
 * replaced.
 *
 * @param path of the copy, in `folder`
 * @throws {InputError} if the notebook can't be read or lacks a parameter, or the copy can't be written
 */
export async function runCopy(
  file: string,
  folder: string,
  path: string,
  { values = new Map(), onNotice, ...options }: RunCopyOptions = {},
): Promise<CopyRun> {
  const notebook = await prepareCopy(file, values);
  return inTransaction({ onNotice, read: [file] }, async (transaction) => {
    const staged = join(await transaction.stageFolder(folder, copyOf(path)), path);
    const { after, failure, ...ran } = await execute(notebook, file, options);
    const written = failure ? marked(after, failure) : after;
    await mkdir(dirname(staged), { recursive: true });
    await writeWhole(staged, formatNotebook(written));
    return { ...ran, file: join(folder, path), failure, stale: [], exercises: verdictsIn(written) };
  });
}

/** The notebook as it is run: with its parameters' values, and without what does not hold for its data. */
export async function prepareCopy(file: string, values: ReadonlyMap<string, string>): Promise<Notebook> {
  const name = notebookName(file);
  const original = await readNotebook(file);
  const data = values.get("data");
  const isOther = data !== undefined && data !== parametersOf(original).get("data")?.value;
  const notebook = withParameters(original, values, name);
  const cells = (isOther ? onOtherData(notebook, name, data) : notebook).cells.map(
    (cell): Cell => (cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell),
  );
  return { ...notebook, cells };
}

/** Makes sure that copies can be written. @throws {InputError} if one can't */
export async function requirePlaces(
  folder: string,
  files: readonly string[],
  paths: readonly string[],
): Promise<void> {
  const transaction = new Transaction({ read: files });
  try {
    for (const path of paths) await transaction.stageFolder(folder, copyOf(path));
  } finally {
    await transaction.rollback();
  }
}

/** Each copy is a result of its own: the others in the folder stay. */
function copyOf(path: string) {
  return sharedFolder(`run of ${path}`, (other) => other === path);
}

/** The notebook with a first cell that says which cell failed, and a heading before that one. */
function marked(notebook: Notebook, { cell, reason }: CellError): Notebook {
  const failing = codeCells(notebook)[cell - 1];
  const heading = "Failing cell";
  const link = `[Cell ${cell}](#${heading.replace(" ", "-")})`;
  const say = (id: string, source: string): Cell => ({
    ...{ cell_type: "markdown", metadata: { tags: [id] }, source },
    ...(failing.id !== undefined && { id }),
  });
  const first = reason.split("\n", 1)[0].replaceAll("`", "'");
  return {
    ...notebook,
    cells: [
      say("failure", `**${link} failed, and the run stopped there:** \`${first}\``),
      ...notebook.cells.flatMap((other) =>
        other === failing ? [say("failing-cell", `#### ${heading}`), other] : [other],
      ),
    ],
  };
}
