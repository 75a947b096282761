// The libraries that `npm run bench` compares with, pinned, and where it installs them: below node_modules/.cache.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const pythonPeers = {
  pandas: ["numpy==2.4.6", "pandas==3.1.1", "pyarrow==26.0.1"],
  polars: ["numpy==2.4.6", "polars==2.1.0"],
  "scikit-learn": ["numpy==2.4.6", "scikit-learn==1.9.1"],
  isotree: ["numpy==2.4.6", "pandas==3.1.1", "isotree==0.6.1.post10"],
  Keras: ["numpy==2.4.6", "tensorflow-cpu==2.21.0", "keras==3.15.1"],
  onnxruntime: ["numpy==2.4.6", "onnxruntime==1.32.0"],
  PyTorch: ["numpy==2.4.6", "torch==2.15.0"],
} as const;

const javascriptPeers = {
  "ml-isolation-forest": "0.1.0",
  "isolation-forest": "0.0.9",
} as const;

export type PythonPeer = keyof typeof pythonPeers;
export type JavaScriptPeer = keyof typeof javascriptPeers;
export type Peer = PythonPeer | JavaScriptPeer;

/** What could be installed, and what could not. */
export interface Peers {
  /** The virtual environment's Python, if there is one. */
  readonly python?: string;
  readonly installed: ReadonlySet<Peer>;
  /** By package; `python` too. */
  readonly versions: Readonly<Record<string, string>>;
  /** A sentence each. */
  readonly missing: readonly string[];
}

/** Where the benchmark keeps what it needs from run to run. */
export const cacheFolder = join(__dirname, "..", "..", "node_modules", ".cache", "bench");
const javascriptFolder = join(cacheFolder, "javascript");

/** Resolves packages from where the JavaScript peers are installed. */
export const requirePeer = createRequire(join(javascriptFolder, "package.json"));

/** Installs the peers that are wanted and not there yet; what fails is told in `missing`. */
export function installPeers(wanted: ReadonlySet<Peer>): Peers {
  const installed = new Set<Peer>();
  const versions: Record<string, string> = {};
  const missing: string[] = [];
  const attempt = (what: string, work: () => void): boolean => {
    try {
      work();
      return true;
    } catch (error) {
      missing.push(`${what} could not be installed: ${reason(error)}`);
      return false;
    }
  };

  const ofPython = (Object.keys(pythonPeers) as PythonPeer[]).filter((peer) => wanted.has(peer));
  const python = join(
    cacheFolder,
    "python",
    process.platform === "win32" ? "Scripts/python.exe" : "bin/python",
  );
  const makePython = () => {
    if (!existsSync(python)) run("python3", ["-m", "venv", join(cacheFolder, "python")]);
    versions.python = run(python, ["-c", "import platform; print(platform.python_version())"]).trim();
  };
  const found = ofPython.length > 0 && attempt(`a Python environment for ${ofPython.join(", ")}`, makePython);
  for (const peer of found ? ofPython : []) {
    const work = () => {
      if (!pythonPeers[peer].every((pin) => isInstalled(python, pin))) {
        process.stderr.write(`installing ${pythonPeers[peer].join(" ")}\n`);
        run(python, [
          "-m",
          "pip",
          "install",
          "--quiet",
          "--no-compile",
          "--disable-pip-version-check",
          ...pythonPeers[peer],
        ]);
      }
    };
    if (!attempt(peer, work)) continue;
    installed.add(peer);
    for (const [name, version] of pythonPeers[peer].map((pin) => pin.split("=="))) versions[name] = version;
  }

  const ofJavaScript = (Object.keys(javascriptPeers) as JavaScriptPeer[]).filter((peer) => wanted.has(peer));
  for (const peer of ofJavaScript) {
    const pin = `${peer}@${javascriptPeers[peer]}`;
    const work = () => {
      if (existsSync(join(javascriptFolder, "node_modules", peer))) return;
      mkdirSync(javascriptFolder, { recursive: true });
      const manifest = join(javascriptFolder, "package.json");
      if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
      const quietly = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
      run("npm", ["install", "--save-exact", ...quietly, "--prefix", javascriptFolder, pin]);
    };
    if (!attempt(peer, work)) continue;
    installed.add(peer);
    versions[peer] = javascriptPeers[peer];
  }
  return { ...(found && { python }), installed, versions, missing };
}

function isInstalled(python: string, pin: string): boolean {
  const [name, version] = pin.split("==");
  try {
    return (
      run(python, ["-c", `from importlib.metadata import version; print(version("${name}"))`]).trim() ===
      version
    );
  } catch {
    return false;
  }
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

/** That a command was not found, or the last line of what it wrote on stderr. */
function reason(error: unknown): string {
  const { code, path, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
  return code === "ENOENT" ? `${path} was not found` : (stderr?.trim().split("\n").at(-1) ?? message);
}
