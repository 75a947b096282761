import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { InputError } from "../common/errors";
import type { WorkOptions } from "../common/progress";
import { type Figure, figureWidth } from "./figure";
import { plotlyFile } from "./page";

const commands = [
  "chromium",
  "chromium-browser",
  "google-chrome",
  "google-chrome-stable",
  "chrome",
  "msedge",
  "microsoft-edge",
];

/**
 * The path of an installed Chromium, Chrome or Edge: the one that the variable `TRAFFIC_BROWSER` names (empty: none),
 * else `CHROME_PATH`, else the first on the PATH or in the usual places of macOS and Windows.
 *
 * @throws {InputError} if `TRAFFIC_BROWSER` names no program
 */
export function findBrowser(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = environment.TRAFFIC_BROWSER;
  if (wanted === "") return undefined;
  if (wanted !== undefined) {
    if (isProgram(wanted)) return wanted;
    throw new InputError(`TRAFFIC_BROWSER names no program: ${wanted}`);
  }
  const suffix = process.platform === "win32" ? ".exe" : "";
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [
    environment.CHROME_PATH ?? "",
    ...commands.flatMap((command) => folders.map((folder) => join(folder, command + suffix))),
    ...usualPlaces(environment),
  ].find(isProgram);
}

function usualPlaces(environment: NodeJS.ProcessEnv): string[] {
  if (process.platform === "darwin") {
    return ["Chromium", "Google Chrome", "Microsoft Edge"].map(
      (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
    );
  }
  if (process.platform !== "win32") return [];
  return [environment.LOCALAPPDATA, environment.PROGRAMFILES, environment["PROGRAMFILES(X86)"]]
    .filter((root) => root !== undefined)
    .flatMap((root) =>
      [
        "Chromium\\Application\\chrome.exe",
        "Google\\Chrome\\Application\\chrome.exe",
        "Microsoft\\Edge\\Application\\msedge.exe",
      ].map((path) => join(root, path)),
    );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** How to draw pictures. */
export interface ImageOptions extends WorkOptions {
  /** The browser's path. Default: {@link findBrowser}. */
  readonly browser?: string;
  /** Width in CSS pixels. Default: 960. */
  readonly width?: number;
  /** Pixels of the picture for each CSS pixel. Default: 2. */
  readonly scale?: number;
}

/**
 * Draws figures as PNG pictures in one headless browser: about 2 s for its start and 0.3 s a figure.
 *
 * @returns the files' bytes in the order of the figures; `undefined` if no browser is installed
 * @throws {InputError} if the browser does not start
 */
export async function renderImages(
  figures: readonly Figure[],
  { browser = findBrowser(), width = figureWidth, scale = 2, signal, onProgress }: ImageOptions = {},
): Promise<Uint8Array[] | undefined> {
  if (browser === undefined) return undefined;
  signal?.throwIfAborted();
  const running = await launch(browser);
  const stop = () => void running.close();
  signal?.addEventListener("abort", stop);
  try {
    signal?.throwIfAborted();
    const page = await running.newPage({ offline: true });
    await page.addScriptTag({ path: plotlyFile() });
    const images: Uint8Array[] = [];
    for (const { data, layout } of figures) {
      const options = { format: "png", width, height: layout.height, scale };
      const url = await page.evaluate<string>(
        `Plotly.toImage(${JSON.stringify({ data, layout })}, ${JSON.stringify(options)})`,
      );
      images.push(Buffer.from(url.slice(url.indexOf(",") + 1), "base64"));
      onProgress?.({ stage: "drawing the figures", done: images.length, total: figures.length });
    }
    return images;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await running.close();
  }
}

/** A browser without a window or background traffic; it ends with this process. */
async function launch(executablePath: string): Promise<Browser> {
  try {
    return await chromium.launch({
      executablePath,
      // Chromium refuses its sandbox to root.
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--host-resolver-rules=MAP * ~NOTFOUND"],
      // Ctrl+C is the caller's, who passes an AbortSignal.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 60_000,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new InputError(`the browser ${executablePath} did not start: ${reason}`);
  }
}
