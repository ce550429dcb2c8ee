import type { Tmux } from './tmux.ts';

/** The pictures that are taken, and what is on them, for those who do not see it. */
export const PICTURES = {
  fleet: 'The fleet: three hosts, two instances each, all healthy',
  deploy: 'Choosing what to deploy: tag v3, found by its name, and the commits it brings',
  plan: 'The plan of a deploy: its steps, what is sent to each host, and its commits',
  rollout: 'A rolling update half way: instances that are done, that are checked, and that wait',
  'went-back': 'A bad release was taken back by itself: why its first instance failed',
  releases: 'The releases, with the one to go back to marked',
  logs: 'The logs of all instances in one pane, filtered',
  watch: 'How every instance and host is while it runs, with lines of the last minutes',
  palette: 'The palette: actions by their names, with their keys',
} as const;

export type Picture = keyof typeof PICTURES;

/** Takes the screen as it is. */
export type Shoot = (name: Picture) => Promise<void>;

/** For what hosts have to do, ms: a rollout on a busy machine. */
const ROLLOUT = 30_000;
/** A plan takes no answer in its first moment, ms. Longer than it takes to see that it took one. */
const ASK_AGAIN = 2000;

/**
 * Plays the demo on its full screen as a newcomer would, up to its end: a good release, a bad one that goes back by
 * itself, the way to undo, logs, watching, help, palette, doctor. Throws, with the screen, at the first thing that is not as told.
 */
export async function play(terminal: Tmux, shoot: Shoot): Promise<void> {
  await openFleet(terminal);
  await deployGood(terminal, shoot);
  await deployBad(terminal, shoot);
  await undo(terminal, shoot);
  await readLogs(terminal, shoot);
  await watch(terminal, shoot);
  await lookAround(terminal, shoot);
  await leave(terminal);
}

async function openFleet(terminal: Tmux): Promise<void> {
  await terminal.see(/Press Enter to open the screen\./);
  await terminal.press('Enter');
  await terminal.see(/› production › Fleet .*6 healthy/s, ROLLOUT);
}

async function deployGood(terminal: Tmux, shoot: Shoot): Promise<void> {
  await choose(terminal, 'v2');
  await terminal.press('Enter');
  await startPlanned(terminal, /"Greet in three languages"/);
  // some are done, one is being checked, some wait
  await terminal.see(/step 4\/7.* updated .*verifying.* old/s, ROLLOUT);
  await shoot('rollout');
  await terminal.see(/✓ Succeeded.* is live on 6 instances/s, ROLLOUT);
  await backToFleet(terminal);
  await terminal.see(/6 healthy/);
}

async function deployBad(terminal: Tmux, shoot: Shoot): Promise<void> {
  await choose(terminal, 'v3');
  await terminal.see(/brings 1 commit/);
  await shoot('deploy');
  await terminal.press('Enter');
  await terminal.see(/› Plan\n.*PREFLIGHT\n\s+✓ nothing stands in the way/s, ROLLOUT);
  await shoot('plan');
  await startPlanned(terminal, /"Cache the greetings"/);
  await terminal.see(/healthy for 0\.5s.*✗ 503/s, ROLLOUT);
  await terminal.see(
    /! Rolled back: bot\.1@fra-1: not healthy within 5s.*why bot\.1@fra-1 failed.*told to fail/s,
    ROLLOUT,
  );
  await shoot('went-back');
  await backToFleet(terminal);
  // the bad release runs nowhere
  await terminal.see(/6 healthy/);
}

/** The guided way back: the releases, the last good one marked, then the plan. It is left as it is. */
async function undo(terminal: Tmux, shoot: Shoot): Promise<void> {
  await terminal.press('U');
  await terminal.see(
    /^(?!.*(?:comparing with|asking the hosts)).*› Releases .*✗ failed.*Enter plans a rollback to it.*ROLLOUTS/s,
  );
  await shoot('releases');
  await terminal.press('Enter');
  await terminal.see(/› Releases › Plan\n.* Roll back to .*✓ nothing stands in the way.*y start/s, ROLLOUT);
  await terminal.press('Escape');
  await terminal.see(/› Releases /);
  await backToFleet(terminal);
  // what a process needs of the CPU is known when it has been looked at twice
  await terminal.see(/CPU +MEMORY.*(?:\d% +[\d.]+ MB.*){6}/s, ROLLOUT);
  await shoot('fleet');
}

async function readLogs(terminal: Tmux, shoot: Shoot): Promise<void> {
  await terminal.press('L');
  await terminal.see(/› Logs\n.*following 6 logs.*info/s);
  await terminal.see(/fra-1 bot.*ams-1 bot/s);
  await terminal.press('/');
  await terminal.see(/filter: /);
  await terminal.type('hello');
  await terminal.see(/filter: hello/);
  await terminal.press('Enter');
  await terminal.see(/[1-9]\d* of \d+ lines match "hello"/);
  await terminal.see(/info +Hello, \w+! +to=/);
  await shoot('logs');
  await backToFleet(terminal);
}

async function watch(terminal: Tmux, shoot: Shoot): Promise<void> {
  await terminal.press('W');
  // lines are drawn from the third look on
  await terminal.see(
    /› Watch\n.*6 instances on 3 hosts · no alert.*(?:running +\d+ ms +\S*[▁▂▃▄▅▆▇█]{3}.*){6}/s,
    ROLLOUT,
  );
  await shoot('watch');
  await backToFleet(terminal);
}

async function lookAround(terminal: Tmux, shoot: Shoot): Promise<void> {
  await terminal.press('?');
  await terminal.see(/Keys of the screen Fleet/);
  await backToFleet(terminal);
  await terminal.type(':');
  await terminal.see(/─ Commands /);
  await shoot('palette');
  await terminal.press('Escape');
  await terminal.see(/^(?!.*─ Commands )/s);
  await terminal.press('D');
  await terminal.see(/› Doctor\n.*✓ \d+ ok/s, ROLLOUT);
  await backToFleet(terminal);
}

async function leave(terminal: Tmux): Promise<void> {
  await terminal.press('q');
  const code = await terminal.ended(ROLLOUT);
  const text = await terminal.see(/Everything is removed again/);
  if (code !== 0) throw new Error(`The demo ended with ${code}:\n${text}`);
}

async function choose(terminal: Tmux, ref: string): Promise<void> {
  await terminal.press('d');
  await terminal.see(/KIND +NAME/);
  await terminal.type(ref);
  await terminal.see(new RegExp(`ref: ${ref}.*› tag +${ref}`, 's'));
}

/** From the plan to its rollout, which shows that subject. */
async function startPlanned(terminal: Tmux, subject: RegExp): Promise<void> {
  await terminal.see(/› Plan\n.*y start/s, ROLLOUT);
  const isStarted = new RegExp(`› Rollout.*${subject.source}`, 's');
  for (let asked = 0; ; asked += 1) {
    await terminal.press('y');
    const started = await terminal.see(isStarted, ASK_AGAIN).catch((error: unknown) => {
      if (asked === 5) throw error;
      return undefined;
    });
    if (started !== undefined) return;
  }
}

async function backToFleet(terminal: Tmux): Promise<void> {
  await terminal.press('Escape');
  await terminal.see(/› Fleet /);
}
