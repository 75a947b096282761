import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { loadPackage } from "../../common/packages";
import { inTransaction } from "../../common/transaction";
import { writeWhole } from "../../common/unwritable";

/**
 * The name of the project's kernel in Jupyter and in the notebooks. Where only a plain `tslab` kernel is installed,
 * JupyterLab takes it instead, as the one kernel of the language; VS Code asks.
 */
export const kernelName = "traffic-anomaly";

/** What the project's notebooks say about their kernel: {@link kernelName}, and what tslab tells of itself. */
export const notebookMetadata = {
  kernelspec: { display_name: "TypeScript (traffic-anomaly)", language: "typescript", name: kernelName },
  language_info: {
    codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
    file_extension: ".ts",
    mimetype: "text/typescript",
    name: "typescript",
    version: "3.7.2",
  },
} as const;

/**
 * The command that starts a kernel: absolute paths, because an editor opened from a desktop has no PATH; a heap of
 * 4 GB; no deprecation warnings, which would put a process number into a cell's output; and tslab with a repair, see kernel-main.ts.
 *
 * @throws {InputError} if tslab is not installed
 */
export function kernelCommand(connectionFile: string): [string, ...string[]] {
  loadPackage("tslab", () => require.resolve("tslab/package.json"));
  const program = join(__dirname, "kernel-main.js");
  const options = ["--max-old-space-size=4096", "--no-deprecation"];
  return [process.execPath, ...options, program, "kernel", "--config-path", connectionFile];
}

/**
 * Makes the project's kernel known to Jupyter and to VS Code's kernel picker, for this user; nothing is installed.
 * It can be repeated, and must be after Node or the project has moved.
 *
 * @returns the paths of the `kernel.json` files
 * @throws {InputError} if tslab is not installed or a folder can't be written
 */
export async function registerKernelspec(
  environment: NodeJS.ProcessEnv = process.env,
  home: string = homedir(),
): Promise<string[]> {
  const { display_name, language } = notebookMetadata.kernelspec;
  const spec = { argv: kernelCommand("{connection_file}"), display_name, language, metadata: {} };
  const text = `${JSON.stringify(spec, null, 1)}\n`;
  const files: string[] = [];
  for (const folder of jupyterDataFolders(environment, home)) {
    const file = join(folder, "kernels", kernelName, "kernel.json");
    files.push(file);
    if ((await readFile(file, "utf8").catch(() => undefined)) === text) continue;
    await inTransaction({}, async (transaction) => {
      await writeWhole(await transaction.stageFile(file), text);
    });
  }
  return files;
}

/**
 * Where kernels of one user are looked for: the folder of Jupyter (`jupyter_core.paths.jupyter_data_dir`), and the
 * place below the home folder that VS Code reads whatever the variables say; mostly the same.
 */
export function jupyterDataFolders(
  environment: NodeJS.ProcessEnv,
  home: string,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const { JUPYTER_DATA_DIR, JUPYTER_PLATFORM_DIRS, XDG_DATA_HOME, APPDATA, LOCALAPPDATA } = environment;
  const modern = !["no", "n", "false", "off", "0", "0.0"].includes(
    (JUPYTER_PLATFORM_DIRS || "0").toLowerCase(),
  );
  const below = (folder: string | undefined, name: string) => folder && join(folder, name);
  let usual = join(home, ".local", "share", "jupyter");
  let chosen = below(XDG_DATA_HOME, "jupyter");
  if (platform === "darwin") {
    usual = join(home, "Library", "Jupyter");
    chosen = modern ? join(home, "Library", "Application Support", "Jupyter") : "";
  } else if (platform === "win32") {
    usual = join(home, "AppData", "Roaming", "jupyter");
    chosen = (modern && below(LOCALAPPDATA, "Jupyter")) || below(APPDATA, "jupyter");
  }
  return [...new Set([JUPYTER_DATA_DIR || chosen || usual, usual])];
}
