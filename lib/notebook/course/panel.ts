import { escapeHtml } from "../../common/html";
import { display } from "../display";

/** What a panel tells: its colour and its mark say the same as its words, for whoever sees no colours. */
export type Mood = "right" | "wrong" | "open" | "hint";

export const looks: Readonly<Record<Mood, { mark: string; style: string }>> = {
  right: { mark: "✔", style: barOf("46, 160, 67") },
  wrong: { mark: "✘", style: barOf("218, 54, 51") },
  open: { mark: "…", style: barOf("128, 128, 128") },
  hint: { mark: "?", style: barOf("31, 111, 235") },
};

/** The ground is transparent, so that it fits a light and a dark theme. */
function barOf(color: string): string {
  return `border-left: 4px solid rgb(${color}); background: rgba(${color}, 0.12)`;
}

/** Shows a heading and lines of text, in the page's colour, in a coloured panel. As plain text: heading and lines. */
export function showPanel(mood: Mood, heading: string, lines: readonly string[]): void {
  const { mark, style } = looks[mood];
  const body = [`<b>${escapeHtml(heading)}</b>`, ...lines.map(textHtml)].join(
    lines.length > 1 ? "<br>" : " ",
  );
  const html = `<div role="status" style="${style}; padding: 0.5em 0.8em; margin: 0.3em 0; border-radius: 3px"><span aria-hidden="true">${mark}</span> ${body}</div>`;
  display({ "text/html": html, "text/plain": [heading, ...lines].join(lines.length > 1 ? "\n" : " ") });
}

/** A text as HTML, with what stands between backticks as code, and between asterisks with emphasis. */
export function textHtml(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*(\p{L}[^*]*)\*/gu, "<em>$1</em>");
}
