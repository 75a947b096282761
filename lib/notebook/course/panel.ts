import { escapeHtml } from "../../common/html";
import { display } from "../display";

/** What a panel tells: its colour and its mark say the same as its words, for whoever sees no colours. */
export type Mood = "right" | "wrong" | "open" | "hint";

const looks: Readonly<Record<Mood, { mark: string; color: string }>> = {
  right: { mark: "✔", color: "46, 160, 67" },
  wrong: { mark: "✘", color: "218, 54, 51" },
  open: { mark: "…", color: "128, 128, 128" },
  hint: { mark: "?", color: "31, 111, 235" },
};

/**
 * Shows a heading and lines of text in a coloured panel. Its ground is transparent and its text has the page's colour, so that it
 * fits a light and a dark theme. As plain text: heading and lines.
 */
export function showPanel(mood: Mood, heading: string, lines: readonly string[]): void {
  const { mark, color } = looks[mood];
  const style = `border-left: 4px solid rgb(${color}); background: rgba(${color}, 0.12); padding: 0.5em 0.8em; margin: 0.3em 0; border-radius: 3px`;
  const body = [`<b>${escapeHtml(heading)}</b>`, ...lines.map(textHtml)].join(
    lines.length > 1 ? "<br>" : " ",
  );
  const html = `<div role="status" style="${style}"><span aria-hidden="true">${mark}</span> ${body}</div>`;
  display({ "text/html": html, "text/plain": [heading, ...lines].join(lines.length > 1 ? "\n" : " ") });
}

/** A text as HTML, with what stands between backticks as code, and between asterisks with emphasis. */
export function textHtml(text: string): string {
  return escapeHtml(text)
    .replace(/`([^`]+)`/g, "<code>$1</code>")
    .replace(/\*(\p{L}[^*]*)\*/gu, "<em>$1</em>");
}
