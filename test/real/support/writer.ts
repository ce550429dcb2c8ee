import type { Host } from '../../hosts/hosts.ts';

/** A unit that runs a program of its own; journald takes all it says. */
export function writerUnit(file: string, user = 'deploy'): string {
  return [
    '[Service]',
    // so that whoever starts it waits for its end
    'Type=oneshot',
    `User=${user}`,
    `ExecStart=/usr/bin/node ${file} %H`,
    // an interval of 0 would be no limit, but is never told to journald
    'LogRateLimitIntervalSec=1s',
    'LogRateLimitBurst=1000000',
    '',
  ].join('\n');
}

/** A program that writes `<host> <n>` for n from 1 to `count`, so many a second. */
export function numberedLines({ count, perSecond }: { readonly count: number; readonly perSecond: number }): string {
  return `
    const host = process.argv[2];
    const began = performance.now();
    let n = 0;
    const timer = setInterval(() => {
      const due = Math.min(${count}, Math.floor(((performance.now() - began) * ${perSecond}) / 1000));
      let text = '';
      while (n < due) text += host + ' ' + (n += 1) + '\\n';
      process.stdout.write(text);
      if (n === ${count}) clearInterval(timer);
    }, 10);`;
}

/** Puts a program where a unit finds it, readable for everybody. */
export async function place(hosts: readonly Host[], file: string, text: string): Promise<void> {
  await Promise.all(hosts.map((host) => host.writeFile(file, text)));
}
