import { escapeHtml } from "../common/html";
import type { Figure } from "./figure";

let remark: string | undefined;

/** Puts a remark before the title of every figure that is shown from now on; undefined takes it away. */
export function remarkOnFigures(words: string | undefined): void {
  remark = words;
}

/** The figure with the remark, if there is one, before its title. */
export function withRemark(figure: Figure): Figure {
  const title = remark && (figure.layout.title as { text?: string } | undefined);
  if (!title) return figure;
  return {
    ...figure,
    layout: {
      ...figure.layout,
      title: { ...title, text: `<b>${escapeHtml(remark ?? "")}:</b> ${title.text}` },
    },
  };
}
