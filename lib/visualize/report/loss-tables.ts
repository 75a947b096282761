import { formatScore } from "../../common/format";
import type { Detector } from "../../models/detector";
import { detectorTitle } from "../../models/detectors";
import type { TableBlock } from "./report";

/** The losses of detectors that learn by epochs. */
export function lossTables(detectors: readonly Detector[]): TableBlock[] {
  return detectors.flatMap(({ kind, history }): TableBlock[] => {
    if (!history) return [];
    const rows = history.map(({ loss, validationLoss }, i) => [
      String(i + 1),
      formatScore(loss),
      validationLoss === undefined ? "–" : formatScore(validationLoss),
    ]);
    const title = `Training loss of the ${detectorTitle(kind)}, as a table`;
    const columns = ["Epoch", "rows trained on", "rows held out"];
    return [{ kind: "table", title, columns, rows, folded: true }];
  });
}
