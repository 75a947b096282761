import { InputError } from "../../common/errors";
import type { Cell, Notebook } from "./notebook";

/**
 * A passage that holds for some data, and in a comment right after it the one for simulated traffic, if there is any:
 *
 * ```md
 * <!-- data: kdd -->
 * The forest finds every smurf.
 * <!-- /data -->
 * <!-- data: simulated
 * The forest finds every flood.
 * -->
 * ```
 */
const passage = /<!-- data: [\w-]+ -->[\s\S]*?<!-- \/data -->(?:\s*<!-- data: simulated\s*\n([\s\S]*?)-->)?/g;

/** What is left of a marker where a passage is not written as it should be. */
const leftover = /<!--\s*\/?data\b.*/;

/**
 * The notebook as it is read with other data than the one that its text is about: what is marked as true of that data is left
 * out, with simulated traffic in favour of the passage for it. Cells without any text left go.
 *
 * @throws {InputError} if a mark is not closed
 */
export function onOtherData(notebook: Notebook, name: string, data: string): Notebook {
  const cells = notebook.cells.flatMap((cell, i): Cell[] => {
    if (cell.cell_type !== "markdown") return [cell];
    const swapped = cell.source.replace(passage, (_, ofSimulated = "") =>
      data === "simulated" ? ofSimulated.trim() : "",
    );
    const [mark] = leftover.exec(swapped) ?? [];
    if (mark) throw new InputError(`${name}, cell ${i + 1}: ${mark} opens or ends no passage`);
    const source = swapped.replace(/\n{3,}/g, "\n\n").trim();
    return source === "" ? [] : [{ ...cell, source }];
  });
  return { ...notebook, cells };
}
