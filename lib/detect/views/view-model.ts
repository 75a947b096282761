import { InputError } from "../../common/errors";
import type { Table } from "../../data/table";
import { ofEachDetector, type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import { fitModel } from "../../models/fit-model";
import type { Model } from "../../models/model";
import { fewRowsNotice } from "../../models/threshold";
import type { TrainingOptions } from "../../models/training-options";
import { type TypicalValue, typicalValues } from "../../models/typical-values";
import type { Step } from "../../preprocess/preprocessor";
import { hour, type ViewName, type ViewState, viewKinds, viewNames } from "../../traffic/views/view";
import type { ViewData, ViewsData } from "./training-views";

/** What judges the rows of a view. */
export interface ViewModel {
  readonly detectors: Readonly<Partial<Record<TrainedDetectorName, Model>>>;
  /** What each feature usually is. */
  readonly usual: Readonly<Record<string, TypicalValue>>;
  /** What the view knew at the end of training. */
  readonly remembered: ViewState;
}

/** Those of a traffic model: a view is left out where training had too little for it. */
export type ViewModels = Readonly<Partial<Record<ViewName, ViewModel>>>;

/** What traffic.json has of a view. */
export interface ViewFile extends Pick<ViewModel, "usual" | "remembered"> {
  readonly manifests: Readonly<Record<TrainedDetectorName, string>>;
}

/** The views that there are something of. */
export function viewsOf<T>(views: Readonly<Partial<Record<ViewName, T>>>): [ViewName, T][] {
  return viewNames.flatMap((name): [ViewName, T][] => {
    const own = views[name];
    return own === undefined ? [] : [[name, own]];
  });
}

/** Fewer rows teach nothing. */
const leastRows = 100;
/** With so many periods the last fifth of the rows is of other periods than the rest. */
const severalPeriods = 5;

/** What a row of a view is called: `hours of hosts`. */
export function rowsTitle(name: ViewName, { seconds }: Pick<ViewState, "seconds">): string {
  return `${seconds === hour ? "hours" : "days"} of ${name}`;
}

/** Fits a model of each detector for each view whose rows suffice, and says which do not. */
export async function fitViews(
  { views, span }: ViewsData,
  options: TrainingOptions & Required<Pick<TrainingOptions, "falseAlarmRate">>,
  onNotice: (sentence: string) => void = () => {},
): Promise<ViewModels> {
  const models: Partial<Record<ViewName, ViewModel>> = {};
  for (const name of viewNames) {
    const { table, remembered } = views[name];
    const title = rowsTitle(name, remembered);
    if (span < hour)
      onNotice(`the logs are shorter than an hour: ${title} are not learned, nor judged when scoring`);
    else if (table.rows < leastRows)
      onNotice(
        `${table.rows} ${title} are too few to learn from: ${leastRows} are needed, and none will be judged when scoring`,
      );
    else models[name] = await fitView(views[name], span, options);
  }
  return models;
}

async function fitView(
  { table, remembered }: ViewData,
  span: number,
  options: TrainingOptions & Required<Pick<TrainingOptions, "falseAlarmRate">>,
): Promise<ViewModel> {
  const { settings, preprocessing, falseAlarmRate, seed, workers, signal } = options;
  const holdOut = span >= severalPeriods * remembered.seconds ? "last" : "random";
  const detectors = await ofEachDetector((kind, name) =>
    fitModel(table, kind, {
      falseAlarmRate: falseAlarmRate / trainedDetectors.length,
      preprocessing,
      settings: settings?.[name],
      ...({ holdOut, seed, workers, signal } as const),
    }),
  );
  const [{ fitRows, preprocessor }] = Object.values(detectors);
  const usual = typicalValues(columnsOf(table, preprocessor.steps), fitRows);
  return { detectors, usual: Object.fromEntries(usual), remembered };
}

/** The columns that a model was fitted on, of a view's table: in a single period, where no peer can be new, there are fewer. */
export function columnsOf({ rows, features }: Table, steps: readonly Step[]): Table {
  return { rows, features: features.filter(({ name }) => steps.some(({ feature }) => feature === name)) };
}

/** Says of each view that too few of its rows were held out to rely on the false-alarm rate. */
export function fewViewRowsNotices(models: ViewModels): string[] {
  return Object.entries(models).flatMap(([name, { detectors, remembered }]) => {
    const [{ threshold }] = Object.values(detectors);
    return fewRowsNotice(threshold, trainedDetectors.length, rowsTitle(name as ViewName, remembered)) ?? [];
  });
}

/** Says which views a model lacks, and what goes unnoticed by it; undefined where it has all. */
export function missingViewsNotice(models: ViewModels): string | undefined {
  const missing = viewNames.filter((name) => models[name] === undefined);
  if (missing.length === 0) return undefined;
  return `the model does not judge ${missing.join(" and ")}, of which training had too few: beacons, slow scans and uploads in pieces may go unnoticed; train it on more`;
}

/** @throws {InputError} unless the steps are those of a view's features, in their order */
export function requireViewFeatures(name: ViewName, steps: readonly Step[], folder: string): void {
  const names = viewKinds[name].features.map((feature) => feature.name);
  const places = steps.map(({ kind, feature }) => (kind === "number" ? names.indexOf(feature) : -1));
  if (places.some((place, i) => place < 0 || (i > 0 && place <= places[i - 1])))
    throw new InputError(`the model folder ${folder} was made for other features: train it again`);
}
