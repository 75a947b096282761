// traffic-anomaly/visualize: figures for `show`, the numbers behind them, and pages.

// Data

export { categoriesByPositionFigure } from "./data/categories-by-position";
export { correlationFigure, rankCorrelations } from "./data/correlation";
export { featureRangesFigure } from "./data/feature-ranges";
export { matrixRowsFigure } from "./data/matrix-rows";
export { valueHistogramsFigure } from "./data/value-histograms";
export { valuesByLabelFigure } from "./data/values-by-label";
export { varianceShares, varianceSharesFigure } from "./data/variance-shares";

// What models see and learn

export { attackProfile, attackProfileFigure } from "./models/attack-profile";
export { codeSizeFigure } from "./models/code-size";
export { contributionFigure } from "./models/contributions";
export { embeddingFigure } from "./models/embedding";
export { pathLengthFigure } from "./models/path-lengths";
export { planeGrid, planeReconstructionFigure } from "./models/plane-reconstruction";
export { reasonsFigure } from "./models/reasons-figure";
export { rowReconstructionFigure } from "./models/row-reconstruction";
export { scoreGalleryFigure } from "./models/score-gallery";
export { scoreMap, scoreMapFigure } from "./models/score-map";
export { trainingLossFigure } from "./models/training-loss";
export { treeGrowthFigure } from "./models/tree-growth";

// Scores, curves and verdicts

export { baseRateFigure, precisionAtBaseRate } from "./evaluation/base-rate";
export { comparisonFigure } from "./evaluation/comparison";
export { falseAlarmBudgetFigure } from "./evaluation/false-alarm-budget";
export { precisionRecallFigure } from "./evaluation/precision-recall";
export { recallByAttackFigure } from "./evaluation/recall-by-attack";
export { rocFigure } from "./evaluation/roc";
export { scoreDistributionFigure } from "./evaluation/score-distribution";
export { agreement, type LandscapeAxis, scoreLandscapeFigure } from "./evaluation/score-landscape";
export { sensitivityFigure } from "./evaluation/sensitivity";
export { thresholdSliderFigure } from "./evaluation/threshold-slider";

// A network of one's own

export { flaggedOverTimeFigure } from "./traffic/flagged-over-time";
export { type UnusualHost, unusualHostsFigure } from "./traffic/unusual-hosts";

// Pages

export type { Caption, Figure } from "./figure";
export { writePage } from "./page";
