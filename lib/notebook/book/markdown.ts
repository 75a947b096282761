import { dirname, posix, resolve } from "node:path";
import { escapeHtml } from "../../common/html";
import { loadPackage } from "../../common/packages";

/** A heading that can be linked to. */
export interface Heading {
  readonly level: number;
  /** As GitHub makes it of the text. */
  readonly id: string;
  readonly text: string;
}

/**
 * Turns the Markdown of one page of the book into HTML. Formulas between dollar signs become MathML: no fonts or scripts are
 * needed. Links to what the book holds lead to its pages.
 */
export class MarkdownPage {
  /** Those met so far. */
  readonly headings: Heading[] = [];
  readonly #marked: import("marked").Marked;
  /** Whether HTML in the text is HTML. */
  #markup = true;

  /**
   * @param file in which the text is, from which its links lead
   * @param page the page's path in the book
   * @param findPage the page in the book of a file, by the file's whole path
   */
  constructor(
    readonly file: string,
    readonly page: string,
    readonly findPage: (path: string) => string | undefined,
  ) {
    const { Marked } = loadPackage("marked", () => require("marked") as typeof import("marked"));
    const self = this;
    this.#marked = new Marked({
      extensions: [
        formula("displayFormula", /^\$\$([^$]+)\$\$/, true),
        formula("formula", /^\$([^$\n]+)\$/, false),
      ],
      renderer: {
        html: ({ text }) => (self.#markup ? text : escapeHtml(text)),
        heading({ tokens, depth }) {
          return self.#heading(this.parser.parseInline(tokens), depth);
        },
        link({ href, title, tokens }) {
          const words = this.parser.parseInline(tokens);
          const target = self.#target(href);
          const hint = title ? ` title="${escapeHtml(title)}"` : "";
          return target === undefined ? words : `<a href="${escapeHtml(target)}"${hint}>${words}</a>`;
        },
      },
    });
  }

  html(source: string): string {
    return `<div class="text">${this.#marked.parse(source, { async: false })}</div>`;
  }

  /** As {@link html}, of a text in which names out of data may stand: what looks like HTML is text. */
  withoutMarkup(source: string): string {
    this.#markup = false;
    try {
      return this.html(source);
    } finally {
      this.#markup = true;
    }
  }

  inlineHtml(source: string): string {
    return this.#marked.parseInline(source, { async: false });
  }

  #heading(html: string, level: number): string {
    const text = plainText(html);
    const slug = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const taken = (id: string) => this.headings.some((heading) => heading.id === id);
    let id = slug;
    for (let i = 1; taken(id); i++) id = `${slug}-${i}`;
    this.headings.push({ level, id, text });
    const link = `<a class="anchor" href="#${escapeHtml(id)}" aria-label="Link to this section">#</a>`;
    return `<h${level} id="${escapeHtml(id)}">${html} ${link}</h${level}>\n`;
  }

  /** Where a link leads from this page; undefined if the book does not hold that. */
  #target(href: string): string | undefined {
    if (/^[a-z][a-z\d+.-]*:/i.test(href)) return href;
    const [path, hash] = href.split("#", 2);
    // JupyterLab's anchors keep capitals.
    const anchor = hash ? `#${hash.toLowerCase()}` : "";
    if (path === "") return anchor;
    const found = this.findPage(resolve(dirname(this.file), decodeURIComponent(path)));
    return found && relativeAddress(this.page, found) + anchor;
  }
}

/** The address of one page of the book in another. */
export function relativeAddress(from: string, to: string): string {
  return posix.relative(posix.dirname(from), to).split("/").map(encodeURIComponent).join("/");
}

function formula(
  name: string,
  pattern: RegExp,
  displayMode: boolean,
): import("marked").TokenizerExtension & import("marked").RendererExtension {
  const katex = loadPackage("katex", () => require("katex") as typeof import("katex").default);
  return {
    name,
    level: "inline",
    start: (text) => text.indexOf("$"),
    tokenizer: (text) => {
      const found = pattern.exec(text);
      return found ? { type: name, raw: found[0], text: found[1].trim() } : undefined;
    },
    renderer: ({ text }) =>
      katex.renderToString(text, { output: "mathml", displayMode, throwOnError: false }),
  };
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

/** The text of marked's markup; of a formula its source. */
function plainText(html: string): string {
  return html
    .replace(/<math.*?<annotation[^>]*>(.*?)<\/annotation>.*?<\/math>/gs, "$1")
    .replace(/<[^>]*>/g, "")
    .replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => entities[name]);
}
