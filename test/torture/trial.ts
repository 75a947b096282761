/** A kind of fault that can be tried any number of times. */
export interface Kind {
  /** As the table names it. */
  readonly fault: string;
  /**
   * Tries the fault in `trial`, in a folder that is removed afterwards.
   *
   * @param times how often, where the kind has no number of its own
   */
  readonly run: (trial: Trial, folder: string, times: number) => Promise<void>;
  /** How often by default: for the table, and where seconds count; 0: not at all. */
  readonly times: { readonly long: number; readonly short: number };
}

/** Somebody wants no more. */
export class Stopped extends Error {}

/** Counts what was tried and what survived. */
export class Trial {
  tried = 0;
  survived = 0;
  /** Why nothing could be tried. */
  skipped: string | undefined;

  constructor(
    readonly fault: string,
    private readonly stop: AbortSignal,
  ) {}

  /** One more; `survives` throws if it does not. */
  async try(what: string, survives: () => Promise<void> | void): Promise<void> {
    try {
      await survives();
      this.count(what);
    } catch (error) {
      this.count(what, error instanceof Error ? error.message : String(error));
    }
  }

  /** One more, which survived if there is no complaint. */
  count(what: string, complaint?: string): void {
    if (this.stop.aborted) throw new Stopped();
    this.tried++;
    if (complaint === undefined) this.survived++;
    else console.error(`${this.fault}, ${what}: ${complaint}`);
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[K${this.fault}: ${this.survived} of ${this.tried}\r`);
  }
}
