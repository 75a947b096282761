import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { test } from "node:test";
import {
  jupyterDataFolders,
  kernelName,
  notebookMetadata,
  registerKernelspec,
} from "traffic-anomaly/dist/notebook/tools/kernelspec";

test("the kernelspec is written where Jupyter and VS Code look, with absolute paths, and not twice", async (context) => {
  const home = await mkdtemp(join(tmpdir(), "home-"));
  context.after(() => rm(home, { recursive: true, force: true }));
  const environment = { JUPYTER_DATA_DIR: join(home, "jupyter-data") };
  const files = await registerKernelspec(environment, home);
  assert.equal(files.length, 2);
  assert.equal(files[0], join(home, "jupyter-data", "kernels", kernelName, "kernel.json"));
  const spec = JSON.parse(await readFile(files[1], "utf8"));
  assert.equal(spec.argv[0], process.execPath);
  assert.ok(spec.argv.filter(isAbsolute).every((path: string) => existsSync(path)));
  assert.deepEqual(spec.argv.slice(-3), ["kernel", "--config-path", "{connection_file}"]);
  assert.ok(spec.argv.includes("--max-old-space-size=4096"));
  const { name, ...shown } = notebookMetadata.kernelspec;
  assert.deepEqual({ display_name: spec.display_name, language: spec.language }, shown);
  assert.equal(name, kernelName);

  const { mtimeMs } = await stat(files[0]);
  assert.deepEqual(await registerKernelspec(environment, home), files);
  assert.equal((await stat(files[0])).mtimeMs, mtimeMs);
});

test("Jupyter's data folder follows its variables; the place that VS Code reads is always among them", () => {
  const usual = join("/h", ".local", "share", "jupyter");
  assert.deepEqual(jupyterDataFolders({}, "/h", "linux"), [usual]);
  assert.deepEqual(jupyterDataFolders({ XDG_DATA_HOME: "/x" }, "/h", "linux"), [
    join("/x", "jupyter"),
    usual,
  ]);
  assert.deepEqual(jupyterDataFolders({ JUPYTER_DATA_DIR: "/d" }, "/h", "linux"), ["/d", usual]);
  const mac = join("/h", "Library", "Jupyter");
  assert.deepEqual(jupyterDataFolders({}, "/h", "darwin"), [mac]);
  assert.deepEqual(jupyterDataFolders({ JUPYTER_PLATFORM_DIRS: "1" }, "/h", "darwin"), [
    join("/h", "Library", "Application Support", "Jupyter"),
    mac,
  ]);
  assert.deepEqual(jupyterDataFolders({ JUPYTER_PLATFORM_DIRS: "0" }, "/h", "darwin"), [mac]);
  const roaming = join("/h", "AppData", "Roaming");
  assert.deepEqual(jupyterDataFolders({ APPDATA: roaming }, "/h", "win32"), [join(roaming, "jupyter")]);
  const moved = { APPDATA: join("/server", "roaming") };
  assert.deepEqual(jupyterDataFolders(moved, "/h", "win32"), [
    join("/server", "roaming", "jupyter"),
    join(roaming, "jupyter"),
  ]);
});
