import { type FileHandle, open } from "node:fs/promises";
import { quotedCell } from "../common/csv";
import { unwritable } from "../common/unwritable";

/** Writes rows that were left out, with line number and reason, to a CSV file. Without any, there is no file. */
export class RejectedRows {
  #file: FileHandle | undefined;
  #text = "line,reason,text\n";

  constructor(private readonly path: string) {}

  async add(line: number, reason: string, text: string): Promise<void> {
    this.#text += `${line},${quotedCell(reason)},${quotedCell(text)}\n`;
    if (!this.#file || this.#text.length > 65_536) await this.flush();
  }

  async flush(): Promise<void> {
    try {
      this.#file ??= await open(this.path, "w");
      await this.#file.appendFile(this.#text);
    } catch (error) {
      throw unwritable(this.path, error);
    }
    this.#text = "";
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}
