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
} from "../../common/json-schema";
import { type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import { mostTypicalNames, type TypicalValue } from "../../models/typical-values";
import { connectionFeatures } from "../../traffic/connection-table";
import type { LogForm } from "../../traffic/logs/format";
import { logForms } from "../../traffic/logs/formats";
import { type ViewName, viewKinds } from "../../traffic/views/view";
import { viewStateSchema } from "../../traffic/views/views-schema";
import { warmStateSchema, windowOptionsSchema } from "../../traffic/windows/windows-schema";
import type { ViewFile } from "../views/view-model";

const share = numberIn(0, 1);

const typicalNumber = object({
  kind: v.literal("number"),
  ...{ low: finite, median: finite, high: finite },
  missing: v.optional(share),
});
const typicalName = (known: readonly string[]) =>
  object({
    kind: v.literal("name"),
    names: list(object({ name: word(...known), share }), mostTypicalNames, 1),
  });

const manifests = object(
  Object.fromEntries(trainedDetectors.map(({ kind }) => [kind, sha256])) as Record<
    TrainedDetectorName,
    typeof sha256
  >,
);

/** What traffic.json has of a view; in a single period no peer can be new, and nothing is known of what is usual. */
const viewSchema = (name: ViewName): Schema<ViewFile> =>
  object({
    usual: object(
      Object.fromEntries(viewKinds[name].features.map(({ name }) => [name, v.optional(typicalNumber)])),
    ) as unknown as Schema<ViewFile["usual"]>,
    remembered: viewStateSchema,
    manifests,
  });

/** `traffic.json` of a model of a form of logs; `formatVersion` is looked at before. */
export function trafficSchema({ lacks }: LogForm) {
  const features = connectionFeatures.filter(({ name }) => !lacks.includes(name));
  return object({
    formatVersion: integerIn(1),
    logs: list(object({ name: text(), sha256 }), 100_000),
    logForm: word(...logForms.map(({ name }) => name)),
    windows: windowOptionsSchema,
    local: v.optional(list(text(64), 1_000)),
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
    manifests,
    views: object({ hosts: v.optional(viewSchema("hosts")), pairs: v.optional(viewSchema("pairs")) }),
  });
}
