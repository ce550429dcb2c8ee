import cliTruncate from 'cli-truncate';
import type { Lookout } from '../../analysis/lookout.ts';
import { sanitise } from '../../base/sanitise.ts';
import type { LookoutNews } from '../../rollout/keep-lookout.ts';
import { announce, type CliContext, say, sayJson } from '../context.ts';
import { alertFacts, hostFacts, sampleFacts } from '../report/watch-json.ts';
import { eventLine, hostLine, lookoutLines, sampleLine } from '../report/watch.ts';
import { spokenChanges, spokenEvent } from '../report/plain-watch.ts';

/** Says what is seen, in the form that whoever looks can read. */
export interface Onlooker {
  see(news: LookoutNews): void;
  /** All there is to see, once. */
  show(lookout: Lookout): void;
  close(): void;
}

interface Looks {
  readonly stage: string;
  readonly json: boolean;
}

export function onlookerFor(context: CliContext, { stage, json }: Looks): Onlooker {
  if (json) return jsonOnlooker(context, stage);
  if (context.voice === 'sentences') return sentencesOnlooker(context);
  return context.stdout.isTTY ? tableOnlooker(context) : linesOnlooker(context);
}

/** A line for every sample, and one for every alert. */
function linesOnlooker(context: CliContext): Onlooker {
  const disks = new Map<string, string>();
  return {
    see: ({ lookout, events, cause }) => {
      if (cause.type === 'missed') say(context, `! ${cause.host}: ${cause.reason}`);
      if (cause.type === 'heard') {
        const host = lookout.hosts.get(cause.host)!;
        // a disk that stays as it is needs no line for every sample
        const words = hostLine(cause.host, host);
        const what = words.slice(words.indexOf(' '));
        if (disks.get(cause.host) !== what) say(context, words);
        disks.set(cause.host, what);
        for (const [id, latest] of latestOn(lookout, cause.host)) say(context, sampleLine(id, latest));
      }
      events.forEach((event) => say(context, eventLine(event)));
    },
    show: (lookout) => lookoutLines(lookout).forEach((line) => say(context, line)),
    close: () => undefined,
  };
}

function jsonOnlooker(context: CliContext, stage: string): Onlooker {
  const sayHost = (lookout: Lookout, host: string) => {
    sayJson(context, hostFacts({ stage, host }, lookout.hosts.get(host)!));
    for (const [id, latest] of latestOn(lookout, host)) sayJson(context, sampleFacts({ stage, host }, id, latest));
  };
  const sayTrouble = (host: string, message: string) =>
    sayJson(context, { v: 1, type: 'trouble', stage, host, message });
  return {
    see: ({ lookout, events, cause }) => {
      if (cause.type === 'missed') sayTrouble(cause.host, cause.reason);
      if (cause.type === 'heard') sayHost(lookout, cause.host);
      events.forEach((event) => sayJson(context, alertFacts(stage, event)));
    },
    show: (lookout) => {
      for (const [host, { trouble }] of lookout.hosts)
        if (trouble === undefined) sayHost(lookout, host);
        else sayTrouble(host, trouble);
    },
    close: () => undefined,
  };
}

/** Only what has changed is said. */
function sentencesOnlooker(context: CliContext): Onlooker {
  let before: Lookout | undefined;
  return {
    see: ({ lookout, events, cause }) => {
      if (cause.type === 'missed') announce(context, `${cause.host} tells nothing: ${cause.reason}`);
      spokenChanges(before, lookout).forEach((words) => announce(context, words));
      events.forEach((event) => announce(context, spokenEvent(event)));
      before = lookout;
    },
    show: (lookout) => spokenChanges(undefined, lookout).forEach((words) => announce(context, words)),
    close: () => undefined,
  };
}

const BELL = '\u0007';

/** A table that is drawn again in its place; alerts stay above it, and ring once when they trip. */
function tableOnlooker(context: CliContext): Onlooker {
  const { stdout } = context;
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) stdout.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  const draw = (lookout: Lookout) => {
    // a terminal that does not say how large it is says 0
    const [width, rows] = [stdout.columns || 80, stdout.rows || 24];
    const lines = lookoutLines(lookout);
    // what has scrolled away could not be drawn again
    const fitting =
      lines.length < rows ? lines : [...lines.slice(0, rows - 2), `… and ${lines.length - rows + 2} more lines`];
    for (const line of fitting) stdout.write(`${cliTruncate(sanitise(line), width - 1)}\n`);
    drawn = fitting.length;
  };
  return {
    see: ({ lookout, events }) => {
      erase();
      events.forEach((event) => say(context, eventLine(event)));
      if (events.some(({ type }) => type === 'tripped')) stdout.write(BELL);
      draw(lookout);
    },
    show: draw,
    close: () => undefined,
  };
}

function latestOn({ settings, vitals, hosts }: Lookout, host: string) {
  const heardAt = hosts.get(host)?.heardAt;
  return settings.instances.flatMap(({ id, host: its }) => {
    const latest = its === host ? vitals.instances.get(id)?.latest : undefined;
    // one that was left out of this sample has said nothing new
    return latest && latest.heardAt === heardAt ? [[id, latest] as const] : [];
  });
}
