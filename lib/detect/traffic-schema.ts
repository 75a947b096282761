// traffic.json. A folder may come from anybody: nothing is read from it that is not described here.
import * as v from "valibot";
import {
  anyObject,
  finite,
  integerIn,
  list,
  names,
  numberBetween,
  numberIn,
  object,
  type Schema,
  sha256,
  text,
  word,
} from "../common/json-schema";
import { type TrainedDetectorName, trainedDetectors } from "../models/detectors";
import type { TypicalValue } from "../models/typical-values";
import { connectionFeatures } from "../traffic/connection-features";
import { kddServices } from "../traffic/service";
import { longestHostWindow } from "../traffic/windows/host-window";
import type { TrafficFile } from "./traffic-training";

const share = numberIn(0, 1);

const profile = v.pipe(
  object({ median: finite, edges: list(finite, 100), shares: list(share, 101, 1) }),
  v.check(
    ({ edges, shares }) =>
      shares.length === edges.length + 1 && edges.every((edge, i) => i === 0 || edge > edges[i - 1]),
    "bounds in ascending order with one share more",
  ),
);

const usualNumber = object({ kind: v.literal("number"), low: finite, median: finite, high: finite });
const usualName = (known: readonly string[]) =>
  object({
    kind: v.literal("name"),
    names: list(object({ name: word(...known), share }), 3, 1),
  });

/** The same of each detector. */
function forEach<T>(schema: Schema<T>): Record<TrainedDetectorName, Schema<T>> {
  return Object.fromEntries(trainedDetectors.map(({ kind }) => [kind, schema])) as Record<
    TrainedDetectorName,
    Schema<T>
  >;
}

/** `traffic.json`; `formatVersion` and `features` are looked at before. */
export const trafficSchema: Schema<TrafficFile> = object({
  formatVersion: integerIn(1),
  libraryVersion: text(100),
  features: names(connectionFeatures.length),
  logs: list(object({ name: text(), sha256 }), 100_000),
  connections: integerIn(0),
  fitted: integerIn(0),
  heldOut: integerIn(0),
  labels: v.optional(
    anyObject<Record<string, number>>((count) => Number.isSafeInteger(count), "an object of counts"),
  ),
  windows: object({
    timeWindow: integerIn(1, 4096),
    hostWindow: integerIn(1, longestHostWindow),
    timeBase: word("start", "end"),
  }),
  falseAlarmRate: numberBetween(0, 1),
  seed: integerIn(0, 0xffffffff),
  usual: object(
    Object.fromEntries(
      connectionFeatures.map(({ name, measure, values = kddServices }): [string, Schema<TypicalValue>] => [
        name,
        measure === "nominal" ? usualName(values) : usualNumber,
      ]),
    ),
  ),
  profiles: object(forEach(profile)),
  unseenShare: share,
  manifests: object(forEach(sha256)),
});
