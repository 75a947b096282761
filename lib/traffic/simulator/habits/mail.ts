import { company, partners } from "../company";
import { atRandom, office, publicRhythm } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity, SimulatedConnection } from "../simulated-connection";
import { lookUp } from "./names";

/** Mail out, in, and from the server to the desks. */
export const mailHabits: readonly Habit[] = [
  { name: "mail out", schedule: atRandom(30, office), act: send },
  { name: "mail in", schedule: atRandom(45, publicRhythm), act: receive },
  { name: "newsletter", schedule: atRandom(0.12, office), act: sendNewsletter },
  { name: "mail collection", schedule: atRandom(60, office), act: collect },
];

function* send(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield message(scene, at, draw.pick(company.workstations), company.mailServer);
  yield* deliver(scene, at + draw.logNormal(2, 0.7));
}

/** The mail server hands a message on; the other side may ask back who sends it. */
function* deliver(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const partner = draw.popular(partners);
  yield lookUp(scene, at, company.mailServer);
  let time = at + draw.logNormal(0.05, 0.5);
  // Where nobody answers it tries again later, not here.
  if (draw.chance(0.03))
    return yield scene.tcp(time, company.mailServer, partner, 25, { state: draw.pick(["S0", "REJ"]) });
  yield message(scene, time, company.mailServer, partner);
  time += draw.logNormal(0.1, 0.5);
  if (draw.chance(0.25)) yield whoIsThere(scene, time, partner, company.mailServer);
}

function* receive(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const partner = draw.popular(partners);
  yield message(scene, at, partner, company.mailServer);
  const time = at + draw.logNormal(0.1, 0.5);
  if (draw.chance(0.5)) yield lookUp(scene, time, company.mailServer);
  if (draw.chance(0.4)) yield whoIsThere(scene, time + 0.1, company.mailServer, partner);
}

/** One message to many: the mail server is busy for a while. */
function* sendNewsletter(scene: Scene, at: number): Activity {
  let time = at;
  for (let receivers = scene.draw.integer(20, 90); receivers > 0; receivers--) {
    time += scene.draw.exponential(0.8);
    yield message(scene, time, company.mailServer, scene.draw.pick(partners));
  }
}

function* collect(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const letters = draw.chance(0.4) ? draw.pareto(2_000, 1, 2e7) : 0;
  const mistyped = draw.chance(0.004);
  yield scene.tcp(at, draw.pick(company.workstations), company.mailServer, 110, {
    sent: draw.integer(40, 110),
    received: draw.integer(120, 300) + letters,
    duration: draw.logNormal(0.4, 0.8) + letters / 1e6,
    state: scene.ending(),
    content: mistyped ? { num_failed_logins: 1 } : { logged_in: 1 },
  });
}

function message(scene: Scene, at: number, from: string, to: string): SimulatedConnection {
  const { draw } = scene;
  const size = draw.chance(0.85) ? draw.logNormal(1_400, 0.8) : draw.pareto(20_000, 1, 3e7);
  return scene.tcp(at, from, to, 25, {
    sent: 250 + size,
    received: draw.integer(290, 420),
    duration: draw.logNormal(1, 0.8) + size / 500_000,
    state: scene.ending(),
    content: { logged_in: 1 },
  });
}

/** The ident protocol, which few still answer. */
function whoIsThere(scene: Scene, at: number, from: string, to: string): SimulatedConnection {
  const { draw } = scene;
  if (draw.chance(0.8)) return scene.tcp(at, from, to, 113, { state: draw.chance(0.75) ? "REJ" : "S0" });
  return scene.tcp(at, from, to, 113, {
    sent: draw.integer(8, 12),
    received: draw.integer(20, 40),
    duration: 0.1,
  });
}
