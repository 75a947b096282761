import { totalmem } from "node:os";
import { InputError } from "./errors";

/** @throws {InputError} if settings need more memory than this machine, or this process's container, has */
export function requireMemory(settings: string, bytes: number): void {
  const granted = process.constrainedMemory(); // none: 0, or more than any machine has
  const most = granted > 0 ? Math.min(granted, totalmem()) : totalmem();
  if (bytes <= most) return;
  throw new InputError(
    `${settings} need ${gigabytes(bytes)} GB of memory; this machine has ${gigabytes(most)}`,
  );
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toLocaleString("en", { maximumSignificantDigits: 3 });
}
