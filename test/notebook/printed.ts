import type { CellResult } from "traffic-anomaly/dist/notebook/tools/kernel-client";

/** What a cell printed, and its error. */
export function printed({ outputs }: CellResult): string {
  return outputs
    .map((output) => {
      if ("ename" in output) return `${output.ename}: ${output.evalue}`;
      return "text" in output ? output.text : "";
    })
    .join("");
}
