// A reader's way: JupyterLab in a browser, notebook 01 from a fresh kernel, all cells; without data and network.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { writeStudentEdition } from "traffic-anomaly/dist/notebook/tools/student-edition";
import { findBrowser } from "traffic-anomaly/dist/visualize/image";
import { jupyterTest } from "../fixtures/jupyter";
import { noNetwork } from "../fixtures/no-network";

const project = join(__dirname, "..", "..");
const token = "test";

/** A copy of notebook 01, not run, in a project of its own, so that JupyterLab's saving changes nothing here. */
async function copyProject(): Promise<string> {
  const copy = mkdtempSync(join(tmpdir(), "lab-"));
  await writeStudentEdition([join(project, "notebooks", "01-exploration.ipynb")], copy);
  const packages = join(copy, "node_modules");
  mkdirSync(packages);
  for (const name of readdirSync(join(project, "node_modules"))) {
    if (name !== "plotly.js-dist")
      symlinkSync(join(project, "node_modules", name), join(packages, name), "junction");
  }
  // Jupyter serves no file that a link leads to.
  cpSync(join(project, "node_modules", "plotly.js-dist"), join(packages, "plotly.js-dist"), {
    recursive: true,
  });
  mkdirSync(join(copy, "data"));
  return copy;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

/** Waits until the server answers. */
async function reachable(url: string): Promise<void> {
  for (let tries = 0; tries < 240; tries++) {
    if (
      await fetch(url).then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`${url} did not answer`);
}

/** Starts a new kernel that runs all cells. */
async function restartAndRunAll(page: Page): Promise<void> {
  await page.locator(".jp-NotebookPanel").waitFor({ timeout: 60_000 });
  // The page says "idle" before there is a kernel, and a restart that comes before the start runs nothing.
  await page.waitForFunction(
    `(({ status, connectionStatus }) => connectionStatus === "connected" && status === "idle")(
      jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel ?? {})`,
    undefined,
    { timeout: 60_000 },
  );
  await page.getByRole("menuitem", { name: "Kernel", exact: true }).click();
  await page.getByText("Restart Kernel and Run All Cells…").click();
  await page.locator(".jp-Dialog .jp-mod-accept").click();
}

/** Scrolls through the notebook and counts the traces that Plotly drew in each figure it meets; ends at the first. */
async function scrollToFigures(page: Page): Promise<number[]> {
  const cells = await page.evaluate<number>("jupyterapp.shell.currentWidget.content.widgets.length");
  const traces: number[] = [];
  let first: number | undefined;
  const goTo = async (cell: number) => {
    await page.evaluate(`jupyterapp.shell.currentWidget.content.scrollToItem(${cell}, "start", 0)`);
    await page.waitForTimeout(300);
  };
  for (let cell = 0; cell < cells; cell++) {
    const isFigure = await page.evaluate<boolean>(
      `(() => {
        const model = jupyterapp.shell.currentWidget.content.model.cells.get(${cell});
        return model.type === "code" &&
          model.outputs.toJSON().some(({ data }) => data && data["application/vnd.plotly.v1+json"]);
      })()`,
    );
    if (!isFigure) continue;
    first ??= cell;
    await goTo(cell);
    const figure = page
      .locator(`.jp-Cell[data-windowed-list-index="${cell}"] .js-plotly-plot .main-svg`)
      .first();
    await figure.waitFor({ timeout: 20_000 });
    traces.push(
      await page.evaluate<number>(
        `document.querySelector('.jp-Cell[data-windowed-list-index="${cell}"] .js-plotly-plot')._fullData.length`,
      ),
    );
  }
  await goTo(first ?? 0);
  return traces;
}

jupyterTest(
  "JupyterLab runs notebook 01 from a fresh kernel on simulated traffic, Plotly draws its figures, and each says so",
  { browser: true, slow: true },
  async (jupyter, context) => {
    const environment: NodeJS.ProcessEnv = { ...jupyter, ...noNetwork }; // the kernel inherits it
    delete environment.TRAFFIC_DATA;
    const copy = await copyProject();
    const port = await freePort();
    const lab = spawn(
      "jupyter",
      [
        ...[
          "lab",
          "--no-browser",
          "--allow-root",
          "--expose-app-in-browser",
          `--port=${port}`,
          `--IdentityProvider.token=${token}`,
        ],
        ...[`--ServerApp.root_dir=${copy}`, "--LabApp.default_url=/lab/tree/notebooks"],
      ],
      { env: environment, cwd: copy, stdio: "ignore" },
    );
    const browser = await chromium.launch({
      executablePath: findBrowser(),
      chromiumSandbox: process.getuid?.() !== 0,
      args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
    });
    try {
      const address = `http://127.0.0.1:${port}`;
      await reachable(`${address}/api/status?token=${token}`);
      const page = await browser.newPage({ viewport: { width: 1300, height: 1500 } });
      await page.goto(`${address}/lab/tree/notebooks/01-exploration.ipynb?token=${token}`);
      await restartAndRunAll(page);
      // Every code cell has its number once the last is done; the app itself is asked, since cells out of sight are not drawn.
      const counts = () =>
        page.evaluate<(number | null)[]>(
          `[...jupyterapp.shell.currentWidget.content.model.cells]
            .filter((cell) => cell.type === "code").map((cell) => cell.executionCount)`,
        );
      await page.waitForFunction(
        `[...jupyterapp.shell.currentWidget.content.model.cells]
          .every((cell) => cell.type !== "code" || (cell.executionCount !== null && cell.executionState !== "running"))`,
        undefined,
        { timeout: 300_000, polling: 500 },
      );
      const numbers = await counts();
      assert.deepEqual(
        numbers,
        Array.from(numbers, (_, i) => i + 1),
      );

      const captions = await page.evaluate<string[]>(
        `(({ cells }) => [...cells]
          .slice([...cells].findIndex((cell) => cell.sharedModel.getSource().includes("loadStudyData({ data })")))
          .flatMap((cell) => (cell.type === "code" ? cell.outputs.toJSON() : []))
          .filter(({ data }) => data && data["application/vnd.plotly.v1+json"])
          .map(({ data }) => String(data["text/plain"])))(jupyterapp.shell.currentWidget.content.model)`,
      );
      assert.ok(captions.length > 3, `${captions.length} figures`);
      for (const caption of captions) assert.match(caption, /^Simulated traffic: /);

      const drawn = await scrollToFigures(page);
      context.diagnostic(
        `${numbers.length} cells ran; ${drawn.length} figures drawn with ${drawn.join(", ")} traces`,
      );
      assert.ok(
        drawn.length >= 4 && drawn.every((traces) => traces > 0),
        `figures with ${drawn.join(", ")} traces`,
      );
      const filter = () =>
        page.evaluate<string>(
          `getComputedStyle(document.querySelector(".traffic-figure .js-plotly-plot")).filter`,
        );
      assert.equal(await filter(), "none");
      await page.evaluate(
        `jupyterapp.commands.execute("apputils:change-theme", { theme: "JupyterLab Dark" })`,
      );
      await page.waitForFunction(`document.body.dataset.jpThemeLight === "false"`); // it takes its time
      assert.equal(await filter(), "invert(0.9) hue-rotate(180deg)");
      await page.evaluate(
        `jupyterapp.commands.execute("apputils:change-theme", { theme: "JupyterLab Light" })`,
      );
      mkdirSync(join(project, "outputs"), { recursive: true });
      await page.screenshot({ path: join(project, "outputs", "jupyterlab.png") });
    } finally {
      await browser.close();
      lab.kill();
      rmSync(copy, { recursive: true, force: true });
    }
  },
);
