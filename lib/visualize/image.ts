import { accessSync, constants, mkdtempSync, rmSync, statSync } from "node:fs";
import { lstat, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Browser } from "playwright-core";
import { InputError } from "../common/errors";
import { lockFile } from "../common/file-lock";
import { loadPackage } from "../common/packages";
import type { WorkOptions } from "../common/progress";
import type { Figure } from "./figure";
import { figureWidth } from "./layout";
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

/** A headless browser that draws figures, as long as it is open. */
export interface ImageRenderer {
  /** The figure as the bytes of a PNG. */
  draw(figure: Figure): Promise<Uint8Array>;
  close(): Promise<void>;
}

/**
 * Opens a browser to draw in, which takes about 2 s; a figure takes 0.3 s.
 *
 * @param scale pixels of the picture for each CSS pixel
 * @returns `undefined` if no browser is installed
 * @throws {InputError} if the browser does not start
 */
export async function openImageRenderer(scale = 2): Promise<ImageRenderer | undefined> {
  const browser = findBrowser();
  if (browser === undefined) return undefined;
  const running = await launch(browser);
  try {
    const page = await running.newPage({ offline: true });
    await page.addScriptTag({ path: plotlyFile() });
    return {
      draw: async ({ data, layout }) => {
        const options = { format: "png", width: figureWidth, height: layout.height, scale };
        const url = await page.evaluate<string>(
          `Plotly.toImage(${JSON.stringify({ data, layout })}, ${JSON.stringify(options)})`,
        );
        return Buffer.from(url.slice(url.indexOf(",") + 1), "base64");
      },
      close: () => running.close(),
    };
  } catch (error) {
    await running.close();
    throw error;
  }
}

/**
 * Draws figures as PNG pictures in one browser, which it opens and closes.
 *
 * @returns the files' bytes in the order of the figures; `undefined` if no browser is installed
 * @throws {InputError} if the browser does not start
 */
export async function renderImages(
  figures: readonly Figure[],
  { signal, onProgress }: WorkOptions = {},
): Promise<Uint8Array[] | undefined> {
  signal?.throwIfAborted();
  const renderer = await openImageRenderer();
  if (!renderer) return undefined;
  const stop = () => void renderer.close();
  signal?.addEventListener("abort", stop);
  try {
    const images: Uint8Array[] = [];
    for (const figure of figures) {
      signal?.throwIfAborted();
      images.push(await renderer.draw(figure));
      onProgress?.({ stage: "drawing the figures", done: images.length, total: figures.length });
    }
    return images;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await renderer.close();
  }
}

/** A browser without a window or background traffic; it ends with this process. */
async function launch(executablePath: string): Promise<Browser> {
  try {
    if (typeof WebAssembly === "undefined") throw new Error("its driver needs WebAssembly");
    const { chromium } = loadPackage(
      "playwright-core",
      () => require("playwright-core") as typeof import("playwright-core"),
    );
    const temporary = await makeTemporaryFolder();
    const before = process.env.TMPDIR;
    process.env.TMPDIR = temporary.folder; // Playwright makes folders of its own there, which a killed start would leave
    const start = (chromiumSandbox: boolean) =>
      chromium.launch({
        executablePath,
        chromiumSandbox,
        args: ["--host-resolver-rules=MAP * ~NOTFOUND"],
        // Ctrl+C is the caller's, who passes an AbortSignal.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        timeout: 60_000,
      });
    // Chromium refuses its sandbox to root, and most containers refuse it to Chromium; what it shows is our own.
    const browser = await start(process.getuid?.() !== 0)
      .catch((error) => {
        if (String(error).includes("sandboxing failed")) return start(false);
        throw error;
      })
      .catch((error) => {
        temporary.remove();
        throw error;
      })
      .finally(() => {
        if (before === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = before;
      });
    browser.once("disconnected", temporary.remove);
    return browser;
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new InputError(`the browser ${executablePath} did not start: ${reason}`);
  }
}

/** A folder for what a browser that is killed leaves behind; it is removed at the end of the process at the latest. */
async function makeTemporaryFolder(): Promise<{ readonly folder: string; readonly remove: () => void }> {
  await removeAbandoned();
  const folder = mkdtempSync(join(tmpdir(), temporaryPrefix));
  const remove = () => {
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
      process.off("exit", remove);
      void lock?.release();
    } catch {
      setTimeout(remove, 1000).unref(); // a browser that is ending still writes there
    }
  };
  process.on("exit", remove);
  const lock = await lockFile(join(folder, lockName), 1000); // which ends with this process, however it ends
  return { folder, remove };
}

const temporaryPrefix = "traffic-anomaly-browser-";
const lockName = "lock";

/** Removes this user's folders whose processes were killed. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(temporaryPrefix)) continue;
    const folder = join(tmpdir(), name);
    try {
      const { uid } = await lstat(join(folder, lockName));
      if (uid !== (process.getuid?.() ?? uid)) continue;
      const lock = await lockFile(join(folder, lockName), 0);
      if (lock?.enforced) await rm(folder, { recursive: true, force: true });
      await lock?.release();
    } catch {
      // It has no lock yet, or another process removes it.
    }
  }
}
