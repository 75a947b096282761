import type { Connection } from "../../traffic/connection";
import type { LogLine } from "./line-splitter";
import type { ResumeLine, TailedFile } from "./tailed-file";

/** A line whose connection waits for its turn, kept as text. */
export interface WaitingLine extends Pick<LogLine, "text" | "number" | "header"> {
  /** Of the log, for messages. */
  readonly path: string;
}

/** What is to be remembered so that no connection is lost that was read and is not judged. */
export interface Unjudged {
  /** Where a file is to be read again from; without an entry, all that was read of it is judged or waiting. */
  readonly resume: ReadonlyMap<TailedFile, ResumeLine>;
  readonly waiting: readonly WaitingLine[];
}

/** Bytes of lines that are kept as text at most, where their file is at hand. */
const mostWaiting = 1_048_576;
/** A line is kept as text if this spares reading this many times as much again. */
const worthwhile = 8;

/**
 * The connections that were read and are not judged yet, with their lines. After a restart, reading goes on at the
 * earliest of them. One that waits while those behind it are judged, since its time is far in the future, is kept as
 * text instead, and so are all whose file is gone from the folder.
 */
export class HeldLines {
  readonly #byFile = new Map<TailedFile, Map<Connection, LogLine>>();
  readonly #waiting = new Map<Connection, WaitingLine>();

  add(connection: Connection, file: TailedFile, line: LogLine): void {
    let lines = this.#byFile.get(file);
    if (!lines) {
      lines = new Map();
      this.#byFile.set(file, lines);
    }
    lines.set(connection, line);
  }

  addWaiting(connection: Connection, line: WaitingLine): void {
    this.#waiting.set(connection, line);
  }

  /** They are judged. */
  remove(connections: readonly Connection[]): void {
    for (const connection of connections) {
      if (this.#waiting.delete(connection)) continue;
      for (const lines of this.#byFile.values()) if (lines.delete(connection)) break;
    }
    for (const [file, lines] of this.#byFile) if (lines.size === 0) this.#byFile.delete(file);
  }

  get unjudged(): Unjudged {
    const resume = new Map<TailedFile, ResumeLine>();
    const waiting = [...this.#waiting.values()];
    for (const [file, held] of this.#byFile) {
      const lines = [...held.values()];
      const kept = file.isInFolder ? keptAsText(lines, file.offset) : lines.length;
      for (const { text, number, header } of lines.slice(0, kept))
        waiting.push({ path: file.path, number, text, header });
      if (kept === lines.length) continue;
      const { offset, number, header } = lines[kept];
      resume.set(file, { offset, number, header, unjudged: lines.slice(kept).map(({ number }) => number) });
    }
    return { resume, waiting };
  }
}

/** How many of a file's lines, from the first on, to keep as text. @param end of what was read of the file */
function keptAsText(lines: readonly LogLine[], end: number): number {
  let kept = 0;
  let bytes = 0;
  for (const [i, { text }] of lines.entries()) {
    bytes += text.length + 1;
    if (bytes > mostWaiting) break;
    const next = i + 1 < lines.length ? lines[i + 1].offset : end;
    const judged = next - lines[0].offset - bytes;
    if (judged >= worthwhile * bytes) kept = i + 1;
  }
  return kept;
}
