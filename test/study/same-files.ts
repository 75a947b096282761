import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { delimiter, join, relative } from "node:path";

/** Programs of other versions of Node.js than this one's, which OTHER_NODES names, separated as in PATH. */
export const otherNodes: readonly string[] = (process.env.OTHER_NODES ?? "")
  .split(delimiter)
  .filter((path) => path !== "");

/** A report without its table of when and where it was made. */
export function timeless(report: string): string {
  return report.replace(/<caption>The run<.*?<\/table>/s, "");
}

/** SHA-256 of every file below a folder, but for what depends on the clock or the browser, or names the version. */
export function digests(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .filter((path) => !/run\.json$|\.traffic-anomaly\.json$|\.png$/.test(path))
      .map((path): [string, string] => {
        let content: string | Buffer = readFileSync(path);
        if (path.endsWith("metrics.json"))
          content = JSON.stringify({ ...JSON.parse(content.toString()), timings: {} });
        if (path.endsWith("report.html")) content = timeless(content.toString());
        return [relative(folder, path), createHash("sha256").update(content).digest("hex")];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
