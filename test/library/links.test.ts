// What the pages for readers name: files and commands that must exist.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { findNotebooks } from "traffic-anomaly/dist/cli/notebooks";
import { readNotebook } from "traffic-anomaly/dist/notebook/tools/notebook";

const project = join(__dirname, "..", "..");

interface Page {
  readonly file: string;
  readonly text: string;
}

/** The Markdown of the project, and of the notebooks' text cells. */
async function pages(): Promise<Page[]> {
  const markdown = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    join("data", "README.md"),
    join("test", "bench", "README.md"),
    join("test", "bench", "comparison.md"),
  ];
  const notebooks = await findNotebooks([], join(project, "notebooks"));
  return [
    ...markdown.map((name) => ({
      file: join(project, name),
      text: readFileSync(join(project, name), "utf8"),
    })),
    ...(await Promise.all(
      notebooks.map(async (file) => {
        const { cells } = await readNotebook(file);
        const texts = cells.filter((cell) => cell.cell_type === "markdown").map(({ source }) => source);
        return { file, text: texts.join("\n\n") };
      }),
    )),
  ];
}

/** The targets of `[text](target)`, `![text](target)` and `src="target"`, but for other sites. */
function localTargets(text: string): string[] {
  const targets = [...text.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)|(?:src|href)="([^"]+)"/g)];
  return targets
    .map(([, link, attribute]) => link ?? attribute)
    .filter((target) => !/^[a-z]+:/i.test(target));
}

/** The anchors that GitHub and JupyterLab give to a page's headings. */
function anchors(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].flatMap(([, heading]) => {
    const plain = heading.replace(/[`*]/g, "");
    return [
      plain.replaceAll(" ", "-"),
      plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ];
  });
}

test("every relative link of a page leads to a file, every anchor to a heading", async () => {
  let links = 0;
  for (const { file, text } of await pages()) {
    for (const target of localTargets(text)) {
      links++;
      const [path, anchor] = decodeURIComponent(target).split("#");
      const place = `${relative(project, file)} links to ${target}`;
      if (path.endsWith("outputs/html/playground.html")) assert.match(text, /`npm run html` makes/, place);
      else if (path !== "") assert.ok(existsSync(join(dirname(file), path)), place);
      else assert.ok(anchors(text).includes(anchor), place);
    }
  }
  assert.ok(links >= 10, `only ${links} links were found`);
});

test("every npm script and command that a page names exists", async () => {
  const { scripts } = JSON.parse(readFileSync(join(project, "package.json"), "utf8"));
  const folder = join(project, "lib", "cli");
  const commands = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), "utf8");
    return [...source.matchAll(/addCommand\(program, "([\w-]+)"/g)].map(([, name]) => name);
  });
  let named = 0;
  for (const { file, text } of await pages()) {
    const require = (all: readonly string[], kind: RegExp) => {
      for (const [words, name] of text.matchAll(kind)) {
        named++;
        assert.ok(all.includes(name), `${relative(project, file)} names '${words}'`);
      }
    };
    require(Object.keys(scripts), /npm run (?:-s )?([\w:-]+)/g);
    require(Object.keys(scripts), /npm (start|test)\b/g);
    require(commands, /npx traffic-anomaly ([\w-]+)/g);
  }
  assert.ok(named >= 15, `only ${named} were found`);
});

test("every folder of the library that the README names exists", () => {
  const readme = readFileSync(join(project, "README.md"), "utf8");
  for (const folder of readme.matchAll(/^\| `([\w-]+)\/` \|/gm))
    assert.ok(existsSync(join(project, "lib", folder[1])), folder[0]);
});
