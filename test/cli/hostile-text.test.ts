import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HOSTILE, HOSTILE_BYTES, TURNED, unsafeIn, unsafeInJson } from './support/hostile.ts';
import { runHere } from './support/in-process.ts';
import { type Ran, type Site, startSite } from './support/site.ts';

/** As lines, as JSON and as sentences. */
const VOICES: readonly (readonly string[])[] = [[], ['--json'], ['--plain']];

let site: Site;
let told: string[] = [];
beforeAll(async () => {
  const noise = `printf 'marked log ${HOSTILE_BYTES}\\n'`;
  site = await startSite({
    source: { git: '.', exclude: ['hosts.json'], build: [`printf 'marked build ${HOSTILE_BYTES}\\n' # ${TURNED}`] },
    prepare: [{ run: `printf 'marked prepare ${HOSTILE_BYTES}\\n' # ${TURNED}` }],
    hooks: {
      release: [`printf 'marked hook ${HOSTILE_BYTES}\\n'; [ ! -e broken-hook ] # ${TURNED}\n`],
      afterSwitch: [`true # ${TURNED}`],
      afterRollout: [`printf 'marked end ${HOSTILE_BYTES}\\n'; false # ${TURNED}`],
    },
    roles: {
      web: {
        service: {
          start: `${noise} >>"$LOG_FILE"; touch "$LOG_FILE.runs"`,
          stop: 'rm -f "$LOG_FILE.runs"',
          status: '[ -e "$LOG_FILE.runs" ] || exit 3',
        },
        health: {
          command: '[ ! -e sick ]',
          minHealthyTime: '0s',
          // what was good has to be so again when the machine is busy, too
          timeout: '2s',
          healthyDeadline: '3s',
          interval: '100ms',
        },
      },
    },
    rollout: { batch: '100%', maxUnavailable: '100%' },
  });
  commit({ text: 'one' });
  const ran = await runHere(site, 'deploy', 'staging', '--yes');
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
}, 60_000);
afterAll(() => site[Symbol.asyncDispose]());
afterEach(() => void (told = []));

function commit(files: Readonly<Record<string, string>>, subject = `marked subject ${HOSTILE}`): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(site.folder, name), text);
  const author = ['-c', `user.name=marked author ${TURNED}`, '-c', 'user.email=eve@example.org'];
  const git = (...args: readonly string[]) =>
    execFileSync('git', [...author, ...args], { cwd: site.folder, stdio: 'pipe' });
  git('add', '-A', ...Object.keys(files));
  git('commit', '-qm', subject);
}

const LONG = { timeout: 120_000 };
const at = (path: string) => join(site.fleet.hosts[0]!.home, 'app-staging', path);

/** A file of JSON on the host with other facts in it. */
function taint(path: string, facts: Readonly<Record<string, unknown>>): void {
  const before = JSON.parse(readFileSync(at(path), 'utf8')) as object;
  writeFileSync(at(path), `${JSON.stringify({ ...before, ...facts })}\n`);
}

async function inEveryVoice(...args: readonly string[]): Promise<readonly Ran[]> {
  const all: Ran[] = [];
  for (const voice of VOICES) all.push(await safely(...args, ...voice));
  return all;
}

/** As lines and as JSON: sentences are made of the same. */
async function mistaken(...args: readonly string[]): Promise<void> {
  await safely(...args);
  await safely(...args, '--json');
}

async function safely(...args: readonly string[]): Promise<Ran> {
  const ran = await runHere(site, ...args);
  told.push(ran.stdout, ran.stderr);
  const leak = args.includes('--json') ? unsafeInJson(ran.stdout) : unsafeIn(ran.stdout);
  expect.soft({ args, leak: leak ?? unsafeIn(ran.stderr) }).toEqual({ args, leak: undefined });
  return ran;
}

const said = () => told.join('\n');

describe('no control byte and nothing that turns text around comes out', LONG, () => {
  it('of commits, builds, steps and hooks in a plan and in a rollout', async () => {
    for (const voice of VOICES) {
      commit({ text: `two ${voice.join('')}` });
      const { code } = await safely(
        'deploy',
        'staging',
        '--yes',
        '-m',
        `marked why ${HOSTILE}`,
        '--irreversible',
        ...voice,
      );
      expect(code).toBe(0);
    }
    await safely('deploy', 'staging', '--restart', '--dry-run', '--json');
    for (const mark of ['subject', 'build', 'prepare', 'hook', 'end', 'why'])
      expect(said()).toContain(`marked ${mark} `);
  });

  it('of a hook that fails, and of the log of an instance that does not become healthy', async () => {
    for (const voice of VOICES) {
      commit({ text: `three ${voice.join('')}`, 'broken-hook': '' });
      expect((await safely('deploy', 'staging', '--yes', ...voice)).code).not.toBe(0);
    }
    execFileSync('git', ['rm', '-q', 'broken-hook'], { cwd: site.folder });
    for (const voice of VOICES.slice(0, 2)) {
      commit({ text: `four ${voice.join('')}`, sick: '' });
      expect((await safely('deploy', 'staging', '--yes', ...voice)).code).toBe(4);
    }
    execFileSync('git', ['rm', '-q', 'sick'], { cwd: site.folder });
    expect(said()).toContain('marked log ');
  });

  it('of mistakes in arguments and in hosts.json', async () => {
    await mistaken('deploy', 'staging', '--yes', '--ref', `marked ref ${HOSTILE}`);
    await mistaken('deploy', 'staging', '--yes', '--only', `marked host ${HOSTILE}`);
    await mistaken('deploy', 'staging', '--yes', '--dir', `marked dir ${HOSTILE}`);
    await mistaken('rollback', 'staging', '--yes', '--to', `marked release ${HOSTILE}`);
    await mistaken('status', `marked stage ${HOSTILE}`);
    await mistaken('status', 'staging', '--config', `marked file ${HOSTILE}`);
    await mistaken('retry', 'staging', `marked instance ${HOSTILE}`);
    await mistaken('skip', 'staging', `marked skipped ${HOSTILE}`);
    await mistaken('analyze', 'staging', '--rollout', `marked rollout ${HOSTILE}`);
    await safely('deploy', 'staging', '--strategy', `marked strategy ${HOSTILE}`);
    await safely(`marked command ${HOSTILE}`, 'staging');
    await safely('status', 'staging', `--marked${HOSTILE}`);
    writeFileSync(
      join(site.folder, 'other.json'),
      `{"app": "marked app ${HOSTILE.replaceAll('\n', '')}", "x${TURNED}": 1}`,
    );
    await mistaken('status', 'staging', '--config', 'other.json');
    for (const mark of [
      'ref',
      'host',
      'dir',
      'release',
      'stage',
      'file',
      'instance',
      'skipped',
      'strategy',
      'command',
    ]) {
      expect(said()).toContain(`marked ${mark}`);
    }
  });

  it('of the ledger, the audit trail and leftovers on a host', async () => {
    for (const name of readdirSync(at('.slipway/ledger')).filter((one) => one.endsWith('.json'))) {
      const facts = { subject: `marked ledger ${HOSTILE}`, by: `marked maker ${HOSTILE}`, recipe: `r${HOSTILE}` };
      taint(`.slipway/ledger/${name}`, { ...facts, revision: `v${HOSTILE}`, irreversible: `marked undo ${HOSTILE}` });
    }
    const record = {
      at: 1,
      by: `marked by ${HOSTILE}`,
      what: `w${HOSTILE}`,
      outcome: `o${HOSTILE}`,
      why: `marked because ${HOSTILE}`,
    };
    writeFileSync(at('.slipway/history.ndjson'), `${JSON.stringify({ ...record, release: `r${HOSTILE}` })}\n`, {
      flag: 'a',
    });
    execFileSync('sh', ['-c', 'mkdir -p instances/web.7; ln -s ../../releases/x instances/web.7/current'], {
      cwd: at(''),
    });
    writeFileSync(at('instances/web.7/service'), `${JSON.stringify({ marked: `leftover ${HOSTILE}` })}\n`);
    await inEveryVoice('status', 'staging');
    await inEveryVoice('releases', 'staging');
    await inEveryVoice('history', 'staging');
    await inEveryVoice('reconcile', 'staging', '--dry-run');
    await inEveryVoice('rollback', 'staging', '--dry-run');
    await inEveryVoice('rollback', 'staging', '--dry-run', '--force-irreversible');
    execFileSync('rm', ['-r', at('instances/web.7')]);
    for (const mark of ['ledger', 'maker', 'undo', 'by', 'because']) expect(said()).toContain(`marked ${mark} `);
  });

  it('of a lock, and of what a rollout that nobody runs any more has left', async () => {
    const { rollout } = JSON.parse(site.read(0, '.slipway/history.ndjson').split('\n')[0]!) as { rollout: string };
    const folder = `.slipway/rollouts/${rollout}`;
    const plan = JSON.parse(site.read(0, `${folder}/plan.json`)) as { release: object };
    const release = { ...plan.release, subject: `marked frozen ${HOSTILE}`, irreversible: `marked forever ${HOSTILE}` };
    writeFileSync(at(`${folder}/plan.json`), `${JSON.stringify({ ...plan, release })}\n`);
    const paused = { type: 'rollout.paused', reasons: ['manual'], reason: `marked pause ${HOSTILE}` };
    const line = { v: 1, source: 'controller', seq: 900, t: 1, rollout, ...paused };
    writeFileSync(at(`${folder}/events.ndjson`), `${JSON.stringify(line)}\n`, { flag: 'a' });
    const owner = {
      rollout,
      who: `marked owner ${HOSTILE}`,
      since: 1,
      why: `marked reason ${HOSTILE}`,
      state: 'paused',
      machine: `m${HOSTILE}`,
      boot: `b${HOSTILE}`,
      pid: 1,
    };
    const lock = () => {
      execFileSync('mkdir', ['-p', at('.slipway/lock')]);
      writeFileSync(at('.slipway/lock/owner.json'), `${JSON.stringify(owner)}\n`);
    };
    lock();
    await inEveryVoice('status', 'staging');
    await inEveryVoice('deploy', 'staging', '--dry-run');
    await inEveryVoice('doctor', 'staging');
    await inEveryVoice('reconcile', 'staging', '--yes');
    await inEveryVoice('unlock', 'staging');
    for (const verb of ['pause', 'abort', 'resume']) await inEveryVoice(verb, 'staging');
    for (const way of ['--continue', '--rollback']) await inEveryVoice('resume', 'staging', way, '--dry-run');
    await inEveryVoice('approve', 'staging', '--dry-run', '-m', `marked approval ${HOSTILE}`);
    for (const voice of VOICES) {
      lock();
      expect((await safely('resume', 'staging', '--accept', '--yes', ...voice)).code).toBe(0);
      expect((await safely('lock', 'staging', '-m', `marked message ${HOSTILE}`, ...voice)).code).toBe(0);
      await safely('deploy', 'staging', '--yes', '--restart', ...voice);
      expect((await safely('unlock', 'staging', '-m', `marked unlock ${HOSTILE}`, ...voice)).code).toBe(0);
    }
    await inEveryVoice('history', 'staging');
    for (const mark of ['owner', 'reason', 'message', 'unlock']) expect(said()).toContain(`marked ${mark} `);
  });

  it('of a folder that says it belongs to another app, and of a journal', async () => {
    const rollout = '20261121T114205Z-1f0755';
    execFileSync('mkdir', ['-p', at(`.slipway/rollouts/${rollout}`)]);
    writeFileSync(
      at(`.slipway/rollouts/${rollout}/events.ndjson`),
      `${JSON.stringify(watched(rollout))}\n${JSON.stringify(judged(rollout))}\n`,
    );
    await inEveryVoice('analyze', 'staging', '--rollout', rollout);
    const app = readFileSync(at('.slipway/app.json'), 'utf8');
    writeFileSync(at('.slipway/app.json'), `marked folder ${HOSTILE}\n`);
    await inEveryVoice('status', 'staging');
    await inEveryVoice('doctor', 'staging');
    await inEveryVoice('deploy', 'staging', '--yes');
    await inEveryVoice('slipway', 'staging');
    writeFileSync(at('.slipway/app.json'), app);
    for (const mark of ['folder', 'verdict', 'role']) expect(said()).toContain(`marked ${mark} `);
  });
});

const HEAD = { v: 1, source: 'controller', t: 2 };

function watched(rollout: string) {
  const roles = [
    { role: `marked role ${HOSTILE}`, canaries: [`c${HOSTILE}`], baselines: [`b${HOSTILE}`], against: 'others' },
  ];
  return {
    ...HEAD,
    rollout,
    seq: 1,
    type: 'analysis.started',
    began: 1,
    until: 9,
    release: `r${HOSTILE}`,
    sampleEveryMs: 1,
    roles,
  };
}

function judged(rollout: string) {
  const finding = {
    metric: 'latency',
    weight: 'critical',
    outcome: 'fail',
    canary: `c${HOSTILE}`,
    baseline: `b${HOSTILE}`,
    threshold: `t${HOSTILE}`,
    why: `w${HOSTILE}`,
    n: [1, 2],
  };
  const look = { verdict: 'Failed', reason: `marked verdict ${HOSTILE}`, findings: [finding] };
  return {
    ...HEAD,
    rollout,
    seq: 2,
    type: 'analysis.verdict',
    role: `marked role ${HOSTILE}`,
    canaries: [`c${HOSTILE}`],
    baselines: [],
    look,
  };
}
