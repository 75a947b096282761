import { formatCount, formatRows } from "../../common/format";
import { escapeHtml } from "../../common/html";
import { anomalyWords } from "../../data/label-groups";
import type { Caption, Figure } from "../figure";
import { type LabelDots, labelDotsFigure } from "../label-dots";
import { dodge, small } from "../layout";
import { modelStyles } from "../palette";

/** The recall of one detector for each attack type. */
export interface NamedRecall {
  /** As in `metrics.json`: `isolation-forest`, `autoencoder`, … */
  readonly name: string;
  readonly recallByAttack: Readonly<Record<string, number>>;
}

/** What is known of the attack types. */
export interface AttackTypes {
  /** Rows of each attack type. */
  readonly counts: Readonly<Record<string, number>>;
  /** Labels that the training file holds; any other attack type is marked as new. */
  readonly known?: ReadonlySet<string>;
}

/** The recall of each attack type as dots, grouped by KDD'99's categories if they are its; the types with most rows first. */
export function recallByAttackFigure(
  models: readonly NamedRecall[],
  { counts: { normal, ...counts }, known }: AttackTypes,
  caption: Caption,
): Figure {
  const styles = modelStyles(models.map(({ name }) => name));
  const isNew = (type: string) => known !== undefined && !known.has(type);
  const someNew = Object.keys(counts).some(isNew);
  const note = `Beside each type: its rows${someNew ? "; * = the training data does not hold the type" : ""}`;
  const lines: LabelDots = {
    order: counts,
    line: 24,
    gap: 24,
    name: (type) =>
      `${isNew(type) ? `<b>${escapeHtml(type)} *</b>` : escapeHtml(type)}   ${formatCount(counts[type])}`,
    note: (types) => `<br>${formatRows(types.reduce((sum, type) => sum + counts[type], 0))}`,
    traces: (types, showlegend) =>
      models.map(({ name, recallByAttack }, m) => {
        const { title, colour, symbol } = styles[m];
        const shown = types.filter((type) => Object.hasOwn(recallByAttack, type));
        return {
          type: "scatter",
          mode: "markers",
          name: title,
          x: shown.map((type) => recallByAttack[type]),
          y: shown.map((type) => types.indexOf(type) + dodge(m, models.length, 0.36)),
          text: shown.map(
            (type) => `${escapeHtml(type)}${isNew(type) ? ", new" : ""}, ${formatRows(counts[type])}`,
          ),
          marker: { color: colour, symbol, size: 8 },
          legendgroup: name,
          showlegend,
          cliponaxis: false,
          hovertemplate: "%{text}<br>recall %{x:.4f}",
        };
      }),
    x: {
      title: { text: `Recall (share of the type's rows that are flagged)<br>${small(note)}` },
      range: [-0.01, 1.01],
      dtick: 0.2,
    },
  };
  const { kind } = anomalyWords(Object.keys(counts));
  return labelDotsFigure(lines, caption, `Recall by ${kind}`, { r: 130, b: 84 });
}
