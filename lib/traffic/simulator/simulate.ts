import { requireNumber, requireOneOf, requireOptions } from "../../common/errors";
import { createRandom } from "../../common/random";
import { TimeQueue } from "../time-queue";
import { Intruders } from "./attacks/intruders";
import { TodaysThreats } from "./attacks/threats";
import { Draw } from "./draw";
import { habits } from "./habits/habits";
import { always, atRandom, beginning, type Schedule } from "./rhythm";
import { Scene } from "./scene";
import type { Activity, SimulatedConnection } from "./simulated-connection";

/** Raised when the same options give other connections than before. */
export const simulatorVersion = 1;

export const defaultConnections = 100_000;

const classMixes = ["realistic", "kdd", "threats"] as const;

export interface SimulationOptions {
  /** Fixes every random choice. An integer in [0, 2³²). Default 1. */
  readonly seed?: number;
  /** How many connections to make; a working day has some 18,000. An integer ≥ 1. Default 100,000. */
  readonly connections?: number;
  /**
   * How much belongs to attacks: 3 % (`realistic`), or 80 % as in KDD'99 (`kdd`); or each of today's threats once
   * (`threats`). Default `realistic`.
   */
  readonly classMix?: (typeof classMixes)[number];
  /** From this connection on, counted from 0, attacks may be of novel types, as are today's threats. An integer ≥ 0. Default: never. */
  readonly novelFrom?: number;
}

/**
 * Makes the traffic of a small company, one connection after the other as they start, no two at the same time. The same
 * options give the same connections; memory does not grow with their number.
 *
 * @throws {InputError} if an option is out of range, or unknown
 */
export function* simulatedConnections(
  options: SimulationOptions = {},
): Generator<SimulatedConnection, void, undefined> {
  requireOptions(options, { seed: true, connections: true, classMix: true, novelFrom: true });
  const { seed = 1, connections = defaultConnections, classMix = "realistic" } = options;
  const { novelFrom = connections } = options;
  requireNumber("connections", connections, { min: 1, integer: true });
  requireOneOf("classMix", classMix, classMixes);
  requireNumber("novelFrom", novelFrom, { min: 0, integer: true });

  /** Activities by the time of their next connection. */
  const running = new TimeQueue<Running>();
  /** What begins activities, by its time. */
  const beginnings = new TimeQueue<() => void>();
  let made = 0;

  const proceed = (activity: Activity) => {
    const { value: next, done } = activity.next();
    if (!done) running.push(next.start, { activity, next });
  };
  const repeat = (schedule: Schedule, draw: Draw, after: number, begin: (at: number) => void) => {
    const at = schedule(after, draw);
    beginnings.push(at, () => {
      begin(at);
      repeat(schedule, draw, at, begin);
    });
  };
  for (const { name, schedule, act } of habits) {
    const scene = new Scene(seed, name, "normal");
    repeat(schedule, scene.draw, beginning, (at) => proceed(act(scene, at)));
  }
  const intruders = classMix === "threats" ? new TodaysThreats(seed) : new Intruders(seed, classMix);
  repeat(atRandom(30, always), new Draw(createRandom(seed, "simulated occasions")), beginning, (at) => {
    const attack = intruders.begin(at, made, made >= novelFrom);
    if (attack) proceed(attack);
  });

  let last = 0;
  for (; made < connections; made++) {
    while (beginnings.nextTime <= running.nextTime) beginnings.pop()?.();
    const { activity, next } = running.pop() as Running;
    const isLater = next.start > last;
    last = isLater ? next.start : Math.round(last * 1e6 + 1) / 1e6;
    yield isLater ? next : { ...next, start: last };
    proceed(activity);
  }
}

/** An activity whose next connection is known. */
interface Running {
  readonly activity: Activity;
  readonly next: SimulatedConnection;
}
