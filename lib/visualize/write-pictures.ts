import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { unwritable } from "../common/unwritable";
import type { Figure } from "./figure";
import { renderImages } from "./image";

export interface WritePicturesOptions extends WorkOptions {
  /** Told in a sentence why there are no pictures, where there are none. */
  readonly onNotice?: (sentence: string) => void;
}

/**
 * Draws figures as pictures, `folder/NAME.png`, where a browser that works is installed. In the files' names spaces and brackets
 * become hyphens.
 *
 * @returns whether they were drawn
 * @throws {InputError} if the folder can't be written
 */
export async function writePictures(
  figures: Readonly<Record<string, Figure>>,
  folder: string,
  options: WritePicturesOptions = {},
): Promise<boolean> {
  const images = await drawImages(Object.values(figures), options);
  if (!images) return false;
  try {
    await mkdir(folder, { recursive: true });
    for (const [i, name] of Object.keys(figures).entries())
      await writeFile(join(folder, `${name.replace(/[\s()]+/g, "-").replace(/-$/, "")}.png`), images[i]);
    return true;
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** Pictures are optional: without a browser that works there is only the report. */
async function drawImages(
  figures: readonly Figure[],
  { onProgress, signal, onNotice }: WritePicturesOptions,
): Promise<Uint8Array[] | undefined> {
  let reason = "no Chromium was found";
  try {
    const images = await renderImages(figures, { onProgress, signal });
    if (images) return images;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    reason = error.message;
  }
  onNotice?.(`the figures are in the report, but not also pictures (.png): ${reason}`);
  return undefined;
}
