import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { InputError } from "traffic-anomaly";
import { findBrowser, renderImages } from "traffic-anomaly/dist/visualize/image";
import { skip } from "../fixtures/browser";
import { figures } from "./examples";

test("TRAFFIC_BROWSER comes first, then CHROME_PATH, then the PATH in order of command", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "browser-"));
  t.after(() => rm(folder, { recursive: true }));
  const program = async (name: string) => {
    await writeFile(join(folder, name), "#!/bin/sh\nexit 1\n");
    await chmod(join(folder, name), 0o755);
    return join(folder, name);
  };
  const chrome = await program("google-chrome");
  const chromium = await program("chromium");
  const own = await program("own");
  assert.equal(findBrowser({ PATH: folder }), chromium);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: chrome }), chrome);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: "/nowhere" }), chromium);
  assert.equal(findBrowser({ PATH: folder, CHROME_PATH: chrome, TRAFFIC_BROWSER: own }), own);
  assert.equal(findBrowser({ PATH: folder, TRAFFIC_BROWSER: "" }), undefined);
  assert.throws(
    () => findBrowser({ TRAFFIC_BROWSER: "/nowhere" }),
    /TRAFFIC_BROWSER names no program: \/nowhere/,
  );
  await withBrowser(own, () => assert.rejects(renderImages([figures.roc]), InputError));
});

test("without a browser there are no images", async () => {
  await withBrowser("", async () => assert.equal(await renderImages([figures.roc]), undefined));
});

async function withBrowser(name: string, work: () => Promise<void>): Promise<void> {
  const before = process.env.TRAFFIC_BROWSER;
  process.env.TRAFFIC_BROWSER = name;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env.TRAFFIC_BROWSER;
    else process.env.TRAFFIC_BROWSER = before;
  }
}

test("what a browser wrote goes with it, also in a process that goes on", { skip }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "browser-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  t.after(async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(folder, { recursive: true });
  });
  const listeners = process.listenerCount("exit");
  await renderImages([figures.roc]);
  const isLeft = async () => (await readdir(folder)).some((name) => name.startsWith("traffic-anomaly"));
  for (let tries = 0; tries < 50 && (await isLeft()); tries++) await sleep(200);
  assert.equal(await isLeft(), false);
  assert.equal(process.listenerCount("exit"), listeners);
});

test("a start removes what a browser left whose process was killed, and leaves that of one that runs", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "abandoned-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 })); // those killed may still write
  const browser = join(folder, "browser"); // It says nothing, and ends with the process that started it.
  await writeFile(browser, "#!/bin/sh\nexec cat <&3\n", { mode: 0o755 });
  const start = () => {
    const env = { ...process.env, TMPDIR: folder, TRAFFIC_BROWSER: browser };
    const code = `require("traffic-anomaly/dist/visualize/image").openImageRenderer()`;
    const child = spawn(process.execPath, ["-e", code], { env });
    t.after(() => child.kill("SIGKILL"));
    return { child, ended: once(child, "exit") };
  };
  const left = async (): Promise<string[]> => {
    const listed = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error; // a folder in it was removed meanwhile
    });
    if (!listed) return left();
    const names = listed.map((name) => dirname(name));
    return [...new Set(names.filter((name) => /^traffic-anomaly-browser-\w+$/.test(name)))];
  };
  const started = async (before: readonly string[]) => {
    for (;;) {
      const added = (await left()).find((name) => !before.includes(name));
      if (added) return added;
      await sleep(20);
    }
  };
  const killed = start();
  const abandoned = await started([]);
  start();
  const running = await started([abandoned]);
  killed.child.kill("SIGKILL");
  await killed.ended;
  start();
  const last = await started([abandoned, running]);
  assert.deepEqual((await left()).sort(), [running, last].sort());
});

test("where there can be no sandbox, as in most containers, the browser draws without one", {
  skip,
}, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "container-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o777);
  const browser = join(folder, "browser");
  const refusing = `case "$*" in *--no-sandbox*) exec ${findBrowser()} "$@";; esac; echo "No usable sandbox!" >&2; exit 1`;
  await writeFile(browser, `#!/bin/sh\n${refusing}\n`, { mode: 0o755 });
  const code = `require(${JSON.stringify(require.resolve("traffic-anomaly/dist/visualize/image"))})
    .renderImages([{ data: [{ type: "bar", y: [1] }], layout: {} }]).then(([png]) => console.log(png.length > 1000))`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", code], {
    cwd: folder,
    env: { ...process.env, HOME: folder, TMPDIR: folder, TRAFFIC_BROWSER: browser },
    ...(process.getuid?.() === 0 && { uid: 65534 }), // root never has one
  });
  assert.equal(stdout, "true\n");
});
