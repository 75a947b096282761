import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { notebookMetadata } from "traffic-anomaly/dist/notebook/tools/kernelspec";
import { formatNotebook, type Notebook } from "traffic-anomaly/dist/notebook/tools/notebook";

/** A folder of its own, from which the project's packages can be imported as from `notebooks/`. */
export async function createWorkspace(context: { after(work: () => Promise<void>): void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "notebooks-test-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  await symlink(join(__dirname, "..", "..", "node_modules"), join(folder, "node_modules"), "junction");
  return folder;
}

/** A notebook that has not been run, with a title and code cells; tags go by cell. */
export function notebookOf(sources: readonly string[], tags: Record<number, string[]> = {}): Notebook {
  const code = sources.map((source, i) => ({
    cell_type: "code" as const,
    id: `cell-${i + 1}`,
    metadata: tags[i] ? { tags: tags[i] } : {},
    source,
    execution_count: null,
    outputs: [],
  }));
  const title = { cell_type: "markdown" as const, id: "title", metadata: {}, source: "# Title\n\nText." };
  return { cells: [title, ...code], metadata: notebookMetadata, nbformat: 4, nbformat_minor: 5 };
}

/** Writes a notebook file; gives back its path. */
export async function writeSources(
  folder: string,
  name: string,
  sources: readonly string[],
  tags?: Record<number, string[]>,
): Promise<string> {
  const file = join(folder, `${name}.ipynb`);
  await writeFile(file, formatNotebook(notebookOf(sources, tags)));
  return file;
}

/** Waits for a file that a cell writes: the kernel's process number. */
export async function processNumber(file: string): Promise<number> {
  for (;;) {
    const text = await readFile(file, "utf8").catch(() => "");
    if (text !== "") return Number(text);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A cell's code that writes the kernel's process number into a file. */
export function writingProcessNumber(file: string): string {
  return `import { writeFileSync } from "node:fs";\nwriteFileSync(${JSON.stringify(file)}, String(process.pid));`;
}

/** What Jupyter's stop button does: interrupts a kernel, and what it has started. */
export function interrupt({ pid }: { readonly pid: number | undefined }): void {
  process.kill(-pid!, "SIGINT");
}

/** Whether a process runs; one that ended and was not yet buried does not. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(state);
}
