import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Ends the processes with a mark in their environment, such as `PRESS=1`, which tests started and left behind, and gives
 * their commands. Those that are just about to end are waited for. Only on Linux, where an environment can be read.
 */
export async function endLeftBehind(mark: string): Promise<string[]> {
  let left = marked(mark);
  for (let i = 0; i < 30 && left.length > 0; i++) {
    await sleep(100);
    left = marked(mark);
  }
  return left.map((pid) => {
    const command = read(pid, "cmdline").replaceAll("\0", " ").trim();
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
    return `${pid} ${command}`;
  });
}

function marked(mark: string): number[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && read(pid, "environ").split("\0").includes(mark));
}

/** A file of /proc; empty if the process has ended or is somebody else's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
