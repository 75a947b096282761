import { systemErrorCode } from "../common/errors";
import { unwritable } from "../common/unwritable";

// A failed write is told to who waits for it, or is past telling: as an event it would end the process with a trace.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => {});

/**
 * Writes a text to the standard output and waits until it is there: what a pipe has not taken when the process exits is
 * lost. A reader that has gone, as `head` does, wants no more.
 *
 * @throws {InputError} if it can't be written, as to a full disk
 */
export async function print(text: string): Promise<void> {
  if (text === "") return;
  const error = await new Promise((resolve) => process.stdout.write(text, resolve));
  if (error && systemErrorCode(error) !== "EPIPE") throw unwritable("the standard output", error);
}
