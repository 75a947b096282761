import { basename, join } from "node:path";
import { sharedFolder } from "../../common/own-files";
import { inTransaction, type TransactionOptions } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";
import { formatNotebook, readNotebook } from "./notebook";

/**
 * Writes copies of notebooks without outputs, to be run and worked through by students: all of them or none. Only copies that
 * nobody has changed are replaced.
 *
 * @returns the paths of the copies
 * @throws {InputError} if a notebook can't be read, the folder can't be written, or holds other notebooks of these names
 */
export async function writeStudentEdition(
  files: readonly string[],
  folder: string,
  options: Pick<TransactionOptions, "onNotice"> = {},
): Promise<string[]> {
  const names = files.map((file) => basename(file));
  const edition = sharedFolder("student edition", (path) => names.includes(path));
  await inTransaction({ ...options, read: files }, async (transaction) => {
    const staged = await transaction.stageFolder(folder, edition);
    for (const file of files) {
      const notebook = await readNotebook(file);
      const cells = notebook.cells.map((cell) =>
        cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
      );
      await writeWhole(join(staged, basename(file)), formatNotebook({ ...notebook, cells }));
    }
  });
  return names.map((name) => join(folder, name));
}
