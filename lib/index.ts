// What the library exports, by topic. Figures are in traffic-anomaly/visualize, what a notebook's cell uses in
// traffic-anomaly/notebook. Whatever else a program needs is in a module of its own, such as
// traffic-anomaly/dist/data/table-writer, and may change.

// Tables

export type { ColumnDescription, InferredTable } from "./data/columns/infer-table";
export { distinctRows } from "./data/distinct";
export {
  type FrameConstructor,
  type FrameValues,
  tableFromFrame,
  toFrame,
} from "./data/frames";
export { type FileTable, type ReadTableOptions, readTable } from "./data/read-table";
export type { Source } from "./data/source";
export { rowsWhere, splitRows } from "./data/split";
export {
  allRows,
  type Column,
  column,
  labels,
  type Measure,
  type NominalColumn,
  type NumericColumn,
  numbers,
  type Rows,
  selectRows,
  type Table,
} from "./data/table";
export { type Row, type RowsOptions, tableFromRows } from "./data/table-from-rows";

// KDD'99 and NSL-KDD

export { anomalousRows, type Category, categories, categoryOf } from "./data/kdd/attacks";
export { type Feature, kddFeatures } from "./data/kdd/schema";

// Connections: Zeek's logs, window features, simulated traffic

export type { Connection } from "./traffic/connection";
export { connectionFeatures, connectionTable } from "./traffic/connection-table";
export { findConnectionLogs } from "./traffic/logs/log-files";
export { type ReadLogsOptions, readConnectionLogs } from "./traffic/logs/read-logs";
export { ReorderBuffer } from "./traffic/reorder";
export { type SimulationOptions, simulatedConnections } from "./traffic/simulator/simulate";
export type { SimulatedConnection } from "./traffic/simulator/simulated-connection";
export { writeSimulatedLog } from "./traffic/simulator/write-simulated";
export { TrafficWindows } from "./traffic/windows/windows";
export { zeekHeader, zeekTsvLine } from "./traffic/zeek/write-log";

// From rows to numbers

export { type LazyMatrix, type Matrix, selectMatrixRows } from "./preprocess/matrix";
export { describePreprocessing, type FeaturePreprocessing, preprocessingNotices } from "./preprocess/notices";
export {
  fitPreprocessor,
  lazyTransform,
  type PreprocessOptions,
  type Preprocessor,
  type Step,
  transform,
  type UnseenCategory,
  unseenCategories,
} from "./preprocess/preprocessor";

// Detectors, thresholds, explanations and model folders

export { type Autoencoder, autoencoder, fitAutoencoder } from "./models/autoencoder/autoencoder";
export type { AutoencoderOptions } from "./models/autoencoder/settings";
export type { EpochLoss } from "./models/autoencoder/train";
export { ecod } from "./models/baselines/ecod/ecod";
export { localOutlierFactor } from "./models/baselines/local-outlier-factor/local-outlier-factor";
export { mahalanobis } from "./models/baselines/mahalanobis/mahalanobis";
export { nearestNeighbours } from "./models/baselines/nearest-neighbours/nearest-neighbours";
export {
  fitPrincipalComponents,
  type PrincipalComponents,
  principalComponents,
} from "./models/baselines/principal-components/principal-components";
export {
  explainedVariance,
  projectRows,
  reconstructRows,
} from "./models/baselines/principal-components/projection";
export { combined } from "./models/combined/combined";
export { explainRow } from "./models/contributions";
export type { Detector, DetectorKind, FitOptions, ScoreOptions } from "./models/detector";
export { detectorKind, detectors, type TrainedDetectorName } from "./models/detectors";
export { type FitModelOptions, type FittedModel, fitModel } from "./models/fit-model";
export { averagePathLength } from "./models/isolation-forest/average-path-length";
export { isolationForest } from "./models/isolation-forest/detector";
export {
  fitIsolationForest,
  type IsolationForest,
  type IsolationForestOptions,
} from "./models/isolation-forest/isolation-forest";
export { type Judgement, judge, type Model, scoreTable } from "./models/model";
export { loadModel, saveModel } from "./models/model-folder";
export { falseDiscoveryVerdicts, pValues } from "./models/p-values";
export { type Reason, reasonText, rowReasons, typicalTexts } from "./models/reasons";
export { type Backend, tensorflow } from "./models/tensorflow";
export { chooseThreshold, promisedRate, type Threshold } from "./models/threshold";
export { presets } from "./models/training-options";

// Curves, metrics and protocols

export {
  averagePrecision,
  type Curve,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  type ScoreSteps,
  scoreSteps,
  thinCurve,
} from "./evaluation/curves";
export {
  type Confusion,
  evaluate,
  type Judged,
  type Metrics,
  type RankingMetrics,
  type VerdictMetrics,
  verdictMetrics,
} from "./evaluation/metrics";
export {
  literatureProtocol,
  type MetricsByDetector,
  mixedProtocol,
  noveltyProtocol,
  type ProtocolOptions,
} from "./evaluation/protocols";
export { type Spread, spread } from "./evaluation/spread";

// The whole study

export { loadStudyData, type StudyData } from "./study/data";
export { studyFigures } from "./study/figures";
export type { RunMetrics, RunResult } from "./study/results";
export { type RunOptions, run } from "./study/run";
export { type ScoreFileOptions, scoreFile } from "./study/score-file";

// A network of one's own

export type { Alert } from "./detect/alerts/alert";
export { type FollowOptions, followTraffic } from "./detect/follow/follow";
export type { Incident, IncidentKind, IncidentReason } from "./detect/incidents/incident";
export type { TrafficModel } from "./detect/model/traffic-model";
export { loadTrafficModel } from "./detect/model/traffic-model-folder";
export { HostRanking } from "./detect/ranking";
export type { ScoreTrafficOptions } from "./detect/score/score-options";
export type { ScoreTrafficResult } from "./detect/score/score-result";
export { scoreTraffic } from "./detect/score/score-traffic";
export { settleFeatures } from "./detect/settle-features";
export { type TrainOptions, trainOnTraffic } from "./detect/training/train";
export type { TrainResult } from "./detect/training/train-result";
export { truthOf } from "./detect/training/training-data";

// What all of them share

export { InputError } from "./common/errors";
export { formatShare } from "./common/format";
export type { ProgressUpdate, WorkOptions } from "./common/progress";
export { projectPath } from "./common/project";
export { createRandom, permutation, type Random, sampleWithoutReplacement } from "./common/random";
