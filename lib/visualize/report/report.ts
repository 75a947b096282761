import type { Figure } from "../figure";

/** A report as plain data. All words are text, never markup: names in them may be a stranger's. */
export interface Report {
  readonly title: string;
  /** What a reader must know of the data, before the title: `Simulated traffic`. */
  readonly remark?: string;
  /** The first sentences. */
  readonly lead: readonly string[];
  /** What the colours mean, one line for each group of them. */
  readonly legend: readonly LegendLine[];
  readonly sections: readonly Section[];
}

export interface LegendLine {
  readonly title: string;
  readonly entries: readonly LegendEntry[];
}

/** A colour; as a line, which may be dashed, unless it is that of an area. */
export interface LegendEntry {
  readonly title: string;
  readonly colour: string;
  readonly dashed?: boolean;
  readonly area?: boolean;
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block = ListBlock | TableBlock | FigureBlock | ThresholdBlock;

/** Sentences, one below another. */
export interface ListBlock {
  readonly kind: "list";
  readonly items: readonly string[];
}

/** A table; its first column names the rows. */
export interface TableBlock {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Whether it is shown only when asked for, as one that tells the same as a figure. Default false. */
  readonly folded?: boolean;
}

/** A figure of lines and bars: the report's Plotly knows no other. */
export interface FigureBlock {
  readonly kind: "figure";
  readonly figure: Figure;
}

/** A slider that moves the threshold of a detector, above the curves on which its point moves. */
export interface ThresholdBlock {
  readonly kind: "threshold";
  readonly detectors: readonly MovableThreshold[];
  /** Anomalous and normal rows. */
  readonly positives: number;
  readonly negatives: number;
  /** What one of the anomalous rows is called: `attack`. */
  readonly anomaly: string;
  readonly roc: Figure;
  readonly precisionRecall: Figure;
}

/** Thresholds to choose from, the lowest first, and what is flagged above each. */
export interface MovableThreshold {
  /** As in `metrics.json`. */
  readonly name: string;
  readonly title: string;
  readonly thresholds: readonly number[];
  readonly truePositives: readonly number[];
  readonly falsePositives: readonly number[];
  /** The place of the one that was chosen. */
  readonly chosen: number;
}

/** What the script in the page reads. */
export interface PageData {
  readonly figures: Readonly<Record<string, Pick<Figure, "data" | "layout">>>;
  readonly thresholds: Readonly<Record<string, PageThreshold>>;
}

export interface PageThreshold extends Pick<ThresholdBlock, "detectors" | "positives" | "negatives"> {
  /** Ids of the figures. */
  readonly roc: string;
  readonly precisionRecall: string;
}
