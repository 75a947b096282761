// What VS Code's Jupyter extension does with our kernel, by its sources (microsoft/vscode-jupyter, src/kernels/raw):
// loadKernelSpec, KernelProcess.launch, interrupt and dispose. It runs no Python for a kernel of another language.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { kernelName, registerKernelspec } from "traffic-anomaly/dist/notebook/tools/kernelspec";
import { Dealer, Subscriber } from "zeromq";
import { createWorkspace, isRunning } from "./workspace";

test("VS Code finds the kernel, starts it, runs and interrupts a cell, and ends it", async (context) => {
  const home = await createWorkspace(context);
  // It looks below the home folder, whatever Jupyter's variables say.
  const [, file] = await registerKernelspec({ JUPYTER_DATA_DIR: join(home, "elsewhere") }, home);
  const spec = JSON.parse(await readFile(file, "utf8"));
  // Without a name it takes that of the folder, by which a notebook's metadata finds the kernel.
  assert.deepEqual(
    [spec.name, join(file, "..", "..")],
    [undefined, join(file, "..", "..", kernelName, "..")],
  );
  assert.ok(spec.display_name && spec.language === "typescript"); // not "python", which would need an interpreter
  assert.notEqual(spec.interrupt_mode, "message"); // a signal, to the process itself
  assert.equal(spec.metadata.vscode ?? spec.metadata.interpreter, undefined); // it removes specs of its own making
  const place = spec.argv.findIndex((parameter: string) => parameter.includes("{connection_file}"));
  assert.ok(place > 0);

  const connection = { transport: "tcp", ip: "127.0.0.1", key: "secret", signature_scheme: "hmac-sha256" };
  const [shell_port, iopub_port, stdin_port, control_port, hb_port] = await freePorts(5);
  const ports = { shell_port, iopub_port, stdin_port, control_port, hb_port };
  const connectionFile = join(home, "kernel v2.json"); // its path may hold spaces
  await writeFile(connectionFile, JSON.stringify({ ...connection, ...ports }));
  spec.argv[place] = spec.argv[place].replace("{connection_file}", connectionFile);
  const [program, ...parameters] = spec.argv;
  const kernel = spawn(program, parameters, { cwd: home, env: { HOME: home }, stdio: "pipe" }); // a desktop has no PATH
  context.after(async () => void kernel.kill("SIGKILL"));

  const shell = new Dealer({ linger: 0 });
  const iopub = new Subscriber({ linger: 0 });
  context.after(async () => [shell, iopub].forEach((socket) => void socket.close()));
  shell.connect(`tcp://127.0.0.1:${shell_port}`);
  iopub.connect(`tcp://127.0.0.1:${iopub_port}`);
  iopub.subscribe();
  const send = async (msg_type: string, msg_id: string, content: object) => {
    const header = { msg_id, msg_type, session: "s", username: "", version: "5.2", date: new Date() };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const signature = createHmac("sha256", connection.key).update(parts.join("")).digest("hex");
    await shell.send(["<IDS|MSG>", signature, ...parts]);
  };
  const replies = new Map<string, { status: string; language_info?: object }>();
  void (async () => {
    for await (const frames of shell) {
      const [, , parent, , content] = frames.slice(-5).map((frame) => frame.toString());
      replies.set(JSON.parse(parent).msg_id, JSON.parse(content));
    }
  })();
  const reply = async (id: string) => {
    while (!replies.has(id)) await sleep(20);
    return replies.get(id)!;
  };

  await send("kernel_info_request", "info", {});
  assert.match(JSON.stringify((await reply("info")).language_info), /"name":"typescript"/);
  const code = { silent: false, store_history: true, user_expressions: {}, allow_stdin: true };
  await send("execute_request", "one", { ...code, code: "let one = 1;\none" });
  assert.equal((await reply("one")).status, "ok");
  await send("execute_request", "endless", { ...code, code: "await null; for (;;) {}" });
  await sleep(1000);
  kernel.kill("SIGINT");
  assert.equal((await reply("endless")).status, "error");

  const children = await readFile(`/proc/${kernel.pid}/task/${kernel.pid}/children`, "utf8").catch(() => "");
  kernel.kill();
  await once(kernel, "exit");
  for (const pid of children.trim().split(" ").filter(Boolean))
    assert.equal(await isRunning(Number(pid)), false);
});

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
