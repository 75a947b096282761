// State files, which may come from anybody.
import * as v from "valibot";
import { finite, integerIn, list, object, text } from "../../common/json-schema";
import { viewsStateSchema } from "../../traffic/views/views-schema";
import { warmStateSchema } from "../../traffic/windows/windows-schema";
import { incidentsStateSchema } from "../incidents/incidents-schema";

/** As `ScoreState` says. */
export const scoreStateSchema = object({
  formatVersion: integerIn(1),
  logs: list(object({ path: text(), bytes: integerIn(0), modified: finite }), 100_000),
  before: v.optional(warmStateSchema),
  remembered: warmStateSchema,
  incidentsBefore: v.optional(incidentsStateSchema),
  incidents: v.optional(incidentsStateSchema),
  viewsBefore: v.optional(viewsStateSchema),
  views: v.optional(viewsStateSchema),
});
