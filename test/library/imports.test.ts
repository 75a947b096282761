import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join, normalize, sep } from "node:path";
import { test } from "node:test";
import { libFolder, sourceFiles } from "./sources";

/** The way of the data; a folder may import from itself and from those before it. */
const order = [
  "common",
  "data",
  "traffic",
  "preprocess",
  "models",
  "evaluation",
  "visualize",
  "study",
  "detect",
  "notebook",
  "top",
];
/** What stands at the end of the way: the index, and the commands. */
const top = new Set(["cli", "index.ts"]);

const relativeImport = /\b(?:from|import|require)\s*\(?\s*["'](\.{1,2}\/[^"']*)["']/g;

function folderOf(file: string): string {
  const [first] = file.split(sep);
  return top.has(first) ? "top" : first;
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(libFolder, file), "utf8");
  return Array.from(
    text.matchAll(relativeImport),
    ([, path]) => `${normalize(join(dirname(file), path)).replace(/\.js$/, "")}.ts`,
  );
}

const files = sourceFiles();

test("every folder has its place on the way of the data", () => {
  for (const file of files) assert.ok(order.includes(folderOf(file)), `${file} is in no known folder`);
});

test("imports go down the way of the data only", () => {
  let imports = 0;
  for (const file of files) {
    for (const imported of importsOf(file)) {
      imports++;
      assert.ok(files.includes(imported), `${file} imports ${imported}, which is not a source file`);
      const [own, other] = [file, imported].map((path) => order.indexOf(folderOf(path)));
      assert.ok(other <= own, `${file} imports ${imported}`);
    }
  }
  assert.ok(imports > files.length, `only ${imports} imports were found in ${files.length} files`);
});

test("no file imports itself by a detour", () => {
  const visit = (file: string, path: readonly string[]): void => {
    assert.ok(!path.includes(file), [...path.slice(path.indexOf(file)), file].join(" → "));
    if (done.has(file)) return;
    for (const imported of importsOf(file)) visit(imported, [...path, file]);
    done.add(file);
  };
  const done = new Set<string>();
  for (const file of files) visit(file, []);
});
