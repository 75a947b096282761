// A writer of a log that numbers every line and rotates in every way there is, at random.
import { existsSync } from "node:fs";
import { appendFile, readFile, rename, rm, stat, truncate, utimes, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Random, zeekTsvLine } from "traffic-anomaly";
import { header, sweep } from "../network";

export class RandomWriter {
  /** The uids of all lines that were written to their end. */
  readonly written: string[] = [];
  /** What was done. */
  readonly done: string[] = [];
  /** Where the writer writes: a rotated file, for a while after the rotation. */
  #file: string;
  #half = "";
  rotations = 0;

  constructor(
    private readonly log: string,
    readonly random: Random,
    /** Written at a time at most. */
    private readonly most = 20,
    private readonly start = 1.9e9,
  ) {
    this.#file = log;
  }

  /** Begins the log. */
  async begin(): Promise<void> {
    await this.#put(`${header}\n`);
    await this.write();
  }

  /** Writes some lines, or rotates. */
  async step(): Promise<void> {
    const kinds = [this.write, this.write, this.write, this.rotate, this.copyAndTruncate, this.copy];
    const act = kinds[this.random.integer(kinds.length)];
    this.done.push(act.name);
    await act.call(this);
  }

  /** Ends the line that is half written. */
  async end(): Promise<void> {
    await this.#put(`${this.#half}\n`);
    this.#half = "";
  }

  async write(): Promise<void> {
    const count = 1 + this.random.integer(this.most);
    let text = this.#half ? `${this.#half}\n` : "";
    for (let i = 0; i < count; i++) {
      const number = this.written.length;
      const [one] = sweep(1, this.start + number / 200);
      const connection = { ...one, uid: `Csweep${number}` };
      text += `${zeekTsvLine(connection)}\n`;
      this.written.push(connection.uid);
    }
    // The last line is written in two pieces at times.
    const cut = this.random.uniform() < 0.3 ? text.length - 20 : text.length;
    this.#half = text.slice(cut, -1);
    await this.#put(text.slice(0, cut));
  }

  /** As logrotate does: renames, and packs at once, later or not at all. The writer goes on in the old file or not. */
  async rotate(): Promise<void> {
    if (this.#half) await this.end();
    const { log } = this;
    if (this.#file !== log || !existsSync(log)) {
      this.#file = log; // the writer opens the new one
      await this.#put(`${header}\n`);
    }
    const isDated = this.random.uniform() < 0.3;
    for (let i = this.rotations; i >= 1 && !isDated; i--)
      for (const end of ["", ".gz"])
        if (existsSync(`${log}.${i}${end}`)) await rename(`${log}.${i}${end}`, `${log}.${i + 1}${end}`);
    const rotated = isDated ? `${log}-2026112${String(this.rotations).padStart(4, "0")}` : `${log}.1`;
    this.rotations++;
    await rename(log, rotated);
    if (this.random.uniform() < 0.4) await this.#pack(`${log}.2`);
    const kind = this.random.uniform();
    if (kind < 0.4) this.#file = rotated;
    else await this.#put(`${header}\n`);
    if (kind > 0.8) await this.#pack(rotated);
  }

  /** What was written between the two is lost, as logrotate's manual says; so nothing is. */
  async copyAndTruncate(): Promise<void> {
    if (this.#file !== this.log || this.#half) return this.write();
    const rotated = `${this.log}-${30_000_000 + this.rotations++}`;
    await this.#copy(rotated);
    await truncate(this.log);
    if (this.random.uniform() < 0.3) await this.#pack(rotated);
  }

  async copy(): Promise<void> {
    if (existsSync(this.log)) await this.#copy(`${this.log}-${40_000_000 + this.rotations++}`);
  }

  async #copy(to: string): Promise<void> {
    await this.#writeInPieces(to, await readFile(this.log));
  }

  /** As gzip does: the packed file is there before the other is removed, and has its time. */
  async #pack(path: string): Promise<void> {
    if (!existsSync(path)) return;
    const { atime, mtime } = await stat(path);
    await this.#writeInPieces(`${path}.gz`, gzipSync(await readFile(path)));
    await utimes(`${path}.gz`, atime, mtime);
    await rm(path);
  }

  /** Somebody may look while a half is written. */
  async #writeInPieces(path: string, bytes: Buffer): Promise<void> {
    const cut = this.random.integer(bytes.length + 1);
    await writeFile(path, "");
    await appendFile(path, bytes.subarray(0, cut));
    await appendFile(path, bytes.subarray(cut));
  }

  async #put(text: string): Promise<void> {
    await appendFile(this.#file, text);
  }
}
