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
  { onProgress, signal, onNotice }: WritePicturesOptions = {},
): Promise<boolean> {
  // Pictures are optional: without a browser that works there is only the report.
  const drawn = await renderImages(Object.values(figures), { onProgress, signal }).catch((error) => {
    if (error instanceof InputError) return error.message;
    throw error;
  });
  if (!Array.isArray(drawn)) {
    const reason = drawn ?? "no Chromium was found";
    onNotice?.(`the figures are in the report only, not drawn as pictures (.png): ${reason}`);
    return false;
  }
  try {
    await mkdir(folder, { recursive: true });
    for (const [i, name] of Object.keys(figures).entries())
      await writeFile(join(folder, `${name.replace(/[\s()]+/g, "-").replace(/-$/, "")}.png`), drawn[i]);
    return true;
  } catch (error) {
    throw unwritable(folder, error);
  }
}
