import { type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import type { Model } from "../../models/model";
import { fewRowsNotice, promisedRate } from "../../models/threshold";
import type { TypicalValue } from "../../models/typical-values";
import type { TrafficWindowOptions } from "../../traffic/windows/options";
import type { WarmState } from "../../traffic/windows/warm-windows";
import { fewViewRowsNotices, missingViewsNotice, type ViewModels } from "../views/view-model";

/** What a traffic model has beyond the models of its detectors: `traffic.json`. */
export interface TrafficDetails {
  /** The logs that it learned from, in the order in which they were read. */
  readonly logs: readonly { readonly name: string; readonly sha256: string }[];
  /** The name of what their connections were made of: see `LogForm`. */
  readonly logForm: string;
  readonly windows: Required<TrafficWindowOptions>;
  /** The networks whose hosts are ours, where they were given. */
  readonly local?: readonly string[];
  /** What the windows knew at the end of training: scoring goes on from there. */
  readonly remembered: WarmState;
  /** What each feature usually is. */
  readonly usual: Readonly<Record<string, TypicalValue>>;
  /** Share of the held-out connections with a category that the others do not have. */
  readonly unseenShare: number;
}

/** All that is needed to judge connections: what a traffic model's folder holds. */
export interface TrafficModel extends TrafficDetails {
  /** The folder's name. */
  readonly name: string;
  /** The models that were loaded, by detector. */
  readonly detectors: Readonly<Partial<Record<TrainedDetectorName, Model>>>;
  /** What judges hours of hosts and days of pairs. */
  readonly views: ViewModels;
}

/** Share of usual connections that may be flagged, by all of a model's detectors together: they share it equally. */
export function falseAlarmRateOf({ detectors }: TrafficModel): number {
  const [{ threshold }] = Object.values(detectors);
  return trainedDetectors.length * threshold.rate;
}

/**
 * Share of connections like those held out that the detectors at hand flag together, at most, in expectation: the sum of
 * what the threshold of each promises.
 */
export function promisedRateOf({ detectors }: TrafficModel): number {
  return Object.values(detectors).reduce((sum, { threshold }) => sum + promisedRate(threshold), 0);
}

/** Says that too few connections were held out to rely on the false-alarm rate; undefined where they suffice. */
export function fewConnectionsNotice({ detectors }: TrafficModel): string | undefined {
  const [{ threshold }] = Object.values(detectors);
  return fewRowsNotice(threshold, trainedDetectors.length, "connections");
}

/** The same, of connections and of the rows of each view. */
export function fewRowsNotices(model: TrafficModel): string[] {
  return [fewConnectionsNotice(model) ?? [], fewViewRowsNotices(model.views)].flat();
}

/** What to know of a model before its verdicts are relied on: the same, and which views it lacks. */
export function modelNotices(model: TrafficModel): string[] {
  return [...fewRowsNotices(model), missingViewsNotice(model.views) ?? []].flat();
}
