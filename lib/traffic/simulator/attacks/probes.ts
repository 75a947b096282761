import { addresses, answers, company, servers } from "../company";
import type { Attack, Scene } from "../scene";
import type { Activity, SimulatedConnection } from "../simulated-connection";

/** Looking around: which hosts are there, and what do they offer? Some hurry, some take hours so as not to be seen. */
export const probes: readonly Attack[] = [
  { label: "portsweep", size: [40, 100], act: scanPorts },
  { label: "portsweep", size: [15, 40], act: scanPortsSlowly },
  { label: "ipsweep", size: [30, 70], act: sweepAddresses },
  { label: "satan", size: [30, 80], act: surveyServices },
  { label: "nmap", size: [15, 50], act: probeHalfOpen },
  { label: "mscan", size: [30, 80], novel: true, act: scanManyHosts },
];

/** The services that intruders know how to break into. */
const weakServices = [21, 22, 23, 25, 53, 79, 80, 110, 111, 139, 143, 512, 513, 514, 515, 2049, 6000];

function* scanPorts(scene: Scene, at: number, size: number): Activity {
  yield* portScan(scene, at, size, scene.draw.logNormal(0.15, 1));
}

function* scanPortsSlowly(scene: Scene, at: number, size: number): Activity {
  yield* portScan(scene, at, size, scene.draw.logNormal(90, 0.6));
}

/** Asks one host for port after port. */
function* portScan(scene: Scene, at: number, size: number, gap: number): Activity {
  const { draw } = scene;
  const [attacker, victim] = [scene.stranger(), draw.pick(servers)];
  const first = draw.pick([1, 20, 1_024, 6_000]);
  yield* scene.repeated(at, size, gap, (time, i) =>
    knock(scene, time, attacker, victim, draw.chance(0.3) ? draw.pick(weakServices) : first + i),
  );
}

/** Asks every address whether a host is there, by a ping or for one service. */
function* sweepAddresses(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const port = draw.chance(0.35) ? draw.pick([21, 23, 53, 80]) : undefined;
  const gap = draw.logNormal(1, 1.8);
  const bytes = draw.pick([8, 8, 18, 56]);
  const first = draw.integer(0, addresses.length - size);
  yield* scene.repeated(at, size, gap, (time, i) => {
    const address = addresses[first + i];
    if (port)
      return answers(address)
        ? knock(scene, time, attacker, address, port)
        : scene.tcp(time, attacker, address, port, { state: "S0" });
    else
      return scene.icmp(time, attacker, address, 8, 0, {
        sent: bytes,
        received: answers(address) ? bytes : 0,
        duration: answers(address) ? 0.02 : 0,
      });
  });
}

/** Tries the weak services of a few hosts and reads what they say of themselves. */
function* surveyServices(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  const victims = [draw.pick(servers), draw.pick(servers), draw.pick(company.workstations)];
  yield* scene.repeated(at, size, draw.logNormal(0.4, 1), (time, i) => {
    const victim = victims[Math.floor((i * victims.length) / size)];
    const port = draw.pick(weakServices);
    if (draw.chance(0.12))
      return scene.udp(time, attacker, victim, draw.pick([53, 69, 111, 161, 177]), {
        sent: draw.integer(1, 44),
      });
    else if (draw.chance(0.25)) {
      const isLetIn = port === 21 || port === 25 || port === 80;
      return scene.tcp(time, attacker, victim, port, {
        sent: draw.integer(0, 30),
        received: draw.integer(15, 400),
        duration: draw.logNormal(0.5, 1),
        state: draw.pick(["SF", "SF", "RSTO"]),
        content: isLetIn ? { logged_in: 1, is_guest_login: port === 21 ? 1 : 0 } : undefined,
      });
    } else return knock(scene, time, attacker, victim, port);
  });
}

/** Half-open connections, odd flags, a ping now and then: what the host is, from how it reacts. */
function* probeHalfOpen(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const [attacker, victim] = [scene.stranger(), draw.pick(servers)];
  const gap = draw.logNormal(1, 1.2);
  const fromPort = draw.integer(32_768, 60_999);
  yield* scene.repeated(at, size, gap, (time) => {
    const method = draw.integer(1, 10);
    const port = draw.integer(1, 1_100);
    if (method <= 5)
      return scene.tcp(time, attacker, victim, port, {
        state: draw.pick(["SH", "SH", "OTH", "RSTOS0"]),
        fromPort,
      });
    else if (method <= 7)
      return scene.udp(time, attacker, victim, port, { sent: draw.pick([0, 100, 207]), fromPort });
    else if (method === 8)
      return scene.icmp(time, attacker, victim, 8, 0, { sent: 8, received: 8, duration: 0.02 });
    else return knock(scene, time, attacker, victim, port);
  });
}

/** A few services of every host, with a pause between. */
function* scanManyHosts(scene: Scene, at: number, size: number): Activity {
  const { draw } = scene;
  const attacker = scene.stranger();
  yield* scene.repeated(at, size, draw.logNormal(3, 0.8), (time) => {
    const address = draw.chance(0.5) ? draw.pick(servers) : draw.pick(addresses);
    const port = draw.pick([23, 53, 80, 110, 111, 143]);
    return answers(address)
      ? knock(scene, time, attacker, address, port)
      : scene.tcp(time, attacker, address, port, { state: "S0" });
  });
}

/** Asks for a port: most are closed, some are silent, few are open, and then the caller hangs up. */
function knock(scene: Scene, at: number, from: string, to: string, port: number): SimulatedConnection {
  const { draw } = scene;
  const state = draw.pick(["REJ", "REJ", "REJ", "REJ", "REJ", "REJ", "S0", "S0", "RSTR", "RSTO", "SF"]);
  return scene.tcp(at, from, to, port, {
    state,
    received: state === "SF" ? draw.integer(0, 120) : 0,
    duration: state.startsWith("RST") && draw.chance(0.2) ? draw.exponential(10) : 0.02,
  });
}
