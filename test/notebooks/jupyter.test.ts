// Python's own tools on the notebooks of the repository.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { kernelName, notebookMetadata } from "traffic-anomaly/dist/notebook/tools/kernelspec";
import {
  type Cell,
  codeCells,
  type Notebook,
  type Output,
  readNotebook,
} from "traffic-anomaly/dist/notebook/tools/notebook";
import { compareOutputs, runNotebook } from "traffic-anomaly/dist/notebook/tools/runner";
import { someOf } from "../fixtures/cases";
import { jupyterTest } from "../fixtures/jupyter";
import { endless } from "./endless";
import { isRunning, writeSources } from "./workspace";

const project = join(__dirname, "..", "..");
const notebooks = join(project, "notebooks");
const folder = mkdtempSync(join(tmpdir(), "nbconvert-"));
after(() => rmSync(folder, { recursive: true }));

jupyterTest(
  "nbconvert --execute gives the outputs of the project's own runner",
  { browser: true, slow: true },
  async (env) => {
    const name = "00-welcome.ipynb"; // it shows all kinds of outputs, and takes least time
    execFileSync(
      "jupyter",
      ["nbconvert", "--to", "notebook", "--execute", name, "--output-dir", folder, "--log-level", "ERROR"],
      { cwd: notebooks, env, stdio: "inherit", timeout: 600_000 },
    );
    const [ours, theirs] = await Promise.all([
      readNotebook(join(notebooks, name)),
      readNotebook(join(folder, name)),
    ]);
    assert.deepEqual(compareOutputs(ours, inOurForm(theirs, ours)), []);
    const figures = codeCells(theirs)
      .flatMap(({ outputs }) => outputs)
      .filter((output) => "data" in output && "application/vnd.plotly.v1+json" in output.data);
    assert.ok(figures.length > 0);
    for (const figure of figures) assert.ok("data" in figure && "image/png" in figure.data, "has a picture");
  },
);

/** nbclient keeps what tslab tells it of counts, nothing, and does not join what was printed in pieces. */
function inOurForm(notebook: Notebook, ours: Notebook): Notebook {
  const cells = notebook.cells.map((cell, i): Cell => {
    const own = ours.cells[i];
    if (cell.cell_type !== "code" || own.cell_type !== "code") return cell;
    const outputs: Output[] = [];
    for (const output of cell.outputs) {
      const last = outputs.at(-1);
      if (last?.output_type === "stream" && output.output_type === "stream" && last.name === output.name) {
        outputs[outputs.length - 1] = { ...last, text: last.text + output.text };
      } else outputs.push(output);
    }
    return { ...cell, execution_count: own.execution_count, outputs };
  });
  return { ...notebook, cells };
}

jupyterTest("the page that nbconvert makes of a notebook shows its figures", { slow: true }, async (env) => {
  const name = "03-isolation-forest";
  execFileSync(
    "jupyter",
    ["nbconvert", "--to", "html", `${name}.ipynb`, "--output-dir", folder, "--log-level", "ERROR"],
    { cwd: notebooks, env, stdio: "inherit" },
  );
  const page = readFileSync(join(folder, `${name}.html`), "utf8");
  const { cells } = await readNotebook(join(notebooks, `${name}.ipynb`));
  const figures = cells
    .flatMap((cell) => (cell.cell_type === "code" ? cell.outputs : []))
    .filter((output) => "data" in output && "image/png" in output.data);
  assert.ok(figures.length >= 5);
  assert.equal(page.match(/<img [^>]*src="data:image\/png;base64,/g)?.length, figures.length);
});

jupyterTest("Jupyter lists the project's kernel, which it stops by a signal", {}, async (env) => {
  const list = execFileSync("jupyter", ["kernelspec", "list", "--json"], { env, encoding: "utf8" });
  const { spec, resource_dir } = JSON.parse(list).kernelspecs[kernelName];
  assert.equal(resource_dir, join(env.JUPYTER_DATA_DIR!, "kernels", kernelName));
  assert.equal(spec.display_name, notebookMetadata.kernelspec.display_name);
  assert.equal(spec.argv[0], process.execPath);
  assert.equal(spec.interrupt_mode, "signal");
});

jupyterTest("Jupyter's interrupt ends a cell at any moment after Run", {}, async (env) => {
  const program = `
import json, random, sys, time
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="${kernelName}")
random.seed(1)
for code in json.load(sys.stdin):
    for longest in json.loads(sys.argv[1]):
        request = client.execute(code)
        time.sleep(longest * random.random())
        manager.interrupt_kernel()
        while (reply := client.get_shell_msg(timeout=30))["parent_header"]["msg_id"] != request:
            pass
        print(reply["content"]["status"], flush=True)
        time.sleep(0.3)
client.execute_interactive("1 + 1", timeout=30)
manager.shutdown_kernel()`;
  const cells = someOf(Object.values(endless), 3);
  const moments = someOf([0.1, 0, 1], 3);
  const input = JSON.stringify(cells);
  const output = execFileSync("python3", ["-c", program, JSON.stringify(moments)], {
    env,
    encoding: "utf8",
    input,
  });
  assert.equal(output, `${"error\n".repeat(moments.length * cells.length)}2\n`);
});

jupyterTest("a kernel ends when its Jupyter is killed", {}, async (env) => {
  const program = `
import os
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name="${kernelName}")
print(manager.provisioner.pid, flush=True)
os.kill(os.getpid(), 9)`;
  const jupyter = spawn("python3", ["-c", program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const [pid] = await once(jupyter.stdout, "data");
  assert.equal(await isRunning(Number(pid)), true);
  for (let i = 0; i < 50 && (await isRunning(Number(pid))); i++) await sleep(100);
  assert.equal(await isRunning(Number(pid)), false);
});

type Ask = (path: string, body?: object, method?: string) => Promise<Response>;

/** Saves all notebooks by the server as JupyterLab does, which changes no byte, and one after an edit, of which a run leaves only that. */
async function savedAndRun(ask: Ask, saved: string): Promise<void> {
  const write = async (file: string, content: object) => {
    const path = `/api/contents/outputs/${basename(saved)}/${file}`;
    const answer = await ask(path, { type: "notebook", format: "json", content }, "PUT");
    assert.ok(answer.ok, `${path}: ${answer.status}`);
    return readFileSync(join(saved, file), "utf8");
  };
  const files = readdirSync(notebooks, { recursive: true, encoding: "utf8" });
  for (const file of files.filter(
    (name) => name.endsWith(".ipynb") && !name.includes(".ipynb_checkpoints"),
  )) {
    const { content } = await (await ask(`/api/contents/notebooks/${file}`)).json();
    assert.ok((await write(basename(file), content)) === readFileSync(join(notebooks, file), "utf8"), file);
  }

  const file = await writeSources(saved, "edited", [
    "performance.now() > 0",
    "1 + 1",
    "console.log(`a\nb`);",
  ]);
  await runNotebook(file, { graceSeconds: 0.1 });
  const before = readFileSync(file, "utf8").split("\n");
  const { content } = await (await ask(`/api/contents/outputs/${basename(saved)}/edited.ipynb`)).json();
  for (const cell of content.cells.slice(1)) {
    cell.execution_count = 7;
    cell.metadata.execution = { "iopub.status.busy": "2026-11-26T14:00:00.000Z" };
  }
  content.cells[2].source = "1 + 2";
  content.metadata.language_info.nbconvert_exporter = "javascript";
  await write("edited.ipynb", content);
  await runNotebook(file, { graceSeconds: 0.1 });
  const after = readFileSync(file, "utf8").split("\n");
  const changes = after.flatMap((line, i) => (line === before[i] ? [] : [line.trim()]));
  assert.deepEqual([after.length, changes], [before.length, ['"3\\n"', '"1 + 2"']]);
}

jupyterTest(
  "the command lab serves notebooks and Plotly, saves without a change, and ends without a trace",
  {},
  async (env) => {
    const port = await freePort();
    const parameters = ["lab", "--no-browser", `--port=${port}`, "--IdentityProvider.token=test"];
    // Its kernelspec goes below this home folder; Python must be found without it.
    const { PYENV_ROOT = join(homedir(), ".pyenv"), PYTHONUSERBASE = join(homedir(), ".local") } = env;
    const lab = spawn(join(project, "node_modules", ".bin", "traffic-anomaly"), parameters, {
      cwd: project,
      env: { ...env, HOME: dirname(env.JUPYTER_DATA_DIR!), PYENV_ROOT, PYTHONUSERBASE },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let log = "";
    for (const stream of [lab.stdout, lab.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
    }
    const ask = async (path: string, body?: object, method = "POST") => {
      const request = body && { method, body: JSON.stringify(body) };
      return fetch(`http://127.0.0.1:${port}${path}?token=test`, request);
    };
    mkdirSync(join(project, "outputs"), { recursive: true });
    const saved = mkdtempSync(join(project, "outputs", "saved-"));
    try {
      for (let tries = 0; tries < 240; tries++) {
        if (
          await ask("/api/status").then(
            ({ ok }) => ok,
            () => false,
          )
        )
          break;
        await sleep(250);
      }
      const { kernelspecs } = await (await ask("/api/kernelspecs")).json();
      assert.ok(kernelName in kernelspecs, log);
      const { content } = await (await ask("/api/contents/notebooks")).json();
      assert.ok(content.some(({ name }: { name: string }) => name === "01-exploration.ipynb"));
      assert.equal((await ask("/files/node_modules/plotly.js-dist/plotly.js")).status, 200);
      assert.equal((await ask("/api/kernels", { name: kernelName, path: "notebooks" })).status, 201);
      await savedAndRun(ask, saved);
    } finally {
      rmSync(saved, { recursive: true });
      lab.kill();
    }
    await once(lab, "exit");
    assert.match(log, /Shutting down 1 kernel/);
    const told = /^You are root, .*: JupyterLab is started with --allow-root\.$/m;
    assert.equal(told.test(log), process.getuid?.() === 0); // in containers, where Jupyter would refuse to start
    assert.doesNotMatch(log, /Traceback|^ +at /m);
  },
);

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
