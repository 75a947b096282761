// traffic-anomaly/notebook: what a notebook's cell uses.

export { check, hint } from "./course/check";
export { quiz } from "./course/quiz";
export type { Frame } from "./frame";
export { metricsFrame } from "./metrics-frame";
export { progress } from "./progress";
export { nameTables, type QueryResult, query } from "./query";
export { reloadLibrary } from "./reload";
export { say } from "./say";
export { liveFigure, show } from "./show";
