import { stat, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { InputError } from "../../common/errors";
import { checked, readJsonFile } from "../../common/json-file";
import { MissingFile } from "../../common/plain-file";
import { inTransaction } from "../../common/transaction";
import type { ConnectionLog } from "../../traffic/logs/log-files";
import type { ViewsState } from "../../traffic/views/view";
import type { WarmState } from "../../traffic/windows/warm-windows";
import { stateFormatVersion } from "../follow/state";
import type { IncidentsState } from "../incidents/incident-tracker";
import type { TrafficModel } from "../model/traffic-model";
import type { Monitor, MonitorOptions } from "../monitor";
import { otherPeriods } from "../views/view-monitor";

/** A log as it was scored: changed if one of these is another. */
interface ScoredLog {
  readonly path: string;
  readonly bytes: number;
  readonly modified: number;
}

/** What scoring one log after the other remembers. */
export interface ScoreState {
  readonly formatVersion: number;
  readonly logs: readonly ScoredLog[];
  /** What the windows knew before these logs: the same scored again, as after a kill, give the same alerts. */
  readonly before?: WarmState;
  /** What they know after them. */
  readonly remembered: WarmState;
  /** The incidents that were open before these logs, and after them. */
  readonly incidentsBefore?: IncidentsState;
  readonly incidents?: IncidentsState;
  /** What the views remember, before these logs and after them. */
  readonly viewsBefore?: ViewsState;
  readonly views?: ViewsState;
}

/** The file that lets a log be scored as if it went on from those scored before. */
export class ScoreStateFile {
  private constructor(
    private readonly path: string,
    private readonly logs: readonly ScoredLog[],
    /** What is known of the connections before; nothing in a new file. */
    readonly before: Pick<MonitorOptions, "remembered" | "incidents" | "views">,
  ) {}

  /** @throws {InputError} if the path is that of another file, or its windows or views have other options */
  static async open(
    path: string,
    logs: readonly ConnectionLog[],
    { windows, views: models }: Pick<TrafficModel, "windows" | "views">,
  ): Promise<ScoreStateFile> {
    const state = await readState(path);
    const scored = await scoredLogs(logs);
    const isAgain = scored.length > 0 && isDeepStrictEqual(state?.logs, scored);
    const remembered = isAgain ? state?.before : state?.remembered;
    if (remembered && !isDeepStrictEqual(remembered.windows.windows, windows))
      throw new InputError(
        `${path} is the state of windows with other options than the model's: name another file`,
      );
    const views = isAgain ? state?.viewsBefore : state?.views;
    const other = otherPeriods(models, views);
    if (other) throw new InputError(`${path} is ${other}: name another file`);
    const incidents = isAgain ? state?.incidentsBefore : state?.incidents;
    return new ScoreStateFile(path, scored, { remembered, incidents, views });
  }

  /** Remembers what the windows and the views know after the logs, and which incidents are open. */
  async write({ remembered, incidents, views }: Monitor): Promise<void> {
    const { before } = this;
    const state: ScoreState = {
      ...{ formatVersion: stateFormatVersion, logs: this.logs },
      ...{ before: before.remembered, incidentsBefore: before.incidents, viewsBefore: before.views },
      ...{ remembered, incidents: incidents.state, views: views.state },
    };
    await inTransaction({}, async (transaction) =>
      writeFile(await transaction.stageFile(this.path), `${JSON.stringify(state)}\n`),
    );
  }
}

/** Undefined if there is none. @throws {InputError} if something else has the name */
async function readState(path: string): Promise<ScoreState | undefined> {
  const value = await readJsonFile(path).catch((error) => {
    if (error instanceof MissingFile) return undefined;
    throw error;
  });
  if (value === undefined) return undefined;
  const { formatVersion, log } = Object(value) as { formatVersion?: unknown; log?: unknown };
  if (formatVersion !== stateFormatVersion)
    throw new InputError(
      `${path} is not a state file of this program's format version ${stateFormatVersion}: name another file`,
    );
  if (log !== undefined)
    throw new InputError(`${path} is the state of --follow ${log}: name another file to score logs with`);
  const { scoreStateSchema } = require("./state-schema") as typeof import("./state-schema");
  return checked(scoreStateSchema, value, path);
}

/** None if one of them can be read only once, so that it is never the same again. */
async function scoredLogs(logs: readonly ConnectionLog[]): Promise<ScoredLog[]> {
  if (logs.some(({ bytes }) => bytes === undefined)) return [];
  return Promise.all(
    logs.map(async ({ path }) => {
      const { size, mtimeMs } = await stat(path);
      return { path: resolve(path), bytes: size, modified: mtimeMs };
    }),
  );
}
