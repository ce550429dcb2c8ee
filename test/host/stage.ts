import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type {
  HealthSettings,
  InstanceSettings,
  PrepareSettings,
  ServiceSettings,
  SharedSettings,
} from '../../src/config/settings.ts';
import { instanceVariables } from '../../src/host/instance-variables.ts';
import { formatLedger } from '../../src/host/records.ts';
import type { Variables } from '../../src/host/request.ts';
import type { LockOwner } from '../../src/host/state.ts';
import type { InstanceHooks, LockOptions, WorkerFrame } from '../../src/host/verbs.ts';
import type { ReceiveAnswer, ReceiveOptions } from '../../src/host/receiving.ts';
import { delta } from '../../src/release/delta.ts';
import { hashTree } from '../../src/release/hash-tree.ts';
import type { Manifest } from '../../src/release/manifest.ts';
import type { Codec } from '../../src/release/compress.ts';
import { packPayload } from '../../src/release/payload.ts';
import type { LocalHost } from '../support/local-host.ts';

/** Release ids, oldest first. */
export const ONE = '20261121T114201Z-1111111';
export const TWO = '20261121T114202Z-2222222';
export const THREE = '20261121T114203Z-3333333';

export const NOTHING_SHARED: SharedSettings = { files: [], dirs: [] };
export const NO_HOOKS: InstanceHooks = { beforeSwitch: [], afterSwitch: [], timeoutMs: 60_000 };
export const NEVER = new AbortController().signal;

export function owner(rollout: string, more: Partial<LockOwner> = {}): LockOwner {
  return {
    rollout,
    who: 'ana@laptop',
    since: 1_795_000_000_000,
    why: `deploy ${rollout}`,
    state: 'held',
    machine: 'm1',
    boot: 'b1',
    pid: 1,
    ...more,
  };
}

export function lockOptions(rollout: string, more: Partial<LockOptions> = {}): LockOptions {
  return { owner: owner(rollout), app: 'greeter', stage: 'test', history: '', ...more };
}

/** Takes the lock for rollout `r1`, which makes slipway's folders. */
export async function begin(host: LocalHost, rollout = 'r1'): Promise<void> {
  const answer = await host.client.lock(lockOptions(rollout));
  if (answer.type !== 'taken') throw new Error(`locked: ${JSON.stringify(answer)}`);
}

/** Content, or where a link points, or content that can be executed. */
export type Files = Readonly<Record<string, string | { readonly link: string } | { readonly program: string }>>;

export interface Built extends AsyncDisposable {
  readonly tree: string;
  readonly manifest: Manifest;
}

export async function build(near: { readonly deployTo: string }, files: Files): Promise<Built> {
  const tree = await mkdtemp(join(dirname(near.deployTo), 'built-'));
  for (const [path, content] of Object.entries(files)) {
    const file = join(tree, path);
    await mkdir(dirname(file), { recursive: true });
    if (typeof content === 'string') await writeFile(file, content);
    else if ('link' in content) await symlink(content.link, file);
    else {
      await writeFile(file, content.program);
      await chmod(file, 0o755);
    }
  }
  return built(tree);
}

async function built(tree: string): Promise<Built> {
  return {
    tree,
    manifest: await hashTree(tree, { exclude: [] }),
    [Symbol.asyncDispose]: () => rm(tree, { recursive: true, force: true }),
  };
}

export interface Sending {
  readonly release: string;
  readonly base?: { readonly release: string; readonly manifest: Manifest; readonly tree?: string };
  /** Paths of the base that are known to be something else. */
  readonly damaged?: readonly string[];
  readonly codec?: Codec;
  /** Paths that arrived before. */
  readonly had?: readonly string[];
  readonly more?: Partial<ReceiveOptions>;
  readonly shared?: SharedSettings;
  readonly prepare?: readonly PrepareSettings[];
  readonly rollout?: string;
  /** What the wire makes of the payload. */
  readonly garble?: (payload: Buffer) => Buffer;
}

/** Packs and sends a release as a rollout does, and it has to be taken. */
export async function send(host: LocalHost, built: Omit<Built, never>, sending: Sending): Promise<void> {
  const answer = await transmit(host, built, sending);
  if (answer.type !== 'received') throw new Error(`not received: ${JSON.stringify(answer)}`);
}

/** The same, with whatever is answered. */
export async function transmit(host: LocalHost, built: Omit<Built, never>, sending: Sending): Promise<ReceiveAnswer> {
  return host.client.receive(await sendOptions(host, built, sending));
}

export async function sendOptions(
  near: { readonly deployTo: string },
  { tree, manifest }: Omit<Built, never>,
  sending: Sending,
): Promise<ReceiveOptions> {
  const { release, base, shared = NOTHING_SHARED, prepare = [], rollout = 'r1', garble, codec, had, more } = sending;
  const change = delta(base?.manifest, manifest, new Set(sending.damaged));
  const payload = await packPayload({
    artifact: { tree, manifest, origin: { type: 'dir', dir: tree } },
    delta: change,
    base: base?.manifest,
    baseTree: base?.tree,
    codec,
    kept: had && new Set(had),
    workDir: join(dirname(near.deployTo), 'payloads'),
  });
  const content = await buffer(payload.open());
  const wire = garble ? garble(content) : content;
  return {
    rollout,
    release,
    base: base?.release,
    gone: change.gone.length,
    digest: manifest.digest,
    ledger: ledgerOf(release, manifest.digest),
    shared,
    prepare,
    upload: uploadOf(manifest),
    whenCut: 'discard',
    codec: payload.codec,
    against: payload.against,
    payload: () => Readable.from([wire], { objectMode: false }),
    bytes: wire.length,
    signal: NEVER,
    ...more,
  };
}

export function uploadOf({ digest }: Manifest): string {
  return digest.slice(0, 16);
}

export function ledgerOf(release: string, digest: string): string {
  const facts = { status: 'preparing' as const, sequence: Number(release.slice(9, 15)), revision: undefined };
  return formatLedger({ ...facts, subject: 'x', digest, by: 'ana', at: 1, recipe: '' });
}

const GREETER = join(import.meta.dirname, '../../examples/greeter');

/** A release of the greeter that behaves as its switches say. */
export async function greeter(near: LocalHost, switches: object = {}): Promise<Built> {
  const tree = await mkdtemp(join(dirname(near.deployTo), 'greeter-'));
  for (const name of ['server.js', 'switches.js', 'release.js', 'log.js', 'work.js', 'metrics.js', 'package.json']) {
    await cp(join(GREETER, name), join(tree, name));
  }
  await cp(join(GREETER, 'ctl.sh'), join(tree, 'ctl.sh'));
  await writeFile(join(tree, 'greeter.json'), JSON.stringify({ greetEveryMs: 0, ...switches }));
  return built(tree);
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export const CTL: ServiceSettings = {
  type: 'command',
  start: 'sh ctl.sh start',
  stop: 'sh ctl.sh stop',
  status: 'sh ctl.sh status',
  pidFile: 'bot.pid',
};

export interface BotOptions {
  readonly name?: string;
  readonly port?: number;
  readonly service?: ServiceSettings;
  readonly health?: Partial<HealthSettings>;
}

/** An instance with the patience of a test. */
export function bot({ name = 'bot.1', port = 1, service = CTL, health = {} }: BotOptions = {}): InstanceSettings {
  const url = `http://127.0.0.1:${port}/healthz`;
  return {
    id: `${name}@local-1`,
    name,
    role: 'bot',
    slot: undefined,
    number: Number(name.split('.').at(-1)),
    host: 'local-1',
    port,
    exclusive: false,
    service,
    health: {
      probe: { type: 'http', url, status: undefined, body: undefined },
      intervalMs: 100,
      timeoutMs: 3000,
      minHealthyMs: 200,
      deadlineMs: 20_000,
      ...health,
    },
    log: undefined,
    metrics: undefined,
  };
}

export function envOf(instance: InstanceSettings, release: string): string {
  return release === '' ? '' : `PORT="${instance.port ?? 0}"\nSLIPWAY_RELEASE="${release}"`;
}

export interface Changing {
  readonly to: string;
  readonly from?: string;
  readonly act?: 'update' | 'retire';
  readonly rollout?: string;
  readonly turn?: number;
  readonly task?: Variables;
  readonly hooks?: InstanceHooks;
  /** Called with each frame as it comes. */
  readonly onFrame?: (frame: WorkerFrame) => void;
}

export interface Changed {
  readonly frames: readonly WorkerFrame[];
  /** `["updated", "proven"]`: the fields of the worker's last word. */
  readonly end: readonly string[] | undefined;
  /** The states it went through. */
  readonly states: readonly string[];
}

/** Starts the worker of an instance and follows it to its end. */
export async function change(host: LocalHost, instance: InstanceSettings, changing: Changing): Promise<Changed> {
  const { to, from = '', rollout = 'r1', turn = 0, onFrame } = changing;
  const frames: WorkerFrame[] = [];
  await host.client.activate({
    rollout,
    instance: instance.name,
    turn,
    task: taskOf(instance, changing, { to, from }),
    hooks: changing.hooks ?? NO_HOOKS,
    where: 'detached',
    onFrame: (frame) => {
      frames.push(frame);
      onFrame?.(frame);
    },
  });
  return summary(frames);
}

/** The variables of a worker. */
export function taskOf(
  instance: InstanceSettings,
  { act = 'update', turn = 0, task = {} }: Omit<Changing, 'to'>,
  way: Way,
): Variables {
  return {
    ...instanceVariables(instance),
    act,
    release: way.to,
    expect: way.from,
    env: envOf(instance, way.to),
    env_old: envOf(instance, way.from),
    service_line: JSON.stringify(instance.service),
    seq0: turn * 1_000_000,
    path_prefix: '',
    ...task,
  };
}

interface Way {
  readonly to: string;
  readonly from: string;
}

export function summary(frames: readonly WorkerFrame[]): Changed {
  return {
    frames,
    end: frames.findLast(({ kind }) => kind === 'end')?.fields,
    states: frames.filter(({ kind }) => kind === 'state').map(({ fields }) => fields[0] ?? ''),
  };
}
