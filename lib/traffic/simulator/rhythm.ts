import type { Draw } from "./draw";

/** Seconds since 1970 at which simulations begin: Monday, 5 January 2026, 8:00 UTC. */
export const beginning = 1_767_600_000;

const hour = 3600;
const day = 24 * hour;

/** How busy something is at a time, from 0 to 1. */
export type Rhythm = (time: number) => number;

/** Activity by hour of the day, a straight line from one to the next. */
const officeHours = [3, 2, 2, 2, 2, 3, 6, 25, 70, 95, 100, 95, 70, 80, 98, 95, 85, 60, 30, 15, 10, 8, 6, 4];
const publicHours = [
  35, 28, 22, 20, 20, 24, 30, 40, 55, 65, 72, 78, 80, 82, 85, 88, 90, 92, 95, 100, 98, 85, 65, 48,
];

/** People at work: Monday to Friday, with a lunch break. */
export const office: Rhythm = (time) => hourly(officeHours, time) * (isWeekend(time) ? 0.08 : 1);

/** People anywhere: evenings and weekends too. */
export const publicRhythm: Rhythm = (time) => hourly(publicHours, time) * (isWeekend(time) ? 0.7 : 1);

/** Machines. */
export const always: Rhythm = () => 1;

function hourly(percentages: readonly number[], time: number): number {
  const hours = (time % day) / hour;
  const from = Math.floor(hours);
  const share = hours - from;
  return ((1 - share) * percentages[from] + share * percentages[(from + 1) % 24]) / 100;
}

/** 1 January 1970 was a Thursday. */
function isWeekend(time: number): boolean {
  return (Math.floor(time / day) + 3) % 7 >= 5;
}

/** When something happens next, after a time. */
export type Schedule = (after: number, draw: Draw) => number;

/** At random, so often an hour when busiest: a Poisson process whose rate follows the rhythm (Lewis and Shedler 1979). */
export function atRandom(perHour: number, rhythm: Rhythm): Schedule {
  return (after, draw) => {
    let time = after;
    do time += draw.exponential(hour / perHour);
    while (!draw.chance(rhythm(time)));
    return time;
  };
}

/** Again and again after this many seconds, give or take a fiftieth. */
export function every(seconds: number): Schedule {
  return (after, draw) => after + seconds * draw.between(0.98, 1.02);
}

/** Once a day, in the minutes after an hour. */
export function daily(atHour: number): Schedule {
  return (after, draw) => {
    const today = Math.floor(after / day) * day + atHour * hour;
    return (today > after ? today : today + day) + draw.between(0, 600);
  };
}
