import { company, outsider } from "../company";
import { atRandom, office } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity, SimulatedConnection } from "../simulated-connection";

/** The name server asks others for what it does not know. */
export const nameHabits: readonly Habit[] = [
  { name: "recursion", schedule: atRandom(45, office), act: askOthers },
];

/** Asks the company's name server for an address. */
export function lookUp(scene: Scene, at: number, from: string): SimulatedConnection {
  return question(scene, at, from, company.nameServer, 0.995);
}

function* askOthers(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const gap = () => draw.logNormal(0.05, 0.8);
  yield* scene.repeated(at, draw.several(1.8), gap, (time) =>
    question(scene, time, company.nameServer, outsider(0x2000 + draw.integer(0, 400)), 0.96),
  );
}

function question(
  scene: Scene,
  at: number,
  from: string,
  server: string,
  answered: number,
): SimulatedConnection {
  const { draw } = scene;
  const isAnswered = draw.chance(answered);
  return scene.udp(at, from, server, 53, {
    sent: draw.integer(27, 55),
    received: isAnswered ? Math.min(draw.logNormal(120, 0.5), 512) : 0,
    duration: isAnswered ? draw.logNormal(0.01, 1.2) : 0,
  });
}
