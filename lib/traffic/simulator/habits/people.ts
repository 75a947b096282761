import { company, sites } from "../company";
import { atRandom, office, publicRhythm } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity, Content, SimulatedConnection } from "../simulated-connection";

/** What people do besides web and mail: work on the login server, chat, telephone. */
export const peopleHabits: readonly Habit[] = [
  { name: "logins", schedule: atRandom(8, office), act: logIn },
  { name: "logins from outside", schedule: atRandom(0.8, publicRhythm), act: logInFromOutside },
  { name: "who is there", schedule: atRandom(3, office), act: askWhoIsThere },
  { name: "chat", schedule: atRandom(3, office), act: chat },
  { name: "calls", schedule: atRandom(4, office), act: call },
];

function* logIn(scene: Scene, at: number): Activity {
  yield* session(scene, at, scene.draw.pick(company.workstations));
}

function* logInFromOutside(scene: Scene, at: number): Activity {
  yield* session(scene, at, scene.stranger());
}

/** A login that may need several attempts, then work that may need an administrator's rights. */
function* session(scene: Scene, at: number, from: string): Activity {
  const { draw } = scene;
  const port = draw.chance(0.45) ? 23 : 22;
  let time = at;
  while (draw.chance(0.08)) {
    yield attempt(scene, time, from, company.loginServer, port);
    time += draw.logNormal(8, 0.6);
  }
  const duration = draw.logNormal(120, 1.6);
  yield scene.tcp(time, from, company.loginServer, port, {
    sent: 400 + duration * draw.logNormal(3, 0.8),
    received: 900 + duration * draw.logNormal(30, 1),
    duration,
    state: scene.ending(),
    content: port === 23 ? work(scene) : undefined,
  });
}

/** A login with a wrong password. What an encrypted session holds, nobody sees. */
export function attempt(
  scene: Scene,
  at: number,
  from: string,
  to: string,
  port: number,
): SimulatedConnection {
  const { draw } = scene;
  const isEncrypted = port === 22;
  return scene.tcp(at, from, to, port, {
    sent: isEncrypted ? draw.integer(1_100, 1_900) : draw.integer(100, 150),
    received: isEncrypted ? draw.integer(1_500, 2_400) : draw.integer(150, 240),
    duration: draw.logNormal(2.5, 0.6),
    state: draw.pick(["SF", "RSTO", "RSTO", "RSTR"]),
    content: isEncrypted
      ? undefined
      : { hot: draw.integer(0, 1), num_failed_logins: draw.pick([1, 1, 1, 2, 3]) },
  });
}

function work({ draw }: Scene): Content {
  const isAdministrator = draw.chance(0.12);
  return {
    logged_in: 1,
    hot: draw.chance(0.15) ? draw.integer(1, 4) : 0,
    num_failed_logins: draw.chance(0.04) ? 1 : 0,
    num_compromised: draw.chance(0.03) ? draw.integer(1, 4) : 0,
    num_file_creations: draw.chance(0.12) ? draw.several(2) : 0,
    num_shells: draw.chance(0.03) ? 1 : 0,
    num_access_files: draw.chance(0.04) ? 1 : 0,
    ...(isAdministrator && { root_shell: 1, su_attempted: draw.integer(0, 1), num_root: draw.several(6) }),
  };
}

/** The finger protocol. */
function* askWhoIsThere(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield scene.tcp(at, draw.pick(company.workstations), company.loginServer, 79, {
    sent: draw.integer(2, 12),
    received: draw.integer(60, 900),
    duration: draw.logNormal(0.5, 0.8),
    state: scene.ending(),
  });
}

/** Open for hours, with little said. */
function* chat(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const duration = draw.pareto(20, 0.6, 30_000);
  yield scene.tcp(at, draw.pick(company.workstations), draw.popular(sites), draw.pick([5222, 6667, 8443]), {
    sent: 300 + duration * draw.logNormal(2, 1),
    received: 500 + duration * draw.logNormal(6, 1),
    duration,
    state: draw.chance(0.15) ? draw.pick(["S1", "S2", "S3", "RSTO", "RSTR"]) : scene.ending(),
  });
}

function* call(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const duration = draw.logNormal(150, 1.2);
  const isHeard = draw.chance(0.9);
  yield scene.udp(at, draw.pick(company.workstations), draw.popular(sites), draw.integer(16_384, 32_767), {
    sent: duration * 8_000,
    received: isHeard ? duration * draw.between(6_000, 8_000) : 0,
    duration,
  });
}
