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

/** JSON inside a script element: no `<` may end the element or open a comment. */
export function scriptJson(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

/**
 * A whole page.
 *
 * @param plotly where the Plotly of a page with figures is, as a relative address
 * @param policy what a browser may load and run for it, as a Content-Security-Policy says it
 */
export function htmlPage({
  title,
  plotly,
  policy,
  style,
  body,
}: {
  title: string;
  plotly?: string;
  policy?: string;
  style: string;
  body: string;
}): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">${policy === undefined ? "" : `\n<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">`}
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
html { scrollbar-gutter: stable; }
${style}
</style>
${plotly === undefined ? "" : `<script src="${escapeHtml(plotly)}"></script>`}
</head>
<body>
${body}
</body>
</html>
`;
}
