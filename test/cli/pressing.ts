// Ctrl+C at chosen moments, in every command.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { jupyterLabVersion } from "traffic-anomaly/dist/notebook/tools/lab";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { dayOf, trainOffice, writeLog } from "../detect/network";
import { trafficLines, writeLines } from "../fixtures/traffic";
import { endLeftBehind } from "../left-behind";
import { endless } from "../notebooks/endless";
import { writeSources } from "../notebooks/workspace";
import { contents, program } from "./command";
import { small, study } from "./study";

/** What a signal or two did to a command. */
export interface Press {
  readonly command: string;
  /** When each signal was sent, in milliseconds after the one before, or the start. */
  readonly delays: readonly number[];
  /** As a shell gives it. */
  readonly code: number;
  /** From the last signal to the end. */
  readonly milliseconds: number;
  /** What is not as it was, or was left behind. */
  readonly traces: readonly string[];
  readonly stderr: string;
}

/** A folder with inputs and results of every command, and the commands that can be run in it. */
export interface Place {
  readonly folder: string;
  readonly commands: Readonly<Record<string, readonly string[]>>;
  readonly environment: NodeJS.ProcessEnv;
  close(): void;
}

/** Makes a place to press in. Without JupyterLab there is no `lab`, without a browser a run draws nothing. */
export async function makePlace(folder: string): Promise<Place> {
  await study(folder);
  await trainOffice(folder);
  await writeLog(join(folder, "conn.log"), dayOf(40_000, { seed: 3, attacks: true }));
  await writeLines(join(folder, "large.csv"), trafficLines({ rows: 60_000 }));
  await mkdir(join(folder, "cells"));
  await writeSources(join(folder, "cells"), "01-loop", [endless.looping]);
  await writeSources(join(folder, "cells"), "02-wait", [endless.waiting]);
  await writeFile(join(folder, "package.json"), "{}"); // a student edition is of a project
  const server = createServer((_, response) => {
    const dripping = setInterval(() => response.write("."), 100);
    response.on("close", () => clearInterval(dripping));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const port = (server.address() as AddressInfo).port;
  const data = ["--data", "train.csv", "--test", "test.gz", "--seed", "7"];
  const model = ["--model", "models/office", "--out", "alerts.json"];
  const commands = {
    run: ["run", ...data, ...small, "--repeats", "1000"],
    "run once": ["run", ...data, ...small],
    "run of many rows": ["run", "--data", "large.csv", "--test", "large.csv", "--csv"],
    train: ["train", "conn.log", "--out", "models/office"],
    score: ["score", "conn.log", ...model],
    "score --follow": ["score", "conn.log", ...model, "--follow", "--state", "state.json"],
    "score of a table": ["score", "large.csv", "--model", "models/isolation-forest"],
    simulate: ["simulate", "--connections", "10000000", "--out", "simulated"],
    "simulate zeek": ["simulate", "--connections", "10000000", "--format", "zeek", "--out", "conn.log.gz"],
    download: ["download", "--data-folder", "downloads"],
    notebooks: ["notebooks", "--folder", "cells"],
    html: ["html", "--folder", "cells", "--out", "pages"],
    "student-edition": ["student-edition", "--folder", "cells", "--out", "students"],
    kernel: ["kernel"],
    doctor: ["doctor"],
    ...((await jupyterLabVersion()) && { lab: ["lab", "--no-browser", "--allow-root", "--port=0"] }),
  };
  const environment = {
    NODE_OPTIONS: `--require ${JSON.stringify(join(__dirname, "..", "fixtures", "slow-host.cjs"))}`,
    SLOW_HOST: String(port),
    TRAFFIC_BROWSER: findBrowser() ?? "",
    JUPYTER_DATA_DIR: join(folder, "jupyter", "data"),
    JUPYTER_CONFIG_DIR: join(folder, "jupyter", "config"),
    JUPYTER_RUNTIME_DIR: join(folder, "jupyter", "runtime"),
  };
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { folder, commands, environment, close };
}

/** Runs a command in a copy of the place and sends it signals. */
export async function press(
  { folder, commands, environment }: Place,
  command: string,
  delays: readonly number[],
  signal: NodeJS.Signals = "SIGINT",
): Promise<Press> {
  const own = await mkdtemp(`${folder}-`);
  await cp(folder, own, { recursive: true });
  const temporary = join(own, "temporary");
  await mkdir(temporary);
  const before = contents(own);
  const mark = randomUUID();
  const { TRAFFIC_DATA: _, ...env } = process.env;
  const child = spawn(process.execPath, [program, ...commands[command]], {
    cwd: own,
    env: { ...env, ...environment, TMPDIR: temporary, PRESS: mark, HOME: join(own, "home") },
    stdio: ["ignore", "ignore", "pipe"],
    detached: true, // as at a terminal: the signal goes to all of its group
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const exit = once(child, "exit");
  const patience = setTimeout(() => process.kill(-child.pid!, "SIGKILL"), 60_000);
  let sent = performance.now();
  for (const delay of delays) {
    await Promise.race([sleep(delay), exit]);
    sent = performance.now();
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid!, signal);
  }
  const [code, endedBy] = await exit;
  clearTimeout(patience);
  const milliseconds = performance.now() - sent;
  const left = await endLeftBehind(`PRESS=${mark}`);
  const remains = (await readdir(temporary)).map((name) => `temporary/${name}`);
  const changed = changes(before, contents(own), command);
  await rm(own, { recursive: true, force: true });
  const number = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 }[endedBy as string];
  return {
    command,
    delays,
    code: number ?? code,
    milliseconds,
    traces: [...left.map((text) => `process ${text}`), ...remains, ...(code === 0 ? [] : changed)],
    stderr,
  };
}

/** Paths of results that are not as they were. What only helps the next command is none, and neither is a folder around it. */
function changes(before: Record<string, string>, now: Record<string, string>, command: string): string[] {
  const harmless = /[/](temporary|jupyter|home|data)([/]|$)|[/]\.[^/]*$|[/]\.[^/]*[/]/;
  const followed = command === "score --follow" ? /alerts|state/ : undefined;
  const changed = Object.keys({ ...before, ...now }).filter(
    (path) => before[path] !== now[path] && !harmless.test(path) && !followed?.test(path),
  );
  const holds = (folder: string) => changed.some((path) => path.startsWith(join(folder, "/")));
  return changed.filter((path) => path in before || !statSync(path).isDirectory() || holds(path));
}
