import { createRandom, permutation } from "../../../common/random";
import { addresses, answers, company, outsider } from "../company";
import { attempt } from "../habits/people";
import { Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** What happens once, from a time on; the workstation has no part in another threat. */
interface Threat {
  readonly name: string;
  readonly isBenign?: boolean;
  readonly act: (scene: Scene, at: number, workstation: string) => Activity;
}

/** What own traffic is watched for today, and two things that are as new, and nothing bad. */
export const threats: readonly Threat[] = [
  { name: "upload", act: carryOut },
  { name: "ssh_guessing", act: guessPasswords },
  { name: "beacon", act: askForOrders },
  { name: "rdp", act: takeOver },
  { name: "slow_scan", act: scanSlowly },
  { name: "command_and_control", act: obey },
  { name: "dns_tunnel", act: tunnelNames },
  { name: "smb_sweep", act: sweepShares },
  { name: "new_server", isBenign: true, act: moveToNewServer },
  { name: "big_backup", isBenign: true, act: saveEverything },
];

/** Seconds between the beginnings of two threats, at least. */
const gap = 2_400;

/** Begins each threat once, in a random order: what {@link Intruders} are for the attacks of 1999. */
export class TodaysThreats {
  readonly #waiting: (readonly [threat: Threat, scene: Scene, workstation: string])[];
  #next = -Infinity;

  constructor(seed: number) {
    const random = createRandom(seed, "simulated threats");
    const workstations = permutation(company.workstations.length, random);
    this.#waiting = Array.from(permutation(threats.length, random), (position, i) => {
      const threat = threats[position];
      const scene = new Scene(seed, `threat ${threat.name}`, threat.isBenign ? "normal" : threat.name);
      return [threat, scene, company.workstations[workstations[i]]];
    });
  }

  begin(at: number, _connections: number, isTime: boolean): Activity | undefined {
    if (!isTime || at < this.#next) return undefined;
    const [threat, scene, workstation] = this.#waiting.shift() ?? [];
    this.#next = at + gap;
    return threat?.act(scene as Scene, at, workstation as string);
  }
}

/** Three gigabytes go to a host outside at once. */
function* carryOut(scene: Scene, at: number, workstation: string): Activity {
  yield scene.tcp(at, workstation, scene.stranger(), 443, { sent: 3e9, received: 40_000, duration: 900 });
}

/** Password after password for a server on which nobody logs in. */
function* guessPasswords(scene: Scene, at: number, workstation: string): Activity {
  yield* scene.repeated(at, 200, 1.5, (time) => attempt(scene, time, workstation, company.fileServer, 22));
}

/** A program asks its master for orders each minute. */
function* askForOrders(scene: Scene, at: number, workstation: string): Activity {
  const { draw } = scene;
  const master = scene.stranger();
  for (let i = 0; i < 60; i++)
    yield scene.tcp(at + 60 * (i + draw.between(0, 0.06)), workstation, master, 443, {
      sent: 420 + draw.integer(0, 8),
      received: 160 + draw.integer(0, 30),
      duration: draw.logNormal(0.3, 0.3),
    });
}

/** From one workstation to the desktops of others. */
function* takeOver(scene: Scene, at: number, workstation: string): Activity {
  const { draw } = scene;
  const others = company.workstations.filter((host) => host !== workstation);
  yield* scene.repeated(at, 5, 200, (time) =>
    scene.tcp(time, workstation, draw.pick(others), 3389, {
      sent: draw.logNormal(200_000, 0.6),
      received: draw.logNormal(3e6, 0.6),
      duration: draw.logNormal(150, 0.6),
    }),
  );
}

/** A port of a server every six minutes or so, for hours. */
function* scanSlowly(scene: Scene, at: number, workstation: string): Activity {
  const { draw } = scene;
  const gap = () => 360 * draw.between(0.5, 1.5);
  yield* scene.repeated(at, 60, gap, (time) => {
    const port = draw.integer(1, 10_000);
    return scene.tcp(time, workstation, company.webServer, port, { state: draw.pick(["REJ", "REJ", "S0"]) });
  });
}

/** A printer that somebody took over holds on to its master, at a port that nobody else uses. */
function* obey(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const [printer, master] = [draw.pick(company.printers), scene.stranger()];
  const gap = () => draw.between(100, 140);
  yield* scene.repeated(at, 40, gap, (time) => {
    const isAnswered = draw.chance(0.7);
    return scene.tcp(time, printer, master, 48_101, {
      sent: isAnswered ? draw.integer(20, 60) : 0,
      received: isAnswered ? draw.integer(20, 80) : 0,
      duration: draw.between(20, 90),
      state: isAnswered ? "SF" : "S0",
    });
  });
}

/** Files leave in the names that are asked for, all of one resolver outside; answers bring orders. */
function* tunnelNames(scene: Scene, at: number, workstation: string): Activity {
  const { draw } = scene;
  const resolver = outsider(0x2800);
  yield* scene.repeated(at, 600, 2, (time) =>
    scene.udp(time, workstation, resolver, 53, {
      sent: draw.integer(190, 250),
      received: draw.integer(230, 480),
      duration: draw.logNormal(0.04, 0.4),
    }),
  );
}

/** A worm asks every address for shared files. */
function* sweepShares(scene: Scene, at: number, workstation: string): Activity {
  const { draw } = scene;
  let time = at;
  for (const address of addresses) {
    if (address === workstation) continue;
    const exchange = answers(address)
      ? { sent: draw.integer(200, 900), received: draw.integer(200, 900), duration: draw.logNormal(0.1, 0.6) }
      : { state: "S0" };
    yield scene.tcp(time, workstation, address, 445, exchange);
    time += draw.exponential(0.3);
  }
}

/** From today on people work with a new server. */
function* moveToNewServer(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield* scene.repeated(at, 80, 180, (time) =>
    scene.tcp(time, draw.pick(company.workstations), "10.20.1.20", 443, {
      sent: draw.logNormal(900, 0.8),
      received: draw.logNormal(9_000, 1.2),
      duration: draw.logNormal(1, 1),
    }),
  );
}

/** Before a repair a whole workstation is saved, five times a usual night's files. */
function* saveEverything(scene: Scene, at: number, workstation: string): Activity {
  yield scene.tcp(at, workstation, company.backupServer, 873, { sent: 4e10, received: 8e7, duration: 1_400 });
}
