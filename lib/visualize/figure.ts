/**
 * A figure as plain data, for any Plotly from version 2 on: `Plotly.newPlot(element, figure)`.
 * Typed loosely, because Plotly's own types need the browser's, which a notebook kernel does not load.
 */
export interface Figure {
  readonly data: readonly { readonly [attribute: string]: unknown }[];
  readonly layout: { readonly height: number; readonly [attribute: string]: unknown };
  /** What the buttons and sliders of a figure that moves show in turn. */
  readonly frames?: readonly { readonly name: string; readonly [attribute: string]: unknown }[];
}

/** The words above a figure. */
export interface Caption {
  /** What was fitted, thresholded and scored on which rows: `fit on 80 % of the normals, scored on corrected`. */
  readonly protocol: string;
  /** Default: the name of the kind of figure. */
  readonly title?: string;
  /** What a reader must know of the data, before the title: `Simulated traffic`. */
  readonly remark?: string;
}
