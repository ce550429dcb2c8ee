import type { DrawnApp } from './drawn.ts';
import type { AppOptions } from './app.ts';

/** The instance's log says so; nothing when nobody follows it. */
export function say(app: DrawnApp, instance: string, ...lines: readonly string[]): void {
  followOf(app, instance)?.say(instance, ...lines);
}

/** So many lines of it at once: "new 0", "new 1", … */
export function flood(app: DrawnApp, instance: string, { count, word }: { count: number; word: string }): void {
  for (let from = 0; from < count; from += 10_000) {
    const length = Math.min(10_000, count - from);
    say(app, instance, ...Array.from({ length }, (_, index) => `${word} ${from + index}`));
  }
}

export function followOf(app: DrawnApp, instance: string) {
  return app.session.follows.findLast((one) => one.instances.includes(instance) && !one.isOver);
}

/** The keys that type a text. */
export function letters(text: string): readonly string[] {
  return Array.from(text);
}

/** A few lines of every host, as programs write them. */
async function talking(app: DrawnApp): Promise<void> {
  await app.press('g', 'L');
  await app.press('0');
  await app.align();
  say(app, 'bot.1@fra-1', '{"level":30,"time":1795262400000,"msg":"listening on 5001","release":"1f0755f"}');
  say(app, 'bot.2@fra-1', 'level=info msg="42 guilds" shard=2');
  say(app, 'bot.1@fra-2', '2026-11-21 12:00:01 WARN the gateway answered after 4012 ms');
  await app.clock.advance(1000);
  say(app, 'bot.2@fra-2', '{"level":50,"err":{"type":"TypeError","message":"guild is undefined"},"msg":"tick failed"}');
  say(app, 'bot.1@hel-1', '<3>out of file descriptors', 'a line that does not say how bad it is');
  say(app, 'bot.2@hel-1', `{"level":20,"msg":"cache","keys":"${'0123456789'.repeat(30)}"}`);
  const instance = 'bot.2@hel-1';
  const why = `${instance}: no right to read the journal of bot@2. Add deploy to the group systemd-journal.`;
  followOf(app, instance)!.trouble(instance, 'refused', why);
  await app.settle();
}

async function paused(app: DrawnApp): Promise<void> {
  await talking(app);
  await app.press(' ', 'k', 'k');
  for (let i = 0; i < 1284; i += 1) say(app, 'bot.1@fra-1', `{"level":30,"msg":"tick ${i}"}`);
  await app.settle();
}

const evil = '\u001b]52;c;aGFja2Vk\u0007\u001b[2J\u202eevil\u0000\r';

export const LOG_SCENES: Readonly<
  Record<string, { options?: AppOptions; shows: string; play: (app: DrawnApp) => Promise<void> }>
> = {
  logs: { shows: 'following 5 of 6', play: talking },
  'logs-paused': { shows: 'paused – 1 284 new lines', play: paused },
  'logs-none': {
    shows: 'no line matches',
    play: async (app) => {
      await talking(app);
      await app.press('/', 'z', 'z', 'z', 'enter');
    },
  },
  'logs-found': {
    shows: 'find "tick"',
    play: async (app) => {
      await talking(app);
      await app.press('f', ...letters('tick'), 'enter', 'N', 't', 'w');
    },
  },
  'logs-beside': {
    shows: 'bot.1@fra-2',
    play: async (app) => {
      await talking(app);
      say(app, 'bot.1@fra-1', 'level=info msg="tick 1"', 'level=error msg="no guild"', 'level=info msg="tick 2"');
      say(app, 'bot.1@fra-2', 'level=info msg="tick 1"', 'level=info msg="tick 2"');
      await app.press('1', 'g', 'c');
    },
  },
  'logs-line': {
    shows: 'as it came',
    play: async (app) => {
      await talking(app);
      await app.press('E', 'E', 'enter');
    },
  },
  'logs-hostile': {
    shows: '東京',
    play: async (app) => {
      await app.press('g', 'L', '0');
      await app.align();
      say(app, 'bot.1@fra-1', evil, `東京${'配備'.repeat(200)}`, '', '\t\ttabs', `${'é'.repeat(300)}${evil}`);
      say(app, 'bot.1@hel-1', `ERROR ${'x'.repeat(1_000_000)}`, '{"level":', '{"level":{"a":1},"\\u001b[2J":null}');
      await app.settle();
    },
  },
};
