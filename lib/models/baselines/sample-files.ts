import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InputError } from "../../common/errors";
import { checked, readJsonFile } from "../../common/json-file";
import { fillFromPlainFile } from "../../common/plain-file";
import { sharedBytes } from "../../common/shared";
import { firstNotFinite } from "../../preprocess/matrix";
import { type Sample, type SampleSettings, sampleOf } from "./nearest-rows";

/** Numbers of a sample that are saved, so that a stranger's file can't take all memory: 64 MB. */
const mostNumbers = 2 ** 24;

/** Writes settings as JSON, and the rows as they lie in memory. @throws {InputError} if they are too large to be read again */
export async function writeSample(folder: string, settings: SampleSettings, { data }: Sample): Promise<void> {
  if (data.length > mostNumbers)
    throw new InputError(`a sample of ${data.length} numbers is too large: at most ${mostNumbers} are saved`);
  await writeFile(join(folder, "neighbours.json"), `${JSON.stringify({ settings }, null, 2)}\n`);
  await writeFile(join(folder, "sample.bin"), Buffer.from(data.buffer, data.byteOffset, data.byteLength));
}

/** Reads what {@link writeSample} wrote. @throws {InputError} if it is damaged, or not of this many columns */
export async function readSample(
  folder: string,
  width: number,
): Promise<{ readonly settings: SampleSettings; readonly sample: Sample }> {
  const { sampleSchema } = require("./sample-schema") as typeof import("./sample-schema");
  const path = join(folder, "neighbours.json");
  const { settings } = checked(sampleSchema, await readJsonFile(path), path);
  const { neighbours, sampleSize } = settings;
  if (neighbours > sampleSize)
    throw new InputError(`${path} is damaged: it has ${neighbours} neighbours of ${sampleSize} rows`);
  if (sampleSize * width > mostNumbers)
    throw new InputError(
      `${path} is too large: ${sampleSize} rows of ${width} columns; at most ${mostNumbers} numbers are read`,
    );
  const binary = join(folder, "sample.bin");
  const what = `${sampleSize} rows of ${width} columns`;
  const { buffer } = await fillFromPlainFile(
    binary,
    sampleSize * width * 4,
    what,
    (size) => new Uint8Array(sharedBytes(size)),
  );
  const data = new Float32Array(buffer);
  if (firstNotFinite(data) >= 0)
    throw new InputError(`${binary} is damaged: it holds a number that is not finite`);
  return { settings, sample: sampleOf(data, width, sampleSize) };
}
