import type { Data } from "plotly.js-dist";
import { significant } from "../../common/format";
import type { Category } from "../../data/kdd/attacks";
import type { VerdictMetrics } from "../../evaluation/metrics";
import type { Caption, Figure } from "../figure";
import { createFigure } from "../layout";
import { categoryColours, categoryTitles } from "../palette";
import { panelGrid } from "../panels";
import { guideLine } from "../traces";

/** What one false-alarm budget led to. */
export interface SpentBudget {
  /** The share of held-out normal rows that the threshold may flag, in (0, 1). */
  readonly budget: number;
  /** Verdicts at that threshold on other data. */
  readonly metrics: Pick<VerdictMetrics, "falseAlarmRate" | "recallByCategory">;
}

/** What a budget buys (recall by category) and what it costs (false alarms on other data, beside those it promised). */
export function falseAlarmBudgetFigure(spent: readonly SpentBudget[], caption: Caption): Figure {
  const budgets = spent.map(({ budget }) => budget);
  const present = Object.keys(spent[0]?.metrics.recallByCategory ?? {}) as Category[];
  const recalls = present.map(
    (category): Data => ({
      type: "scatter",
      mode: "lines+markers",
      name: categoryTitles[category],
      x: budgets,
      y: spent.map(({ metrics }) => significant(metrics.recallByCategory[category] ?? 0)),
      line: { color: categoryColours[category], width: 2 },
      cliponaxis: false,
      hovertemplate: "budget %{x:~%}: recall %{y:.4f}",
    }),
  );
  const alarms: Data[] = [
    guideLine("As promised", budgets, budgets),
    {
      type: "scatter",
      mode: "lines+markers",
      name: "Normal rows flagged",
      x: budgets,
      y: spent.map(({ metrics }) => significant(metrics.falseAlarmRate)),
      line: { color: categoryColours.normal, width: 2 },
      hovertemplate: "budget %{x:~%}: %{y:.2%} flagged",
    },
  ];
  const rates = { type: "log", tickformat: "~%", dtick: 1 } as const;
  const x = { ...rates, title: { text: "False-alarm budget" } };
  const { data, axes } = panelGrid(
    [
      { x, y: { title: { text: "Recall" }, range: [-0.02, 1.02] }, traces: recalls },
      { x, y: { ...rates, title: { text: "False-alarm rate" } }, traces: alarms },
    ],
    { gap: 0.1 },
  );
  return createFigure(caption, "What a false-alarm budget buys, and what it costs", data, {
    height: 460,
    margin: { b: 110 },
    ...axes,
  });
}
