// Measures one work on all sides, once their results were found to agree.
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { compare, type Measurement, spreadOf } from "./bench-record";
import { MeasuringProcess } from "./measuring-process";
import { type Figures, type Inputs, parameters, type Side, type Task, type Work } from "./works";

interface BenchOptions {
  readonly inputs: Inputs;
  /** Where inputs.ts put its files; what works write lands there too. */
  readonly folder: string;
  /** The Python that has the peers. */
  readonly python: string | undefined;
  /** Runs of each side, which alternate. */
  readonly runs: number;
}

/** What is known of a side while it is measured. */
interface Measured {
  readonly seconds: number[];
  readonly peakMegabytes: number[];
  figures: Figures;
}

export class Bench {
  constructor(private readonly options: BenchOptions) {}

  /** @throws {Error} if sides do not agree, or one fails */
  async measure(work: Work, sides: readonly Side[], threads: number): Promise<Measurement> {
    const measured = new Map<Side, Measured>(
      sides.map((side) => [side, { seconds: [], peakMegabytes: [], figures: {} }]),
    );
    await (work.fresh ? this.measureFresh : this.measureWarm).call(this, work, threads, measured);
    return {
      work: work.name,
      title: work.title,
      threads,
      sides: [...measured].map(([{ name }, { seconds, peakMegabytes, figures }]) => ({
        side: name,
        seconds: spreadOf(seconds),
        peakMegabytes: spreadOf(peakMegabytes).median,
        figures: Object.fromEntries(
          Object.entries(figures).filter((entry): entry is [string, number] => typeof entry[1] === "number"),
        ),
      })),
      comparisons: compare(work, threads, measured),
      ...(work.remark && { remark: work.remark }),
    };
  }

  /** Each run is the first thing that a process of its own does. */
  private async measureFresh(
    work: Work,
    threads: number,
    measured: ReadonlyMap<Side, Measured>,
  ): Promise<void> {
    for (let run = 0; run < this.options.runs; run++) {
      for (const [side, found] of measured) {
        const process = this.start(work, side, threads);
        try {
          found.seconds.push(await check(process, found));
        } finally {
          await process.close();
        }
      }
      requireAgreement(work, measured);
    }
  }

  /** A process of each side does the work once to be compared, and then for the clock. */
  private async measureWarm(
    work: Work,
    threads: number,
    measured: ReadonlyMap<Side, Measured>,
  ): Promise<void> {
    const processes = new Map<Measured, MeasuringProcess>();
    try {
      for (const [side, found] of measured) {
        const process = this.start(work, side, threads);
        processes.set(found, process);
        await check(process, found);
      }
      requireAgreement(work, measured);
      for (let run = 0; run < this.options.runs; run++)
        for (const [found, process] of processes) found.seconds.push((await process.ask("run")).seconds);
    } finally {
      for (const process of processes.values()) await process.close();
    }
  }

  private start(work: Work, side: Side, threads: number): MeasuringProcess {
    const { inputs, folder, python } = this.options;
    const task: Task = {
      ...inputs,
      ...parameters,
      task: work.task,
      side: side.name,
      ...(side.backend && { backend: side.backend }),
      threads,
      folder: mkdtempSync(join(folder, "run-")),
      matrix: join(folder, work.matrix ?? ""),
      model: join(folder, work.model ?? ""),
    };
    return new MeasuringProcess(side, task, python);
  }
}

/** Has the work done, notes figures and peak memory, and returns its seconds. */
async function check(process: MeasuringProcess, found: Measured): Promise<number> {
  const { seconds, peakMegabytes = Number.NaN, figures = {} } = await process.ask("check");
  found.peakMegabytes.push(peakMegabytes);
  found.figures = figures;
  return seconds;
}

/** @throws {Error} that names both figures, if a side's differs from the first side's by more than the work allows */
export function requireAgreement(
  { title, agreement }: Pick<Work, "title" | "agreement">,
  measured: ReadonlyMap<Pick<Side, "name">, { readonly figures: Figures }>,
): void {
  const [[first, { figures: expected }], ...others] = measured;
  for (const [side, { figures: found }] of others) {
    for (const [name, tolerance] of Object.entries(agreement)) {
      for (const [figure, a = Number.NaN, b = Number.NaN] of pairs(name, expected[name], found[name])) {
        const limit =
          "absolute" in tolerance
            ? tolerance.absolute
            : tolerance.relative * Math.max(Math.abs(a), Math.abs(b));
        if (Math.abs(a - b) <= limit) continue;
        throw new Error(
          `${title}: ${figure} is ${a} with ${first.name} and ${b} with ${side.name}, which differ by more than ${limit}`,
        );
      }
    }
  }
}

type Figure = Figures[string] | undefined;

/** Two sides' figure of that name, or of each column. */
function pairs(name: string, a: Figure, b: Figure): [string, number | undefined, number | undefined][] {
  if (typeof a !== "object" || typeof b !== "object") return [[name, a as number, b as number]];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].map((column) => [column, a[column], b[column]]);
}
