import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { InputError } from "../common/errors";
import { projectPath } from "../common/project";
import { registerKernelspec } from "./kernelspec";

/** The version of JupyterLab on the PATH; undefined if there is none. */
export function jupyterLabVersion(): string | undefined {
  try {
    return execFileSync("jupyter", ["lab", "--version"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return undefined;
  }
}

/**
 * Opens JupyterLab in `notebooks/`, with the project's kernel registered. The server's root is the project, so that it
 * can serve Plotly to the notebooks' figures.
 *
 * @param parameters more parameters for `jupyter lab`, such as `--no-browser`
 * @returns the exit code of JupyterLab
 * @throws {InputError} if there is no JupyterLab
 */
export async function openLab(parameters: readonly string[] = []): Promise<number> {
  if (!jupyterLabVersion()) {
    throw new InputError("JupyterLab was not found; install it with: python3 -m pip install jupyterlab");
  }
  await registerKernelspec();
  const root = projectPath();
  const lab = spawn(
    "jupyter",
    ["lab", `--ServerApp.root_dir=${root}`, "--LabApp.default_url=/lab/tree/notebooks", ...parameters],
    { stdio: "inherit", cwd: root },
  );
  const ignore = () => {}; // Ctrl+C is JupyterLab's, which asks before it ends
  const end = () => lab.kill();
  process.on("SIGINT", ignore).once("SIGTERM", end);
  try {
    const [code] = await once(lab, "exit");
    return code ?? 1;
  } finally {
    process.off("SIGINT", ignore).off("SIGTERM", end);
  }
}
