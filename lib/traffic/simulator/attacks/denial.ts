import { company, outsider } from "../company";
import type { Attack, Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** Denial of service: floods, and packets that older systems did not survive. */
export const denialAttacks: readonly Attack[] = [
  { label: "neptune", size: [100, 220], act: synFlood },
  { label: "smurf", size: [150, 350], act: pingFlood },
  { label: "back", size: [20, 60], act: slashes },
  { label: "teardrop", size: [10, 30], act: overlappingFragments },
  { label: "pod", size: [5, 15], act: pingOfDeath },
  { label: "land", size: [1, 3], act: toItself },
  { label: "apache2", size: [20, 50], novel: true, act: endlessHeaders },
  { label: "mailbomb", size: [30, 60], novel: true, act: mailBomb },
  { label: "processtable", size: [20, 60], novel: true, act: heldOpen },
];

/** Requests for connections that are never completed, under false addresses. */
function* synFlood(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const victim = draw.pick([company.webServer, company.mailServer, company.loginServer, company.ftpServer]);
  const onePort = draw.chance(0.6) ? draw.pick([21, 23, 25, 80]) : undefined;
  const oneSource = draw.chance(0.3) ? scene.stranger() : undefined;
  yield* scene.repeated(at, size, draw.logNormal(0.03, 1.2), (time) => {
    const port = onePort ?? draw.integer(1, 1_024);
    const state = draw.chance(onePort ? 0.02 : 0.15) ? "REJ" : "S0";
    return scene.tcp(time, oneSource ?? scene.stranger(), victim, port, { state });
  });
}

/** Every host of a foreign network answers pings that the victim never sent. */
function* pingFlood(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const victim = draw.pick([company.webServer, company.gateway]);
  const amplifier = draw.integer(0x90, 0x1ff) << 8;
  const bytes = draw.pick([1_032, 1_032, 520]);
  yield* scene.repeated(at, size, draw.logNormal(0.004, 0.5), (time) =>
    scene.icmp(time, outsider(amplifier + draw.integer(1, 254)), victim, 0, 0, { sent: bytes }),
  );
}

/** Requests for an address of thousands of slashes, which take the server minutes to understand. */
function* slashes(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const sent = draw.chance(0.7) ? 54_540 : draw.integer(3_000, 20_000);
  yield* scene.repeated(at, size, draw.logNormal(0.3, 0.8), (time) => {
    const isReset = draw.chance(0.1);
    return scene.tcp(time, attacker, company.webServer, 80, {
      sent,
      received: isReset ? draw.integer(0, 7_300) : 8_314,
      duration: draw.logNormal(0.8, 1.2),
      state: isReset ? "RSTR" : "SF",
      content: { hot: 2, logged_in: 1, num_compromised: 1 },
    });
  });
}

function* overlappingFragments(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [attacker, victim] = [scene.stranger(), draw.pick([company.webServer, ...company.workstations])];
  yield* scene.repeated(at, size, draw.logNormal(0.3, 1), (time) => {
    // The record of a fragment may miss that it was one.
    return scene.udp(time, attacker, victim, draw.integer(1, 1_024), {
      sent: 28,
      content: { wrong_fragment: draw.pick([3, 3, 1, 0]) },
    });
  });
}

function* pingOfDeath(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [attacker, victim] = [scene.stranger(), draw.pick([company.webServer, ...company.workstations])];
  yield* scene.repeated(at, size, 2, (time) =>
    scene.icmp(time, attacker, victim, 0, 0, {
      sent: 1_480,
      content: { wrong_fragment: draw.integer(0, 1) },
    }),
  );
}

/** A packet that seems to come from the host it goes to. */
function* toItself(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const victim = draw.pick([company.loginServer, ...company.workstations]);
  const port = draw.pick([23, 79, 139]);
  for (let i = 0; i < size; i++)
    yield scene.tcp(at + 20 * i, victim, victim, port, { state: "S0", fromPort: port });
}

function* endlessHeaders(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  yield* scene.repeated(at, size, 1, (time) => {
    const isCut = draw.chance(0.4);
    return scene.tcp(time, attacker, company.webServer, 80, {
      sent: draw.logNormal(40_000, 0.6),
      received: isCut ? 0 : draw.integer(200, 4_000),
      duration: draw.logNormal(60, 1.2),
      state: isCut ? draw.pick(["RSTR", "S1"]) : "SF",
      content: isCut ? undefined : { logged_in: 1 },
    });
  });
}

/** More mail than a box can hold; each message is as any other. */
function* mailBomb(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const bytes = draw.integer(1_500, 6_000);
  yield* scene.repeated(at, size, 0.08, (time) =>
    scene.tcp(time, attacker, company.mailServer, 25, {
      sent: bytes + draw.integer(0, 40),
      received: draw.integer(290, 330),
      duration: draw.logNormal(0.6, 0.5),
      content: { logged_in: 1 },
    }),
  );
}

/** Connections that are opened and left to wait, until the server can have no more. */
function* heldOpen(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const port = draw.pick([22, 25, 79, 113]);
  yield* scene.repeated(at, size, 3, (time) =>
    scene.tcp(time, attacker, company.loginServer, port, {
      received: draw.chance(0.3) ? draw.integer(20, 90) : 0,
      duration: draw.between(100, 700),
      state: draw.pick(["RSTR", "S1", "SF", "S3"]),
    }),
  );
}
