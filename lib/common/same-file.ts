import { realpath } from "node:fs/promises";
import { resolve } from "node:path";

/** Whether two paths lead to one file; of a file that is not there, whether they are the same path. */
export async function isSameFile(path: string, other: string): Promise<boolean> {
  const real = (name: string) => realpath(name).catch(() => resolve(name));
  return (await real(path)) === (await real(other));
}
