import { spawnSync } from "node:child_process";
import { join, sep } from "node:path";

/**
 * For work on the library beside a notebook: builds it again and forgets the loaded code, so that the next
 * `import … from "traffic-anomaly"` gets the new. Names imported before keep the old code.
 *
 * @throws if the build fails, with the compiler's messages
 */
export function reloadLibrary(): string {
  const library = join(__dirname, "..", "..");
  const { status, stdout, stderr, error } = spawnSync("npm run --silent build", {
    cwd: join(library, ".."),
    encoding: "utf8",
    shell: true, // on Windows npm is not a program but a script
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`the library was not built:\n${stdout}${stderr}`);
  const loaded = Object.keys(require.cache).filter((path) => path.startsWith(join(library, "dist") + sep));
  for (const path of loaded) delete require.cache[path];
  return `built; ${loaded.length} modules forgotten: import from "traffic-anomaly" again`;
}
