import type { ProgressUpdate } from "../common/progress";
import { oneLine } from "../common/shown";

/** A line on a terminal that shows what is being done; on anything but a terminal it shows nothing. */
export class ProgressBar {
  #drawn = 0;

  constructor(
    private readonly stream: NodeJS.WriteStream,
    private readonly quiet: boolean,
  ) {}

  readonly update = ({ stage, done, total, note }: ProgressUpdate): void => {
    if (this.quiet || !this.stream.isTTY) return;
    const now = Date.now();
    if (done < total && now - this.#drawn < 100) return;
    this.#drawn = now;
    const width = 24;
    const share = total > 0 ? Math.min(done / total, 1) : 0;
    const bar = "█".repeat(Math.round(share * width)).padEnd(width, "░");
    const text = oneLine(
      `${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${stage}${note ? ` (${note})` : ""}`,
    );
    this.stream.write(`\r\x1b[K${text.slice(0, Math.max(this.stream.columns - 1, 40))}`);
  };

  /** Wipes the line, so that other text can be printed. */
  clear(): void {
    if (!this.quiet && this.stream.isTTY) this.stream.write("\r\x1b[K");
  }
}
