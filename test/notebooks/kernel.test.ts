import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { Connection } from "traffic-anomaly/dist/notebook/tools/kernel-connection";
import { someOf } from "../fixtures/cases";
import { nativeInstalled } from "../fixtures/native";
import { endless } from "./endless";
import { createWorkspace, interrupt, isRunning } from "./workspace";

test("a kernel", async (context) => {
  const folder = await createWorkspace(context);
  const kernel = await Kernel.create(folder);
  context.after(async () => {
    await kernel.shutdown();
    assert.equal(await isRunning(kernel.pid!), false);
  });
  const stdout = (text: string) => ({ output_type: "stream", name: "stdout", text });
  const html = (text: string) => ({ output_type: "display_data", data: { "text/html": text }, metadata: {} });

  await context.test("gives what a cell prints and its number", async () => {
    assert.deepEqual(await kernel.execute("1 + 1"), {
      status: "ok",
      executionCount: 1,
      outputs: [stdout("2\n")],
    });
  });

  await context.test("merges what is printed to one stream in a row", async () => {
    const code = 'console.log("a"); console.log("b"); console.error("c"); console.log("d");';
    const { outputs } = await kernel.execute(code);
    assert.deepEqual(outputs, [
      stdout("a\nb\n"),
      { output_type: "stream", name: "stderr", text: "c\n" },
      stdout("d\n"),
    ]);
  });

  await context.test("gives an updated display as one output, and updates it from a later cell", async () => {
    const { outputs } = await kernel.execute(`
      import { newDisplay } from "tslab";
      const shown = newDisplay();
      shown.html("1 %"); console.log("between"); shown.html("50 %");`);
    assert.deepEqual(outputs, [html("50 %"), stdout("between\n")]);
    assert.deepEqual((await kernel.execute('shown.html("100 %")')).outputs, []);
    assert.deepEqual(outputs, [html("100 %"), stdout("between\n")]);
  });

  await context.test("loses none of 20,000 lines", async () => {
    const { status, outputs } = await kernel.execute(
      'for (let i = 0; i < 20000; i++) console.log("line " + i)',
    );
    assert.equal(status, "ok");
    assert.deepEqual(outputs, [stdout(Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`).join(""))]);
  });

  await context.test("can start worker threads and child processes", async () => {
    const { status, outputs } = await kernel.execute(`
      import { fork } from "node:child_process";
      import { once } from "node:events";
      import { writeFileSync } from "node:fs";
      import { Worker } from "node:worker_threads";
      console.log((await once(new Worker("process.exit(3)", { eval: true }), "exit"))[0]);
      writeFileSync("child.js", "process.exit(4)");
      console.log((await once(fork("child.js"), "exit"))[0]);`);
    assert.deepEqual([status, outputs], ["ok", [stdout("3\n4\n")]]);
  });

  await context.test("takes no notice of a package that is built anew while a cell runs", async () => {
    const module = join(folder, "built");
    const build = () => {
      mkdirSync(module);
      for (const name of ["a", "b"])
        writeFileSync(join(module, `${name}.d.ts`), "export declare const x: 1;");
      writeFileSync(join(module, "index.d.ts"), 'export { x } from "./a";\nexport { x as y } from "./b";');
      writeFileSync(join(module, "index.js"), "exports.x = exports.y = 1;");
    };
    build();
    const sum = 'import { x, y } from "./built";\nx + y';
    assert.deepEqual((await kernel.execute(sum)).outputs, [stdout("2\n")]);
    for (const change of [() => rmSync(module, { recursive: true }), build]) {
      const waiting = kernel.execute("await new Promise((resolve) => setTimeout(resolve, 600))");
      await sleep(100);
      change();
      assert.deepEqual((await waiting).outputs, []);
    }
    assert.deepEqual((await kernel.execute(sum)).outputs, [stdout("2\n")]);
  });

  await context.test(
    "gives tfjs-node to a cell that imports it, or says that it is not installed",
    async () => {
      const code = `
      import * as tf from "@tensorflow/tfjs-node";
      console.log(tf.tensor1d([1, 2]).sum().dataSync()[0], tf.getBackend());`;
      const { status, outputs } = await kernel.execute(code);
      const told =
        "tfjs-node is not installed, so @tensorflow/tfjs-node is plain TensorFlow.js here: the same functions, computed in " +
        "JavaScript. To install it, run in the project's folder: " +
        "npm install tfjs-node-native@npm:@tensorflow/tfjs-node@4.22.0\n";
      const said = { output_type: "stream", name: "stderr", text: told };
      assert.equal(status, "ok");
      assert.deepEqual(outputs, nativeInstalled ? [stdout("3 tensorflow\n")] : [said, stdout("3 cpu\n")]);
      const again = await kernel.execute(code);
      assert.deepEqual(again.outputs, outputs.slice(-1)); // told once
    },
  );

  await context.test("says 'error' for a failed cell and 'abort' for one just after it", async () => {
    const results = await Promise.all([kernel.execute("throw new Error('no')"), kernel.execute("1")]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ["error", "abort"],
    );
    await sleep(300); // tslab takes no cell for 200 ms
  });

  await context.test(
    "tells an error as Jupyter does, with the cell's own lines and none of the kernel's",
    async () => {
      const { executionCount } = await kernel.execute(`
      interface Row { readonly score: number }

      // A comment, which the compiler leaves out.
      async function check(rows: readonly Row[]): Promise<void> {
        await null;
        for (const { score } of rows)
          if (score > 1) throw new RangeError("too high", { cause: new Error("first") });
      }`);
      const { status, outputs } = await kernel.execute("type T = Row;\n\nawait check([{ score: 2 }]);");
      assert.equal(status, "error");
      const [defined, called] = [`cell [${executionCount}], line 8`, `cell [${executionCount! + 1}], line 3`];
      const frames = [`    at check (${defined})`, `    at async ${called}`];
      assert.deepEqual(outputs, [
        {
          output_type: "error",
          ename: "RangeError",
          evalue: "too high",
          traceback: ["RangeError: too high", ...frames, "caused by Error: first", ...frames],
        },
      ]);
      await sleep(300); // tslab takes no cell for 200 ms
      const typed = await kernel.execute("const x = 1;\nx.missing");
      assert.deepEqual(typed.outputs, [
        {
          output_type: "error",
          ename: "TypeScript",
          evalue: "2:3 - Property 'missing' does not exist on type '1'.",
          traceback: ["2:3 - Property 'missing' does not exist on type '1'."],
        },
      ]);
      await sleep(300);
      // Only what is wrong with the syntax, and in the cell: tslab's own code follows it.
      for (const [code, told] of [
        ["import pandas as pd", ["1:15 - '=' expected.", "1:18 - ';' expected."]],
        ["const text = `abc\nd", ["2:2 - Unterminated template literal."]],
        ["{\n", ["1:2 - '}' expected."]],
        [
          "const here = [\n  import.meta.url]",
          [
            "2:3 - A cell is no file, so there is no import.meta. Its folder, the notebook's, is process.cwd().",
          ],
        ],
      ] as const) {
        const [error] = (await kernel.execute(code)).outputs;
        assert.deepEqual("traceback" in error && error.traceback, told);
        await sleep(300);
      }
    },
  );

  await context.test("is freed by an interrupt from every cell that was sent before it", async () => {
    for (const code of someOf(Object.values(endless), 3)) {
      for (const milliseconds of code === endless.compiling ? [300] : [300, 0]) {
        const waiting = [kernel.execute(code), kernel.execute(code)];
        await sleep(milliseconds);
        interrupt(kernel);
        const [first, second] = await Promise.all(waiting);
        assert.ok(first.status === "error" && second.status !== "ok", `${code}: ${second.status}`);
        assert.deepEqual(first.outputs, [
          { output_type: "error", ename: "Interrupted", evalue: "", traceback: ["Interrupted"] },
        ]);
        await sleep(250); // tslab takes no cell for 200 ms
      }
    }
    assert.deepEqual((await kernel.execute("1")).outputs, [stdout("1\n")]);
  });

  await context.test("takes no notice of an interrupt while no cell runs", async () => {
    interrupt(kernel);
    await sleep(100);
    assert.equal((await kernel.execute("1")).status, "ok");
  });

  await context.test("stops waiting at a time-out or an abort, and goes on", async () => {
    const waiting = kernel.execute("await new Promise((r) => setTimeout(r, 1000))", { timeoutSeconds: 0.1 });
    assert.equal((await waiting).status, "timeout");
    const signal = AbortSignal.timeout(100);
    await assert.rejects(kernel.execute("2", { signal }), { name: "TimeoutError" });
    assert.deepEqual((await kernel.execute("3")).outputs, [stdout("3\n")]);
  });
});

test("a kernel is busy until the last cell that was sent is done, and ends at once when it is asked to", async (context) => {
  const messages: { type: string; parent: string; state?: string }[] = [];
  const connection = await Connection.open(await createWorkspace(context), (parts) => {
    const [header, parent, , content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()));
    messages.push({ type: header.msg_type, parent: parent.msg_id, state: content.execution_state });
  });
  context.after(() => connection.close());
  const send = async (type: string, id: string, content = {}) => {
    const header = { msg_id: id, msg_type: type, session: connection.key, username: "", version: "5.3" };
    await connection.send([header, {}, {}, content].map((part) => Buffer.from(JSON.stringify(part))));
  };
  const until = async (type: string, id: string, state?: string) => {
    while (!messages.some((m) => m.type === type && m.parent === id && m.state === state)) await sleep(20);
  };
  for (let i = 0; !messages.some(({ state }) => state === "idle"); i++) {
    await send("kernel_info_request", `info ${i}`);
    await sleep(200);
  }
  const first = messages.length;
  const code = "await new Promise((resolve) => setTimeout(resolve, 50)); setInterval(() => {}, 1000);";
  for (const id of ["a", "b", "c"]) await send("execute_request", id, { code, silent: false });
  await send("complete_request", "complete", { code: "Math.", cursor_pos: 5 });
  await until("status", "c", "idle");
  const states = messages.slice(first).filter(({ type }) => type === "status");
  states.forEach(({ state }, i) => {
    if (state === "idle" && i < states.length - 1) assert.equal(states[i + 1].state, "busy");
  });
  assert.equal(states.at(-1)!.state, "idle");

  const asked = performance.now();
  await send("shutdown_request", "shutdown", { restart: true });
  await connection.ended;
  assert.ok(performance.now() - asked < 3000);
  await until("shutdown_reply", "shutdown");
});

test("a kernel that does not stop within 5 s is ended, and says what that means", async (context) => {
  const folder = await createWorkspace(context);
  const kernel = await Kernel.create(folder);
  context.after(() => kernel.shutdown());
  const waiting = kernel.execute(`
    import { spawnSync } from "node:child_process";
    spawnSync("sh", ["-c", "trap '' INT; touch started; sleep 60"]);`);
  while (!existsSync(join(folder, "started"))) await sleep(20);
  interrupt(kernel);
  assert.equal((await waiting).status, "ended");
  assert.match(kernel.ending!, /did not stop within 5 s and was ended: all variables are gone/);
  assert.equal(await isRunning(kernel.pid!), false);
});

test("the first cell of a kernel that has just answered takes less than a second of a processor", {
  skip: process.platform === "linux" ? false : "reads /proc",
}, async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  const [cells] = readFileSync(`/proc/${kernel.pid}/task/${kernel.pid}/children`, "utf8").split(" ");
  /** Seconds of a processor that the process which runs the cells has taken. */
  const taken = () => {
    const fields = readFileSync(`/proc/${cells}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  };
  const before = taken();
  const { status } = await kernel.execute('import { rocAuc, scoreSteps } from "traffic-anomaly";');
  assert.equal(status, "ok");
  assert.ok(taken() - before < 1, `${taken() - before} s`);
});

test("a kernel gives the memory of freed arrays back, whatever was made between them", {
  skip: process.platform === "linux" ? false : "reads /proc",
}, async (context) => {
  const kernel = await Kernel.create(await createWorkspace(context));
  context.after(() => kernel.shutdown());
  /** Megabytes that the process holds once its garbage is collected. */
  const held = async (cell: string) => {
    const { outputs } = await kernel.execute(`${cell}
      vm.runInNewContext("gc")();
      await new Promise((resolve) => setTimeout(resolve, 300));
      console.log(process.memoryUsage.rss() / 1e6);`);
    return Number(outputs.map((output) => ("text" in output ? output.text : "")).join(""));
  };
  const before = await held(`import { setFlagsFromString } from "node:v8";
    import * as vm from "node:vm";
    setFlagsFromString("--expose-gc");
    let large = [new Float64Array(2e6).fill(1)];
    const small: Float64Array[] = [];
    large = [];`);
  const after = await held(`for (let i = 0; i < 30; i++) {
      large.push(new Float64Array(1e6).fill(1));
      small.push(new Float64Array(1e5).fill(1));
    }
    large = [];`);
  assert.ok(after - before < 100, `${Math.round(after - before)} MB more than before`);
});

test("a kernel that can't start says why", async () => {
  await assert.rejects(Kernel.create("/no/such/folder"), /the kernel did not start: .*ENOENT/);
});

test("a kernel ends with the process that started it, even if that is killed", async (context) => {
  const folder = await createWorkspace(context);
  const program = `require("traffic-anomaly/dist/notebook/tools/kernel-client").Kernel.create(".").then((k) => console.log(k.pid));`;
  const parent = spawn(process.execPath, ["-e", program], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = await once(parent.stdout, "data");
  assert.equal(await isRunning(Number(pid)), true);
  parent.kill("SIGKILL");
  for (let i = 0; i < 50 && (await isRunning(Number(pid))); i++) await sleep(100);
  assert.equal(await isRunning(Number(pid)), false);
});
