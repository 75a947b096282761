import type { Figure } from "./figure";

/**
 * Style of drawn figures on a dark page: white becomes the colour of the page, and hues stay. Where a figure has areas,
 * these are turned twice and so only dimmed: their colours are those that the text speaks of.
 *
 * @param figure what selects a figure there; one with areas has the class `areas`, too
 */
export function darkFigures(figure: string): string {
  return `${figure} > *, ${figure}.areas :is(.overplot, .cbfills, .shapelayer) { filter: invert(0.9) hue-rotate(180deg); }`;
}

/** Whether a figure has areas of colour, as in a heatmap. */
export function hasAreas({ data }: Figure): boolean {
  return data.some(({ type }) => type === "heatmap");
}
