import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const root = join(__dirname, "..", "..");

test("every dependency is pinned and has its reason in .github/dependencies.md", () => {
  const page = readFileSync(join(root, ".github", "dependencies.md"), "utf8");
  for (const folder of [root, join(root, "lib")]) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    for (const [name, version] of Object.entries<string>({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    })) {
      if (name === "traffic-anomaly") continue;
      assert.match(version, /^(npm:.*@)?\d+\.\d+\.\d+[\w.-]*$/, name);
      assert.ok(page.includes(`\`${name}\``), `${name} has no reason`);
    }
  }
});

test("what is optional for the library is an optional peer, which the project has in its oldest supported version", () => {
  const [{ dependencies }, { peerDependencies, peerDependenciesMeta }] = [root, join(root, "lib")].map(
    (folder) => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  assert.ok(Object.keys(peerDependencies).length > 0);
  for (const [name, version] of Object.entries(peerDependencies)) {
    assert.equal(version, `^${dependencies[name]}`, name);
    assert.deepEqual(peerDependenciesMeta[name], { optional: true }, name);
  }
});

test("the library's licence is the project's", () => {
  const [own, projects] = [join(root, "lib"), root].map((folder) =>
    readFileSync(join(folder, "LICENSE"), "utf8"),
  );
  assert.equal(own, projects);
});

test("a citation names the library's version and licence", () => {
  const { version, license } = JSON.parse(readFileSync(join(root, "lib", "package.json"), "utf8"));
  const citation = readFileSync(join(root, "CITATION.cff"), "utf8");
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(citation)?.[1];
  assert.deepEqual(["cff-version", "version", "license"].map(field), ["1.2.0", version, license]);
});
