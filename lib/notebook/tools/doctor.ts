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

type Found = Omit<Finding, "name">;

const good = (words: string): Found => ({ state: "good", words });
const optional = (words: string): Found => ({ state: "optional", words });
const missing = (words: string): Found => ({ state: "missing", words });

/** Looks at everything the project needs on this machine. */
export async function examine(signal?: AbortSignal): Promise<Finding[]> {
  const found: Readonly<Record<string, Found>> = {
    Node: examineNode(),
    Packages: examinePackages(),
    Autoencoder: await examineBackends(),
    Data: await examineData(),
    Kernel: await examineKernel(),
    JupyterLab: await examineLab(signal),
    Browser: examineBrowser(),
  };
  return Object.entries(found).map(([name, of]) => ({ name, ...of }));
}

function examineNode(): Found {
  const { node } = process.versions;
  const [major, minor] = node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return good(node);
  return missing(`${node} is too old: install Node 20.19 or later`);
}

/** What is optional for the library, and what DuckDB needs for this machine, may not have been installed. */
function examinePackages(): Found {
  const absent = Object.keys(optionalPackages()).filter((name) => !isInstalled(name));
  if (absent.length === 0) return good("all installed");
  return optional(
    `without ${absent.join(", ")}, what needs them does not work: npm install ${absent.map(withVersion).join(" ")}`,
  );
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
async function examineBackends(): Promise<Found> {
  const own = `backend ${kernel() ? "kernel" : "no WebAssembly for the kernel"}`;
  try {
    const { backend } = await tensorflow();
    return (kernel() ? good : optional)(`${own}; TensorFlow.js on ${backend}`);
  } catch (error) {
    return (kernel() ? optional : missing)(`${own}; TensorFlow.js: ${(error as Error).message}`);
  }
}

async function examineData(): Promise<Found> {
  const shared = process.env.TRAFFIC_DATA;
  const folders = [projectPath("data"), ...(shared ? [shared, join(shared, "kdd99")] : [])];
  const found = await Promise.all(folders.map(findDatasets));
  const names = [...new Set(found.flatMap((files) => [...files.keys()]))];
  if (names.length > 0) return good(names.join(", "));
  return optional("none yet: npx traffic-anomaly download 10-percent (and corrected)");
}

async function examineKernel(): Promise<Found> {
  const fix = "npx traffic-anomaly kernel";
  for (const folder of jupyterDataFolders(process.env, homedir())) {
    const file = join(folder, "kernels", kernelName, "kernel.json");
    const text = await readFile(file, "utf8").catch(() => undefined);
    if (text === undefined) continue;
    if (canStart(text)) return good(`registered in ${file}`);
    return optional(`${file} is broken or names a place that is gone; register it again: ${fix}`);
  }
  return optional(`not registered for JupyterLab and VS Code: ${fix} (npm run lab does it too)`);
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

async function examineLab(signal?: AbortSignal): Promise<Found> {
  const version = await jupyterLabVersion(signal);
  if (version) return good(version);
  return optional("not found: python3 -m pip install jupyterlab (VS Code and npm run notebooks do without)");
}

function examineBrowser(): Found {
  try {
    const browser = findBrowser();
    if (browser) return good(browser);
    return optional(
      "no Chromium found, so figures have no PNG: install Chromium or Chrome, or name it in TRAFFIC_BROWSER",
    );
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return optional(error.message);
  }
}
