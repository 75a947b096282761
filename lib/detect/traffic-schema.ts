// traffic.json. A folder may come from anybody: nothing is read from it that is not described here.
import * as v from "valibot";
import {
  finite,
  integerIn,
  list,
  numberIn,
  object,
  type Schema,
  sha256,
  text,
  word,
} from "../common/json-schema";
import { type TrainedDetectorName, trainedDetectors } from "../models/detectors";
import { mostTypicalNames, type TypicalValue } from "../models/typical-values";
import { connectionFeatures } from "../traffic/connection-table";
import type { LogForm } from "../traffic/logs/format";
import { logForms } from "../traffic/logs/formats";
import { warmStateSchema, windowOptionsSchema } from "../traffic/windows/windows-schema";

const share = numberIn(0, 1);

const typicalNumber = object({ kind: v.literal("number"), low: finite, median: finite, high: finite });
const typicalName = (known: readonly string[]) =>
  object({
    kind: v.literal("name"),
    names: list(object({ name: word(...known), share }), mostTypicalNames, 1),
  });

/** `traffic.json` of a model of a form of logs; `formatVersion` is looked at before. */
export function trafficSchema({ lacks }: LogForm) {
  const features = connectionFeatures.filter(({ name }) => !lacks.includes(name));
  return object({
    formatVersion: integerIn(1),
    logs: list(object({ name: text(), sha256 }), 100_000),
    logForm: word(...logForms.map(({ name }) => name)),
    windows: windowOptionsSchema,
    usual: object(
      Object.fromEntries(
        features.map(({ name, measure, values = [] }): [string, Schema<TypicalValue>] => [
          name,
          measure === "nominal" ? typicalName(values) : typicalNumber,
        ]),
      ),
    ),
    unseenShare: share,
    remembered: warmStateSchema,
    manifests: object(
      Object.fromEntries(trainedDetectors.map(({ kind }) => [kind, sha256])) as Record<
        TrainedDetectorName,
        typeof sha256
      >,
    ),
  });
}
