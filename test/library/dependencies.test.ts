// danfojs names packages with published advisories; overrides in package.json put others in their place.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { DataFrame, readCSV, readExcel, readJSON, toCSV, toExcel } from "danfojs-node";
import { temporaryFolder } from "../fixtures/folder";
import { libFolder } from "./sources";

/** The first version of each package without a published advisory; undefined: there is none. */
const safeFrom: Readonly<Record<string, readonly number[] | undefined>> = {
  xlsx: undefined, // goes on outside of the registry
  "@e965/xlsx": [0, 20, 2],
  request: undefined,
  "@cypress/request": [3, 0, 0],
  "tough-cookie": [4, 1, 3],
  "form-data": [4, 0, 4],
};

interface Locked {
  readonly version?: string;
  readonly name?: string;
  readonly resolved?: string;
  readonly link?: boolean;
}

test("no package with a published advisory is locked, and all come from the registry", () => {
  const { packages } = JSON.parse(readFileSync(join(libFolder, "../package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes("node_modules/") && !link,
  );
  assert.ok(installed.length > 100);
  const seen = new Set<string>();
  for (const [path, { version = "", name, resolved }] of installed) {
    assert.equal(resolved, undefined, `${path} is not from the registry`);
    const is = name ?? path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    if (!(is in safeFrom)) continue;
    seen.add(is);
    const safe = safeFrom[is];
    assert.ok(safe && isAtLeast(version, safe), `${path} is ${is} ${version}`);
  }
  assert.deepEqual([...seen].sort(), ["@cypress/request", "@e965/xlsx", "form-data", "tough-cookie"]);
});

function isAtLeast(version: string, least: readonly number[]): boolean {
  const numbers = version.split(".").map(Number);
  const at = least.findIndex((number, i) => numbers[i] !== number);
  return at < 0 || numbers[at] > least[at];
}

const csv = "service,bytes\nhttp,10\ndns,2\nhttp,30\n";

test("a frame of danfojs is made, grouped, printed and written as before", (context) => {
  const frame = new DataFrame({ service: ["http", "dns", "http"], bytes: [10, 2, 30] });
  assert.deepEqual(frame.groupby(["service"]).col(["bytes"]).sum().values, [
    ["http", 40],
    ["dns", 2],
  ]);
  assert.equal(toCSV(frame), csv);
  const printed = context.mock.method(console, "log", () => {});
  frame.print();
  assert.match(String(printed.mock.calls[0].arguments[0]), /http +│ 10/);
});

test("danfojs reads CSV, JSON and Excel from files, and CSV from an address", async (context) => {
  const folder = temporaryFolder("danfojs");
  await writeFile(join(folder, "a.csv"), csv);
  await writeFile(join(folder, "a.json"), JSON.stringify([{ service: "http", bytes: 10 }]));
  const frame = await readCSV(join(folder, "a.csv"));
  assert.deepEqual(frame.values, [
    ["http", 10],
    ["dns", 2],
    ["http", 30],
  ]);
  toExcel(frame, { filePath: join(folder, "a.xlsx") });
  const fromExcel = (await readExcel(join(folder, "a.xlsx"))) as DataFrame;
  assert.deepEqual(fromExcel.values, frame.values);
  assert.deepEqual(((await readJSON(join(folder, "a.json"))) as DataFrame).values, [["http", 10]]);

  const server = createServer((_, answer) => answer.end(csv)).listen(0, "127.0.0.1");
  context.after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  assert.deepEqual((await readCSV(`http://127.0.0.1:${port}/a.csv`)).values, frame.values);
});
