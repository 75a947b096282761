import { spawn } from "node:child_process";
import { once } from "node:events";
import { InputError } from "../../common/errors";
import { runProgram, signalGroup } from "../../common/program";
import { projectPath } from "../../common/project";
import { registerKernelspec } from "./kernelspec";

/** The version of JupyterLab on the PATH; undefined if there is none. */
export async function jupyterLabVersion(signal?: AbortSignal): Promise<string | undefined> {
  try {
    return (await runProgram("jupyter", ["lab", "--version"], { signal })).trim();
  } catch {
    signal?.throwIfAborted();
    return undefined;
  }
}

/**
 * Opens JupyterLab in `notebooks/`, with the project's kernel registered. The server's root is the project, so that it
 * can serve Plotly to the notebooks' figures.
 *
 * @param parameters more parameters for `jupyter lab`, such as `--no-browser`
 * @returns the exit code of JupyterLab
 * @throws {InputError} if there is no JupyterLab; the signal's reason if aborted
 */
export async function openLab(parameters: readonly string[] = [], signal?: AbortSignal): Promise<number> {
  if (!(await jupyterLabVersion(signal))) {
    throw new InputError("JupyterLab was not found; install it with: python3 -m pip install jupyterlab");
  }
  await registerKernelspec();
  const root = projectPath();
  // Jupyter refuses to run as root unless it is told to; in a container everybody is root.
  const asRoot = process.getuid?.() === 0 && !parameters.includes("--allow-root");
  if (asRoot) console.error("You are root, as in most containers: JupyterLab is started with --allow-root.");
  // A process group of its own: Ctrl+C, at which JupyterLab would ask first, reaches only us.
  const lab = spawn(
    "jupyter",
    [
      "lab",
      `--ServerApp.root_dir=${root}`,
      "--LabApp.default_url=/lab/tree/notebooks",
      ...(asRoot ? ["--allow-root"] : []),
      ...parameters,
    ],
    { stdio: "inherit", cwd: root, detached: process.platform !== "win32" },
  );
  const end = () => signalGroup(lab, "SIGTERM");
  const kill = () => signalGroup(lab, "SIGKILL");
  process.on("exit", kill);
  signal?.addEventListener("abort", end);
  try {
    const [code] = await once(lab, "exit");
    signal?.throwIfAborted();
    return code ?? 1;
  } finally {
    process.off("exit", kill);
    signal?.removeEventListener("abort", end);
  }
}
