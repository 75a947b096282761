import { company, sites } from "../company";
import { atRandom, office, publicRhythm } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity, SimulatedConnection } from "../simulated-connection";
import { lookUp } from "./names";

/** Web traffic: at work, and on the company's own site. */
export const webHabits: readonly Habit[] = [
  { name: "browsing", schedule: atRandom(26, office), act: browse },
  { name: "visits", schedule: atRandom(12, publicRhythm), act: visit },
  { name: "flash crowds", schedule: atRandom(0.05, publicRhythm), act: flashCrowd },
  { name: "updates", schedule: atRandom(0.8, office), act: update },
];

/** Someone reads pages of several sites, with pauses. */
function* browse(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  let time = at;
  for (let pages = draw.several(6); pages > 0; pages--) {
    const site = draw.popular(sites);
    const secure = draw.chance(0.3);
    if (draw.chance(0.6)) {
      yield lookUp(scene, time, host);
      time += draw.logNormal(0.03, 0.8);
    }
    time = yield* page(scene, time, host, site, secure ? 443 : 80);
    time += draw.logNormal(20, 1);
  }
}

function* visit(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const visitor = scene.stranger();
  let time = at;
  for (let pages = draw.several(3); pages > 0; pages--) {
    time = (yield* page(scene, time, visitor, company.webServer, 80)) + draw.logNormal(25, 1);
  }
}

/** The site was named on television: many visitors in a few minutes, more than it can serve. */
function* flashCrowd(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const visitors = draw.integer(80, 350);
  const gap = draw.logNormal(0.12, 0.8);
  let time = at;
  for (let i = 0; i < visitors; i++) {
    time += draw.exponential(gap);
    const state = draw.chance(0.12) ? draw.pick(["S0", "S0", "REJ", "RSTR"]) : scene.ending();
    yield request(scene, time, scene.stranger(), company.webServer, 80, state);
  }
}

/** A program fetches its new version in many pieces. */
function* update(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  const site = draw.pick(sites.slice(0, 10));
  const gap = draw.logNormal(0.2, 1);
  let time = at;
  yield lookUp(scene, time, host);
  for (let pieces = draw.integer(15, 120); pieces > 0; pieces--) {
    time += draw.exponential(gap);
    const received = draw.pareto(20_000, 0.9, 5e7);
    yield scene.tcp(time, host, site, 80, {
      sent: draw.integer(180, 260),
      received,
      duration: received / draw.logNormal(2e6, 0.5),
      state: scene.ending(),
      content: { logged_in: 1 },
    });
  }
}

/** A page and what belongs to it: a burst of connections. Gives the time of the last. */
function* page(
  scene: Scene,
  at: number,
  from: string,
  site: string,
  port: number,
): Generator<SimulatedConnection, number> {
  const { draw } = scene;
  const first = request(scene, at, from, site, port, scene.ending());
  yield first;
  let time = at;
  if (first.state === "S0" || first.state === "REJ") {
    // Try again a few times, as browsers do.
    for (let tries = draw.integer(1, 3); tries > 0; tries--) {
      time += draw.logNormal(1.5, 0.7);
      yield request(scene, time, from, site, port, first.state);
    }
    return time;
  }
  time += draw.logNormal(0.15, 0.7);
  const gap = draw.logNormal(0.06, 0.9);
  for (let parts = Math.min(Math.floor(draw.logNormal(3.5, 0.9)), 60); parts > 0; parts--) {
    yield request(scene, time, from, site, port, scene.ending());
    time += draw.exponential(gap);
  }
  return time;
}

function request(
  scene: Scene,
  at: number,
  from: string,
  site: string,
  port: number,
  state: string,
): SimulatedConnection {
  const { draw } = scene;
  const secure = port === 443;
  const posts = draw.chance(0.04);
  const sent = posts ? draw.pareto(800, 0.9, 2e7) : draw.logNormal(secure ? 900 : 290, 0.35);
  const received =
    (secure ? 3_500 : 120) + (draw.chance(0.97) ? draw.logNormal(2_400, 1.5) : draw.pareto(40_000, 1, 3e8));
  return scene.tcp(at, from, site, port, {
    sent,
    received: state.startsWith("RST") ? received * draw.between(0, 1) : received,
    duration:
      draw.logNormal(0.12, 1) +
      (sent + received) / draw.logNormal(500_000, 1) +
      (draw.chance(0.03) ? draw.exponential(15) : 0),
    state,
    content: secure ? undefined : { logged_in: 1 },
  });
}
