import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Finding } from "traffic-anomaly/dist/notebook/tools/doctor";
import { registerKernelspec } from "traffic-anomaly/dist/notebook/tools/kernelspec";
import { temporaryFolder } from "../fixtures/folder";

const program = join(__dirname, "..", "..", "node_modules", ".bin", "traffic-anomaly");
const home = temporaryFolder("doctor");

/** What the doctor says on a machine that has Node and nothing else. */
function findings(): Record<string, Finding> {
  const environment = { PATH: dirname(process.execPath), HOME: home, USERPROFILE: home, TRAFFIC_BROWSER: "" };
  const stdout = execFileSync(process.execPath, [program, "doctor", "--json"], {
    cwd: home,
    env: { ...environment, JUPYTER_DATA_DIR: join(home, "jupyter") },
    encoding: "utf8",
  });
  return Object.fromEntries((JSON.parse(stdout) as Finding[]).map((finding) => [finding.name, finding]));
}

test("on a bare machine the doctor says of each thing how to get it, and that nothing needed is missing", () => {
  const found = findings();
  assert.deepEqual(Object.keys(found), [
    "Node",
    "Packages",
    "Autoencoder",
    "Data",
    "Kernel",
    "JupyterLab",
    "Browser",
  ]);
  const { Node, Packages, Autoencoder, Data, Kernel, Browser } = found;
  assert.deepEqual(Packages, { name: "Packages", state: "good", words: "all installed" });
  assert.deepEqual([Node.state, Autoencoder.state], ["good", "good"]);
  assert.match(Autoencoder.words, /^backend kernel; TensorFlow\.js on (native|wasm)$/);
  assert.deepEqual([Data.state, Kernel.state, Browser.state], ["optional", "optional", "optional"]);
  assert.match(Data.words, /npx traffic-anomaly download/);
  assert.match(Kernel.words, /npx traffic-anomaly kernel/);
  assert.match(Browser.words, /install Chromium or Chrome/);
});

test("the doctor finds a registered kernel, and one that is broken or has moved", async () => {
  const [file] = await registerKernelspec({ JUPYTER_DATA_DIR: join(home, "jupyter") }, home);
  assert.deepEqual(findings().Kernel, { name: "Kernel", state: "good", words: `registered in ${file}` });
  for (const text of ["{", "{}", JSON.stringify({ argv: [join(home, "gone", "node")] })]) {
    writeFileSync(file, text);
    assert.equal(findings().Kernel.state, "optional");
    assert.match(findings().Kernel.words, /register it again: npx traffic-anomaly kernel/);
  }
});
