import { addresses, answers, company, servers, timeServers } from "../company";
import { always, atRandom, daily, every, office } from "../rhythm";
import type { Habit, Scene } from "../scene";
import type { Activity } from "../simulated-connection";

/** What machines do by themselves: clocks, monitoring, messages. */
export const upkeepHabits: readonly Habit[] = [
  { name: "clocks", schedule: atRandom(25, always), act: askTime },
  { name: "pings", schedule: every(600), act: pingServers },
  { name: "counters", schedule: every(900), act: readCounters },
  { name: "inventory", schedule: daily(9.5), act: takeInventory },
  { name: "line test", schedule: every(14_000), act: testLine },
  { name: "system messages", schedule: atRandom(45, always), act: reportEvents },
  { name: "announcements", schedule: atRandom(40, office), act: announce },
  { name: "unreachable", schedule: atRandom(8, office), act: answerUnreachable },
];

function* askTime(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const isServer = draw.chance(0.3);
  const host = isServer ? company.gateway : draw.pick(company.workstations);
  const isAnswered = draw.chance(0.98);
  yield scene.udp(at, host, isServer ? draw.pick(timeServers) : company.gateway, 123, {
    sent: 48,
    received: isAnswered ? 48 : 0,
    duration: isAnswered ? draw.logNormal(0.02, 1) : 0,
  });
}

function* pingServers(scene: Scene, at: number): Activity {
  const { draw } = scene;
  let time = at;
  for (const server of servers) {
    if (server === company.monitor) continue;
    yield scene.icmp(time, company.monitor, server, 8, 0, {
      sent: 56,
      received: draw.chance(0.99) ? 56 : 0,
      duration: 0.0005,
    });
    time += draw.logNormal(2.5, 0.6);
  }
}

function* readCounters(scene: Scene, at: number): Activity {
  const { draw } = scene;
  let time = at;
  for (const device of [company.gateway, ...servers, ...company.printers]) {
    const isOff = draw.chance(0.03);
    yield scene.udp(time, company.monitor, device, 161, {
      sent: draw.integer(38, 46),
      received: isOff ? 0 : draw.integer(60, 160),
      duration: isOff ? 0 : draw.logNormal(0.005, 0.6),
    });
    time += draw.logNormal(1.5, 0.6);
  }
}

/** Once a day the monitoring looks which hosts and services there are: a sweep, and nothing bad. */
function* takeInventory(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const network = draw.pick(["10.20.1.", "10.20.2.", "10.20.3."]);
  let time = at;
  for (const address of addresses) {
    if (!address.startsWith(network) || address === company.monitor) continue;
    const isThere = answers(address);
    yield scene.icmp(time, company.monitor, address, 8, 0, {
      sent: 56,
      received: isThere ? 56 : 0,
      duration: isThere ? 0.0004 : 0,
    });
    time += draw.exponential(0.2);
    if (!isThere) continue;
    for (const port of [22, 80, 445, 515]) {
      const isOpen = draw.chance(0.25);
      yield scene.tcp(
        time,
        company.monitor,
        address,
        port,
        isOpen
          ? { sent: draw.integer(0, 20), received: draw.integer(20, 90), duration: 0.05 }
          : { state: "REJ" },
      );
      time += draw.exponential(0.1);
    }
  }
}

/** The gateway tries how good the line to the provider is, with large pings. */
function* testLine(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const gap = draw.pick([1, 0.2, 0.05]);
  const size = draw.pick([56, 520, 1_032, 1_400]);
  let time = at;
  for (let pings = draw.integer(10, 40); pings > 0; pings--) {
    // The answer may come another way, so that it is recorded for itself.
    const comesAlone = draw.chance(0.3);
    yield comesAlone
      ? scene.icmp(time, timeServers[0], company.gateway, 0, 0, { sent: size })
      : scene.icmp(time, company.gateway, timeServers[0], 8, 0, {
          sent: size,
          received: size,
          duration: draw.logNormal(0.01, 0.4),
        });
    time += gap;
  }
}

/** Servers and printers tell the monitor what happened; it does not answer. */
function* reportEvents(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick([...servers, ...company.printers]);
  yield* scene.repeated(at, draw.several(2), 0.5, (time) =>
    scene.udp(time, host, company.monitor, 514, { sent: draw.integer(60, 240) }),
  );
}

/** Workstations tell everybody their names. */
function* announce(scene: Scene, at: number): Activity {
  const { draw } = scene;
  const host = draw.pick(company.workstations);
  const port = draw.pick([137, 138]);
  yield scene.udp(at, host, company.everyone, port, {
    fromPort: port,
    sent: port === 137 ? 50 * draw.integer(1, 3) : draw.integer(170, 230),
  });
}

/** A late answer finds its port closed, and its sender is told so. */
function* answerUnreachable(scene: Scene, at: number): Activity {
  const { draw } = scene;
  yield scene.icmp(at, draw.pick(company.workstations), company.nameServer, 3, 3, {
    sent: draw.integer(56, 150),
  });
}
