// On a copy of the project, whose library is edited and really built.
import assert from "node:assert/strict";
import { cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { Kernel } from "traffic-anomaly/dist/notebook/tools/kernel-client";
import { tryAll } from "../fixtures/cases";
import { temporaryFolder } from "../fixtures/folder";
import { printed } from "./printed";

const project = join(__dirname, "..", "..");

/** The library with its sources, beside the packages of this project. */
async function copyProject(): Promise<string> {
  const copy = temporaryFolder("reload");
  for (const name of [".ci", "package.json", "tsconfig.json"])
    await cp(join(project, name), join(copy, name), { recursive: true });
  const nested = join("lib", "node_modules");
  await cp(join(project, "lib"), join(copy, "lib"), {
    recursive: true,
    filter: (path) => path !== join(project, nested),
  });
  await mkdir(join(copy, "notebooks"));
  await mkdir(join(copy, "node_modules"));
  const packages = (await readdir(join(project, "node_modules"))).filter(
    (name) => name !== "traffic-anomaly",
  );
  for (const path of [nested, ...packages.map((name) => join("node_modules", name))])
    await symlink(join(project, path), join(copy, path), "junction").catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
  await symlink(join(copy, "lib"), join(copy, "node_modules", "traffic-anomaly"), "junction");
  return copy;
}

const skip = tryAll ? false : "takes half a minute: set CI=true to run it";

test("a notebook that reloads the library", { skip }, async (context) => {
  const copy = await copyProject();
  const kernel = await Kernel.create(join(copy, "notebooks"));
  context.after(() => kernel.shutdown());
  const run = async (code: string) => {
    const result = await kernel.execute(code);
    assert.equal(result.status, "ok", printed(result));
    return printed(result).trim();
  };
  const index = join(copy, "lib", "index.ts");
  const original = await readFile(index, "utf8");
  const greeting = (words: string, more = "") =>
    writeFile(index, `${original}\nexport const greeting = () => "${words}";\n${more}`);

  const fit = "(await fitAutoencoder(matrix, { layers: [1], epochs: 1 })).history[0].loss";
  await run('import { fitAutoencoder } from "traffic-anomaly";');
  await run('import { reloadLibrary } from "traffic-anomaly/notebook";');
  await run(`
    const values = Float32Array.from({ length: 64 }, (_, i) => i / 64);
    const matrix = { rows: 64, columns: ["x"], data: values };`);
  const loss = await run(fit);

  await context.test(
    "gets what the next import names, with its types; older names keep the old code",
    async () => {
      await greeting("hello");
      assert.match(
        await run("reloadLibrary()"),
        /^'?built; \d\d+ modules forgotten: import from "traffic-anomaly" again/,
      );
      assert.equal(await run('import { greeting } from "traffic-anomaly";\ngreeting()'), "hello");

      await greeting("good day", "export const count: number = 7;\n");
      await run("reloadLibrary()");
      assert.equal(await run("greeting()"), "hello");
      assert.equal(
        await run('import { count, greeting } from "traffic-anomaly";\ngreeting() + count'),
        "good day7",
      );
      const mistyped = await kernel.execute("const text: string = count;");
      assert.match(printed(mistyped), /Type 'number' is not assignable to type 'string'/);
      await new Promise((resolve) => setTimeout(resolve, 300)); // tslab takes no cell for 200 ms
    },
  );

  await context.test("can go on training, to the same figures", async () => {
    assert.equal(await run(fit), loss);
    assert.equal(await run(`import { fitAutoencoder } from "traffic-anomaly";\n${fit}`), loss);
  });

  await context.test(
    "is told the compiler's words where the build fails, and keeps what it has",
    async () => {
      await greeting("bye", 'export const wrong: number = "text";\n');
      const failed = await kernel.execute("reloadLibrary()");
      assert.equal(failed.status, "error");
      assert.match(
        printed(failed),
        /^Error: the library was not built:\n.*index\.ts.*error TS2322: Type 'string' is not assignable/m,
      );
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await run("greeting()"), "good day");
    },
  );
});
