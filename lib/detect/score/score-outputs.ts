import { basename, resolve } from "node:path";
import { InputError } from "../../common/errors";
import { reportPage, reportPlotlyFile } from "../../visualize/report/report-page";
import { alertFormat, alertForms, formatOfName } from "../alerts/alert-lines";
import { type AlertPlaceOptions, openItemWriter, openWriter } from "../alerts/alert-writer";
import type { Incident } from "../incidents/incident";
import { incidentForm, requireJsonName } from "../incidents/incident-lines";
import type { Monitor, MonitorOptions } from "../monitor";
import { type RankedAlert, TopAlerts } from "../ranking";
import { type ConnectionScore, connectionScores, scoreForms } from "./connection-scores";
import type { ScoreTrafficOptions } from "./score-options";
import { reportedAlerts, scoreReport } from "./score-report";
import type { ScoreTrafficResult } from "./score-result";

/** A place for something that scoring finds. It hears what the monitor tells meanwhile. */
export interface ScoreOutput extends Pick<MonitorOptions, "onJudged" | "onIncident"> {
  /** Called after each block of connections, with its alerts. */
  add(alerts: readonly RankedAlert[]): Promise<void>;
  /** All were judged: makes the file appear. */
  finish(monitor: Monitor, result: ScoreTrafficResult): Promise<void>;
  /** Removes what is unfinished. Call it in any case. */
  close(): Promise<void>;
}

type Opener = (place: AlertPlaceOptions) => Promise<ScoreOutput>;

type NamedFiles = Pick<ScoreTrafficOptions, "out" | "all" | "incidents" | "report" | "state">;

/**
 * What opens the places that are asked for, in the order in which they are finished: the alerts last.
 *
 * @throws {InputError} if the name of one is not that of what it is to hold, or a package for it is missing
 */
export function scoreOutputs(paths: readonly string[], options: ScoreTrafficOptions): Opener[] {
  requireOutputNames(options);
  const { incidents, all, report } = options;
  return [
    ...(incidents === undefined ? [] : [incidentOutput(incidents)]),
    ...(all === undefined ? [] : [connectionOutput(all)]),
    ...(report === undefined ? [] : [reportOutput(report, paths, options.command ?? [])]),
    alertOutput(options),
  ];
}

/** @throws {InputError} if one file is named for two things, or by its name holds another */
export function requireOutputNames({ out, all, incidents, report, state }: NamedFiles): void {
  if (incidents !== undefined) requireJsonName(incidents);
  if (report !== undefined && !/\.html?$/i.test(report))
    throw new InputError(`a report is a page: ${report} must end in .html`);
  const named = new Map<string, string>();
  for (const [path, what] of [
    [out, "alerts"],
    [all, "all scores"],
    [incidents, "incidents"],
    [report, "the report"],
    [state, "the state"],
  ] as const) {
    if (path === undefined) continue;
    const other = named.get(resolve(path));
    if (other !== undefined)
      throw new InputError(`${path} can't hold ${other} and ${what}: name another file for one of them`);
    named.set(resolve(path), what);
  }
}

/** Alerts as they come; with `top` those farthest beyond their thresholds, at the end. */
function alertOutput({ format: asked, out, top }: ScoreTrafficOptions): Opener {
  const format = alertFormat(asked, out);
  const best = top === undefined ? undefined : new TopAlerts(top);
  return async (place) => {
    const writer = await openWriter(format, alertForms, out, place);
    return {
      async add(alerts) {
        if (best) best.add(alerts);
        else await writer.write(alerts.map(({ alert }) => alert));
      },
      async finish() {
        if (best) await writer.write(best.alerts);
        await writer.finish();
      },
      close: () => writer.close(),
    };
  };
}

/** Incidents as they are closed, then those that are open at the end. */
function incidentOutput(path: string): Opener {
  const closed: Incident[] = [];
  return async (place) => {
    const writer = await openItemWriter(incidentForm, path, place);
    return {
      onIncident(incident) {
        if (incident.status === "closed") closed.push(incident);
      },
      add: () => writer.write(closed.splice(0)),
      async finish({ incidents }) {
        await writer.write([...closed, ...incidents.open]);
        await writer.finish();
      },
      close: () => writer.close(),
    };
  };
}

/** Every connection with its scores. */
function connectionOutput(path: string): Opener {
  const format = formatOfName(path);
  if (!format)
    throw new InputError(`scores are Parquet, CSV or JSON: ${path} must end in .parquet, .csv or .jsonl`);
  const scores: ConnectionScore[] = [];
  return async (place) => {
    const writer = await openWriter(format, scoreForms, path, place);
    return {
      onJudged(...judged) {
        for (const score of connectionScores(...judged)) scores.push(score);
      },
      add: () => writer.write(scores.splice(0)),
      finish: () => writer.finish(),
      close: () => writer.close(),
    };
  };
}

/** A page on all of it. */
function reportOutput(path: string, paths: readonly string[], command: readonly string[]): Opener {
  reportPlotlyFile(); // if it is missing, that is said now
  const logs = paths.map((path) => basename(resolve(path)));
  const best = new TopAlerts(reportedAlerts);
  return async (place) => {
    const writer = await openItemWriter({ head: "", line: (page: string) => page }, path, place);
    return {
      async add(alerts) {
        best.add(alerts);
      },
      async finish({ model, timeline }, result) {
        const found = { result, model, timeline: timeline.stretches, alerts: best.alerts };
        await writer.write([await reportPage(scoreReport({ ...found, logs, command }))]);
        await writer.finish();
      },
      close: () => writer.close(),
    };
  };
}
