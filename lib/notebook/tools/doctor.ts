import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { InputError } from "../../common/errors";
import { optionalPackages, withVersion } from "../../common/packages";
import { projectPath } from "../../common/project";
import { findDatasets } from "../../data/kdd/datasets";
import { kernel } from "../../models/kernel/kernel";
import { tensorflow } from "../../models/tensorflow";
import { findBrowser } from "../../visualize/image";
import { jupyterDataFolders, kernelName } from "./kernelspec";
import { jupyterLabVersion } from "./lab";

/** One thing that was looked at. */
export interface Finding {
  readonly name: string;
  /** `missing` things make the command fail; without `optional` ones something is left out. */
  readonly state: "good" | "optional" | "missing";
  /** What was found, or how to fix it. */
  readonly words: string;
}

/** Looks at everything the project needs on this machine. */
export async function examine(signal?: AbortSignal): Promise<Finding[]> {
  return [
    nodeFinding(),
    packagesFinding(),
    await backendFinding(),
    await dataFinding(),
    await kernelFinding(),
    await labFinding(signal),
    browserFinding(),
  ];
}

function nodeFinding(): Finding {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const good = major > 20 || (major === 20 && minor >= 19);
  const words = good
    ? process.versions.node
    : `${process.versions.node} is too old: install Node 20.19 or later`;
  return { name: "Node", state: good ? "good" : "missing", words };
}

/** What is optional for the library, and what DuckDB needs for this machine, may not have been installed. */
function packagesFinding(): Finding {
  const name = "Packages";
  const missing = Object.keys(optionalPackages()).filter((name) => !isInstalled(name));
  if (missing.length === 0) return { name, state: "good", words: "all installed" };
  const words = `without ${missing.join(", ")}, what needs them does not work: npm install ${missing.map(withVersion).join(" ")}`;
  return { name, state: "optional", words };
}

function isInstalled(name: string): boolean {
  try {
    if (name.startsWith("@duckdb/")) require(name);
    else require.resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** What the autoencoder computes with: the kernel, and TensorFlow.js for whoever asks for it or for other activations. */
async function backendFinding(): Promise<Finding> {
  const own = kernel() ? "kernel" : "no WebAssembly for the kernel";
  try {
    const { backend } = await tensorflow();
    const state = kernel() ? "good" : "optional";
    return { name: "Autoencoder", state, words: `backend ${own}; TensorFlow.js on ${backend}` };
  } catch (error) {
    const state = kernel() ? "optional" : "missing";
    return {
      name: "Autoencoder",
      state,
      words: `backend ${own}; TensorFlow.js: ${(error as Error).message}`,
    };
  }
}

async function dataFinding(): Promise<Finding> {
  const shared = process.env.TRAFFIC_DATA;
  const folders = [projectPath("data"), ...(shared ? [shared, join(shared, "kdd99")] : [])];
  const found = await Promise.all(folders.map(findDatasets));
  const names = [...new Set(found.flatMap((files) => [...files.keys()]))];
  if (names.length > 0) return { name: "Data", state: "good", words: names.join(", ") };
  return {
    name: "Data",
    state: "optional",
    words: "none yet: npx traffic-anomaly download 10-percent (and corrected)",
  };
}

async function kernelFinding(): Promise<Finding> {
  const name = "Kernel";
  const fix = "npx traffic-anomaly kernel";
  for (const folder of jupyterDataFolders(process.env, homedir())) {
    const file = join(folder, "kernels", kernelName, "kernel.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    if (canStart(text)) return { name, state: "good", words: `registered in ${file}` };
    return {
      name,
      state: "optional",
      words: `${file} is broken or names a place that is gone; register it again: ${fix}`,
    };
  }
  return {
    name,
    state: "optional",
    words: `not registered for JupyterLab and VS Code: ${fix} (npm run lab does it too)`,
  };
}

/** Whether all that a `kernel.json` names is there. */
function canStart(kernelJson: string): boolean {
  try {
    const { argv } = JSON.parse(kernelJson) as { argv: string[] };
    return argv.every((part) => !isAbsolute(part) || existsSync(part));
  } catch {
    return false;
  }
}

async function labFinding(signal?: AbortSignal): Promise<Finding> {
  const version = await jupyterLabVersion(signal);
  if (version) return { name: "JupyterLab", state: "good", words: version };
  const words = "not found: python3 -m pip install jupyterlab (VS Code and npm run notebooks do without)";
  return { name: "JupyterLab", state: "optional", words };
}

function browserFinding(): Finding {
  const name = "Browser";
  const none =
    "no Chromium found, so figures have no PNG: install Chromium or Chrome, or name it in TRAFFIC_BROWSER";
  try {
    const browser = findBrowser();
    return browser ? { name, state: "good", words: browser } : { name, state: "optional", words: none };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { name, state: "optional", words: error.message };
  }
}
