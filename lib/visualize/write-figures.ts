import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { unwritable } from "../common/unwritable";
import type { Figure } from "./figure";
import { renderImages } from "./image";
import { writePage } from "./page";

export interface WriteFiguresOptions extends WorkOptions {
  /** Told in a sentence why there are no pictures, where there are none. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Writes figures as pages, `folder/NAME.html`, and where a browser that works is installed as pictures too. In the files'
 * names spaces and brackets become hyphens.
 *
 * @throws {InputError} if the folder can't be written
 */
export async function writeFigures(
  figures: Readonly<Record<string, Figure>>,
  folder: string,
  options: WriteFiguresOptions = {},
): Promise<void> {
  try {
    const names = Object.keys(figures).map((name) => name.replace(/[\s()]+/g, "-").replace(/-$/, ""));
    for (const [i, figure] of Object.values(figures).entries()) await writePage(figure, folder, names[i]);
    const images = await drawImages(Object.values(figures), options);
    for (const [i, name] of names.entries())
      if (images) await writeFile(join(folder, `${name}.png`), images[i]);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Pictures are optional: without a browser that works there are only pages. */
async function drawImages(
  figures: readonly Figure[],
  { onProgress, signal, onNotice }: WriteFiguresOptions,
): Promise<Uint8Array[] | undefined> {
  let reason = "no Chromium was found";
  try {
    const images = await renderImages(figures, { onProgress, signal });
    if (images) return images;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reason = error.message;
  }
  onNotice?.(`the plots are pages (.html) without pictures (.png): ${reason}`);
  return undefined;
}
