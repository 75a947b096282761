import { mkdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { unwritable } from "../common/transaction";
import { readNotebook, writeNotebook } from "./notebook";

/**
 * Writes copies of notebooks without outputs, to be run and worked through by students.
 *
 * @returns the paths of the copies
 * @throws {InputError} if a notebook can't be read or the folder can't be written
 */
export async function writeStudentEdition(files: readonly string[], folder: string): Promise<string[]> {
  const copies: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const file of files) {
      const notebook = await readNotebook(file);
      const cells = notebook.cells.map((cell) =>
        cell.cell_type === "code" ? { ...cell, outputs: [], execution_count: null } : cell,
      );
      const copy = join(folder, basename(file));
      await writeNotebook(copy, { ...notebook, cells });
      copies.push(copy);
    }
    return copies;
  } catch (error) {
    throw unwritable(folder, error);
  }
}
