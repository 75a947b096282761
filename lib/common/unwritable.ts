import { writeFile } from "node:fs/promises";
import { InputError, systemErrorCode } from "./errors";

/** Writes a whole file. @throws {InputError} if that can't be done for a reason that is the user's to fix */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  await writeFile(path, content).catch((error) => {
    throw unwritable(path, error);
  });
}

/** Writes a value as JSON that people can read. @throws {InputError} as {@link writeWhole} does */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Says in a sentence why nothing can be written to a path, where the reason is the user's to fix. */
export function unwritable(path: string, error: unknown): unknown {
  const reasons: Record<string, string> = {
    EACCES: "permission denied",
    EPERM: "not permitted",
    EROFS: "the file system is read-only",
    ENOTDIR: "a part of the path is a file, not a folder",
    EEXIST: "a file of that name is in the way",
    EISDIR: "a folder of that name is in the way",
    ENOENT: "no such folder",
    ENAMETOOLONG: "the name is too long",
    ELOOP: "its links lead in a circle",
    ENOSPC: "no space left on the device",
    EDQUOT: "the disk quota is used up",
    EFBIG: "the file would be too large",
    EIO: "the device failed to write",
    ENXIO: "no such device",
  };
  const code = systemErrorCode(error) ?? codeInText(error);
  const reason = reasons[code ?? ""];
  return reason ? new InputError(`cannot write to ${path}: ${reason}`) : error;
}

/** DuckDB gives no codes, but the system's words for them. */
function codeInText(error: unknown): string | undefined {
  const codes: Record<string, string> = {
    "permission denied": "EACCES",
    "read-only file system": "EROFS",
    "not a directory": "ENOTDIR",
    "is a directory": "EISDIR",
    "no such file or directory": "ENOENT",
    "no space left": "ENOSPC",
    "quota exceeded": "EDQUOT",
    "file too large": "EFBIG",
    "input/output error": "EIO",
  };
  const text = error instanceof Error && /^IO Error/.test(error.message) ? error.message.toLowerCase() : "";
  return Object.entries(codes).find(([words]) => text.includes(words))?.[1];
}
