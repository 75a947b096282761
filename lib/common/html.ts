const codes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&#34;",
  "'": "&#39;",
  $: "&#36;",
};

/**
 * A text as HTML shows it, in an element or in an attribute's quotes. Plotly, which takes some HTML in every text, knows
 * these codes too; the dollar sign is among them because Plotly reads `$…$` as a formula where a page has MathJax.
 */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'$]/g, (character) => codes[character]);
}

/** The text that {@link escapeHtml} was given. */
export function unescapeHtml(html: string): string {
  return html.replace(/&(?:amp|lt|gt|#34|#39|#36);/g, (code) => characters[code]);
}

const characters = Object.fromEntries(Object.entries(codes).map(([character, code]) => [code, character]));
