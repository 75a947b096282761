import { escapeHtml } from "../../common/html";
import { categories, categoryOf } from "../../data/kdd/attacks";
import type { Caption, Figure } from "../figure";
import { formatCount, formatRows } from "../format";
import { createFigure, legendAbove, small } from "../layout";
import { categoryTitles, modelStyles } from "../palette";
import { panelStack } from "../panels";

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

/** The recall of each attack type as dots, grouped by category, the types with most rows first. */
export function recallByAttackFigure(
  models: readonly NamedRecall[],
  { counts, known }: AttackTypes,
  caption: Caption,
): Figure {
  const styles = modelStyles(models.map(({ name }) => name));
  const groups = categories
    .map((category) => ({
      category,
      types: Object.keys(counts)
        .filter((type) => type !== "normal" && categoryOf(type) === category)
        .sort((a, b) => counts[b] - counts[a] || a.localeCompare(b)),
    }))
    .filter(({ types }) => types.length > 0);
  const isNew = (type: string) => known !== undefined && !known.has(type);
  const someNew = groups.some(({ types }) => types.some(isNew));
  const note = `Beside each type: its rows${someNew ? "; * = the training data does not hold the type" : ""}`;
  const stack = panelStack(
    groups.map(({ category, types }, i) => ({
      height: 24 * types.length,
      label: `<b>${categoryTitles[category]}</b><br>${formatRows(types.reduce((sum, type) => sum + counts[type], 0))}`,
      y: {
        range: [types.length - 0.5, -0.5],
        tickvals: types.map((_, row) => row),
        ticktext: types.map(
          (type) =>
            `${isNew(type) ? `<b>${escapeHtml(type)} *</b>` : escapeHtml(type)}   ${formatCount(counts[type])}`,
        ),
      },
      traces: models.map(({ name, recallByAttack }, m) => {
        const shown = types.filter((type) => Object.hasOwn(recallByAttack, type));
        return {
          type: "scatter",
          mode: "markers",
          name: styles[m].title,
          x: shown.map((type) => recallByAttack[type]),
          y: shown.map((type) => types.indexOf(type) + dodge(m, models.length)),
          text: shown.map(
            (type) => `${escapeHtml(type)}${isNew(type) ? ", new" : ""}, ${formatRows(counts[type])}`,
          ),
          marker: { color: styles[m].colour, symbol: styles[m].symbol, size: 8 },
          legendgroup: name,
          showlegend: i === 0,
          cliponaxis: false,
          hovertemplate: "%{text}<br>recall %{x:.4f}",
        };
      }),
    })),
    24,
    {
      title: { text: `Recall (share of the type's rows that are flagged)<br>${small(note)}` },
      range: [-0.01, 1.01],
      dtick: 0.2,
    },
  );
  return createFigure(caption, "Recall by attack type", stack.data, {
    height: 220 + stack.height,
    margin: { r: 130, b: 84 },
    legend: legendAbove,
    ...stack.axes,
    annotations: stack.annotations,
  });
}

/** Sets the dots of one line apart, so that equal recalls do not hide each other. */
function dodge(model: number, models: number): number {
  return models === 1 ? 0 : 0.36 * (model / (models - 1) - 0.5);
}
