// A real Spark on this machine: a standalone master and workers, each a process, on free ports of loopback.
import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Outcome, runToEnd } from "../cli/command";

export const script = join(__dirname, "..", "..", "lib", "spark", "traffic_anomaly_spark.py");

/** Why tests with Spark are skipped: Java or a package of Python is missing, which on CI must not be. */
export function missingSpark(): string | false {
  if (process.env.CI === "true") return false;
  const works = (file: string, ...parameters: string[]) => spawnSync(file, parameters).status === 0;
  const reason = !works("java", "-version")
    ? "this needs Java 17"
    : !works("python3", "-c", "import pyspark, pandas, pyarrow, onnxruntime") &&
      "this needs Python's pyspark, pandas, pyarrow and onnxruntime";
  if (reason) console.log(`skipped: ${reason}`);
  return reason;
}

/** Little of each, since none runs for long. */
const java = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1";

export class Cluster {
  private constructor(
    private readonly folder: string,
    private readonly home: string,
    private readonly running: ChildProcess[],
    private master = "",
  ) {}

  /** Starts a master and workers of one core each. @param folder for all that they write */
  static async start(folder: string, workers: number): Promise<Cluster> {
    const find = "import os, pyspark; print(os.path.dirname(pyspark.__file__))";
    const home = execFileSync("python3", ["-c", find], { encoding: "utf8" }).trim();
    const cluster = new Cluster(folder, home, []);
    mkdirSync(join(folder, "tmp"), { recursive: true });
    const master = cluster.daemon("master.Master", []);
    cluster.master = (await line(master, /Starting Spark master at (spark:\S+)/))[1];
    const start = () => {
      const own = ["--cores", "1", "--memory", "600m", "--work-dir", join(folder, "work"), cluster.master];
      return line(cluster.daemon("worker.Worker", own), /Successfully registered with master/);
    };
    await Promise.all(Array.from({ length: workers }, start));
    return cluster;
  }

  /** Runs a Python file to its end, as a user would. */
  submit(file: string, parameters: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const settings = {
      "spark.executor.memory": "500m",
      "spark.ui.enabled": "false",
      "spark.sql.shuffle.partitions": "2",
      "spark.log.level": "ERROR",
    };
    const options = Object.entries(settings).flatMap(([name, value]) => ["--conf", `${name}=${value}`]);
    return runToEnd(
      join(this.home, "bin", "spark-submit"),
      ["--master", this.master, ...options, file, ...parameters],
      { cwd: this.folder, env: { ...this.environment, ...more } },
    );
  }

  async stop(): Promise<void> {
    for (const child of this.running) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  private daemon(name: string, parameters: readonly string[]): ChildProcess {
    const ports = ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"];
    const child = spawn(
      join(this.home, "bin", "spark-class"),
      [`org.apache.spark.deploy.${name}`, ...ports, ...parameters],
      { cwd: this.folder, env: this.environment, stdio: ["ignore", "ignore", "pipe"] },
    );
    this.running.push(child);
    return child;
  }

  private get environment(): NodeJS.ProcessEnv {
    const { TEST_FILES, PATH, HOME, JAVA_HOME } = process.env;
    return {
      ...{ TEST_FILES, PATH, HOME },
      ...(JAVA_HOME && { JAVA_HOME }),
      ...{ SPARK_HOME: this.home, SPARK_LOCAL_IP: "127.0.0.1", SPARK_DAEMON_MEMORY: "256m" },
      ...{ PYSPARK_PYTHON: "python3", JDK_JAVA_OPTIONS: java, TMPDIR: join(this.folder, "tmp") },
      SPARK_LOCAL_DIRS: join(this.folder, "tmp"),
    };
  }
}

/** Waits for a line of a process that matches; the rest of what it prints goes nowhere. */
async function line(child: ChildProcess, wanted: RegExp): Promise<RegExpExecArray> {
  const printed: string[] = [];
  for await (const text of createInterface(child.stderr!)) {
    printed.push(text);
    const found = wanted.exec(text);
    if (!found) continue;
    child.stderr!.resume();
    return found;
  }
  return assert.fail(`it ended: ${printed.join("\n")}`);
}

/** The processes that a process comes from, its parent first. */
export function ancestors(pid: number): number[] {
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]);
  return parent <= 1 ? [] : [parent, ...ancestors(parent)];
}
