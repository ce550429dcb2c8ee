import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdtemp, mkdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

const source = join(import.meta.dirname, '../../examples/greeter');

/** The environment without what would tell a bot how to behave, and with this very node first in PATH. */
export const plainEnv = {
  ...Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(GREETER_|SLIPWAY_|PORT$)/.test(key))),
  PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
};

/** A release of the greeter with an instance's link to it, as on a host. */
export interface Installed {
  root: string;
  /** `instances/bot.1/current`, a link to the release */
  current: string;
  remove(): Promise<void>;
}

/** Lays out `releases/<id>` and `instances/bot.1/current`; a text of switches becomes the release's greeter.json as it is. */
export async function install(switches: object | string, id = '20261121T114205Z-1f0755f'): Promise<Installed> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'greeter-')));
  const release = join(root, 'releases', id);
  const current = join(root, 'instances/bot.1/current');
  await cp(source, release, { recursive: true });
  const text = typeof switches === 'string' ? switches : JSON.stringify(switches);
  await writeFile(join(release, 'greeter.json'), text);
  await mkdir(dirname(current), { recursive: true });
  await symlink(`../../releases/${id}`, current);
  return { root, current, remove: () => rm(root, { recursive: true, force: true }) };
}

/** One line of the bot's log. */
export type Line = { level: number; msg: string } & Record<string, unknown>;

/** A greeter process and what it said. */
export class Greeter {
  readonly lines: Line[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();

  constructor(cwd: string, env: Record<string, string>) {
    this.child = spawn(process.execPath, ['server.js'], {
      cwd,
      env: { ...plainEnv, PORT: '0', ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: this.child.stdout! }).on('line', (text) => {
      this.lines.push(JSON.parse(text) as Line);
      this.waiting.forEach((look) => {
        look();
      });
    });
    this.exited = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  /** Resolves with the first line, past or future, that fits; rejects when the bot ends without it. */
  line(fits: (line: Line) => boolean): Promise<Line> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.lines.find(fits);
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
      void this.exited.then(() => {
        reject(new Error(`the bot ended; it said ${JSON.stringify(this.lines)}`));
      });
    });
  }

  /** Where it listens, once it does. */
  async url(path: string): Promise<string> {
    const { address } = await this.line(({ msg }) => msg === 'listening');
    return `http://127.0.0.1:${(address as { port: number }).port}${path}`;
  }

  async get(path: string): Promise<Response> {
    return fetch(await this.url(path));
  }

  /** One number of /metrics. */
  async metric(name: string): Promise<number> {
    const text = await (await this.get('/metrics')).text();
    const value = new RegExp(`^${name}(?:\\{.*\\})? (.+)$`, 'm').exec(text)?.[1];
    if (value === undefined) throw new Error(`no ${name} in ${text}`);
    return Number(value);
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}
