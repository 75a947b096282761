import { mkdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError } from "../../common/errors";
import { readJsonFile } from "../../common/json-file";
import { sharedFolder } from "../../common/own-files";
import { runProgram } from "../../common/program";
import { projectAbove } from "../../common/project";
import { inTransaction, type TransactionOptions } from "../../common/transaction";
import { writeJson, writeWhole } from "../../common/unwritable";
import { playgroundName } from "../book/chapter";
import { playgroundPage } from "../playground/page";
import { type Cell, formatNotebook, type Notebook, readNotebook } from "./notebook";

const notebooksFolder = "notebooks";

/**
 * Writes a folder for a class: notebooks without outputs and without passages that give answers away, this library as a package,
 * and a `package.json`, so that one command installs it anywhere. All of it or nothing. Only what nobody has changed is replaced.
 *
 * @param files the notebooks; the nearest `package.json` above them says which packages they import
 * @returns the paths of the files
 * @throws {InputError} if a notebook can't be read, the folder can't be written, or holds other files of these names; the
 *   signal's reason if it is aborted
 */
export async function writeStudentEdition(
  files: readonly string[],
  folder: string,
  { signal, ...options }: Pick<TransactionOptions, "onNotice"> & { readonly signal?: AbortSignal } = {},
): Promise<string[]> {
  const names = files.map((file) => basename(file));
  const library = await readPackage(libraryFolder);
  const archive = `traffic-anomaly-${library.version}.tgz`;
  const project = await readPackage(projectOf(files[0]));
  const paths = [
    ...["README.md", "package.json", archive, playgroundName],
    ...names.map((name) => `${notebooksFolder}/${name}`),
  ];
  const edition = sharedFolder("student edition", (path) => paths.includes(path));
  await inTransaction({ ...options, read: files }, async (transaction) => {
    const staged = await transaction.stageFolder(folder, edition);
    await mkdir(join(staged, notebooksFolder));
    const titles: string[] = [];
    for (const file of files) {
      const notebook = studentNotebook(await readNotebook(file), file, names);
      titles.push(titleOf(notebook) ?? basename(file));
      await writeWhole(join(staged, notebooksFolder, basename(file)), formatNotebook(notebook));
    }
    await writeWhole(join(staged, "README.md"), readme(names, titles, project));
    await writeJson(join(staged, "package.json"), editionPackage(project, archive));
    await writeWhole(join(staged, playgroundName), await playgroundPage([]));
    await pack(staged, signal);
  });
  return paths.map((path) => join(folder, path));
}

/** The parts of a `package.json` that matter here. */
interface Package {
  readonly version?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly overrides?: object;
  readonly allowScripts?: object;
}

const libraryFolder = join(__dirname, "..", "..", "..");

async function readPackage(folder: string): Promise<Package> {
  return (await readJsonFile(join(folder, "package.json"))) as Package;
}

/** The project that a notebook belongs to. @throws {InputError} if there is none */
function projectOf(file: string): string {
  const start = dirname(resolve(file));
  const found = projectAbove(start);
  if (found !== undefined) return found;
  throw new InputError(`no package.json in ${start} or above says which packages the notebooks import`);
}

/** What installs the notebooks' packages, in their versions, and this library from the archive beside it. */
function editionPackage(
  { engines, dependencies, overrides, allowScripts }: Package,
  archive: string,
): object {
  const commands = ["lab", "notebooks", "html", "doctor"];
  return {
    name: "traffic-anomaly-course",
    private: true,
    engines,
    scripts: Object.fromEntries(commands.map((command) => [command, `traffic-anomaly ${command}`])),
    dependencies: { ...dependencies, "traffic-anomaly": `file:${archive}` },
    overrides,
    allowScripts,
  };
}

/** Writes this library as npm packs it. @throws the signal's reason if it is aborted */
async function pack(folder: string, signal?: AbortSignal): Promise<void> {
  const parameters = ["pack", "--ignore-scripts", "--silent", "--pack-destination", resolve(folder)];
  await runProgram("npm", parameters, { cwd: libraryFolder, script: true, signal });
}

function readme(names: readonly string[], titles: readonly string[], { engines }: Package): string {
  const list = names.map((name, i) => `- [${titles[i]}](${notebooksFolder}/${name})`).join("\n");
  return `# A course: anomaly detection in network traffic

You need [Node.js](https://nodejs.org) ${engines?.node ?? ""} and JupyterLab (\`python3 -m pip install jupyterlab\`). Then, in this folder:

\`\`\`sh
npm install && npm run lab
\`\`\`

For VS Code, \`npx traffic-anomaly kernel\` puts the kernel into its picker. \`npm run doctor\` says what is missing, and how to mend it.

${list}

The notebooks have no outputs: run each cell, and look before you read on. \`check\` answers to your answers, \`hint\` helps. The data is
downloaded by the notebooks that need it, unless the variable \`TRAFFIC_DATA\` names a folder that has it, or it lies in \`data/\`; without
a network they run on simulated traffic and say so. The [playground](${playgroundName}) is a page where you move points and see what a forest
makes of them.

For teachers: this folder can be copied and handed out as it is, without \`node_modules\`.
`;
}

/** A notebook as students get it. @param names of all notebooks that they get */
function studentNotebook(notebook: Notebook, file: string, names: readonly string[]): Notebook {
  const cells = notebook.cells.flatMap((cell): Cell[] => {
    if (cell.cell_type === "code") return [{ ...cell, outputs: keptOutputs(cell), execution_count: null }];
    const source = withLiveLinks(withoutAnswers(cell.source, file), names);
    return source.trim() === "" ? [] : [{ ...cell, source }];
  });
  return { ...notebook, cells };
}

/** A quiz can be read and answered before anything is run. */
function keptOutputs(cell: Extract<Cell, { cell_type: "code" }>): typeof cell.outputs {
  if (!/^\s*quiz\("/m.test(cell.source)) return [];
  return cell.outputs.filter((output) => output.output_type === "display_data");
}

/** A text without the passages between `<!-- answer -->` and `<!-- /answer -->`. @throws {InputError} if a mark has no partner */
function withoutAnswers(text: string, file: string): string {
  const rest = text.replace(/<!-- answer -->.*?<!-- \/answer -->\n*/gs, "");
  const mark = /<!-- \/?answer -->/.exec(rest);
  if (mark) throw new InputError(`${file}: a cell has ${mark[0]} without its partner`);
  return rest.trimEnd();
}

/** A text in which what links to files that students do not get is text only. */
function withLiveLinks(text: string, names: readonly string[]): string {
  return text.replace(
    /(?<!!)\[((?:[^[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)/g,
    (link, words: string, target: string) => {
      const [path] = target.split("#");
      if (/^[a-z]+:/i.test(target) || path === "" || names.includes(path)) return link;
      return basename(path) === playgroundName ? `[${words}](../${playgroundName})` : words;
    },
  );
}

function titleOf({ cells }: Notebook): string | undefined {
  return /^# (.+)/m.exec(cells.find((cell) => cell.cell_type === "markdown")?.source ?? "")?.[1];
}
