import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { tensorflow } from "traffic-anomaly";
import { nativeInstalled } from "../fixtures/native";

/** What a fresh process prints that runs `script` with `tensorflow` in scope. */
function inFreshProcess(script: string, environment: Record<string, string> = {}) {
  const source = `const { tensorflow } = require("traffic-anomaly"); ${script}`;
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", source], {
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  return { stdout, stderr };
}

test("the backend is chosen once: another one is refused later", async () => {
  const { backend } = await tensorflow("wasm");
  assert.deepEqual(await tensorflow(), await tensorflow("wasm"));
  assert.equal(backend, "wasm");
  await assert.rejects(tensorflow("cpu"), {
    name: "InputError",
    message:
      "the backend cpu was asked for, but TensorFlow.js already computes with wasm in this process: " +
      "ask for it before the first model is trained or loaded",
  });
});

test("an unknown backend is refused", async () => {
  for (const name of ["gpu", "kernel"])
    await assert.rejects(tensorflow(name as "cpu"), {
      name: "InputError",
      message: `the backend of TensorFlow.js must be "native", "wasm" or "cpu", got "${name}"`,
    });
});

test("every backend starts and computes without a word on stdout or stderr", () => {
  for (const backend of ["wasm", "cpu", ...(nativeInstalled ? ["native"] : [])]) {
    const script = `tensorflow("${backend}").then(({ tf, backend }) =>
      console.log(backend, tf.getBackend(), tf.tensor([1, 2]).sum().dataSync()[0]))`;
    const name = backend === "native" ? "tensorflow" : backend;
    assert.deepEqual(inFreshProcess(script), { stdout: `${backend} ${name} 3\n`, stderr: "" });
  }
});

test("TensorFlow.js is not loaded until it is asked for", () => {
  const script = `console.log(Object.keys(require.cache).some((path) => path.includes("@tensorflow")))`;
  assert.deepEqual(inFreshProcess(script), { stdout: "false\n", stderr: "" });
});

// Stand-ins for tfjs-node-native, found through NODE_PATH where the real one is not installed.
for (const [title, standIn, first, native] of [
  [
    "native comes first where it loads, with the helpers that Node.js 23 removed",
    `const tf = require(${JSON.stringify(require.resolve("@tensorflow/tfjs"))});
     if (!require("util").isNullOrUndefined(null)) throw new Error("no helpers");
     tf.registerBackend("tensorflow", () => tf.findBackendFactory("cpu")());
     tf.setBackend("tensorflow");
     module.exports = tf;`,
    "native\n",
    "native\n",
  ],
  [
    "wasm stands in for a native binding that fails to load, unless native was asked for",
    `throw new Error("libtensorflow.so.2: cannot open shared object file")`,
    "wasm\n",
    "the backend native needs tfjs-node, which could not be loaded: npm install " +
      "tfjs-node-native@npm:@tensorflow/tfjs-node@4.22.0 where its download succeeds, or choose another backend\n",
  ],
] as const)
  test(title, { skip: nativeInstalled && "tfjs-node is installed" }, () => {
    const modules = mkdtempSync(join(tmpdir(), "native-"));
    try {
      mkdirSync(join(modules, "tfjs-node-native"));
      writeFileSync(join(modules, "tfjs-node-native", "index.js"), standIn);
      const ask = (backend = "") =>
        inFreshProcess(
          `delete require("util").isNullOrUndefined;
           tensorflow(${backend}).then(({ backend }) => console.log(backend), (e) => console.log(e.message))`,
          { NODE_PATH: modules },
        ).stdout;
      assert.equal(ask(), first);
      assert.equal(ask('"native"'), native);
    } finally {
      rmSync(modules, { recursive: true });
    }
  });
