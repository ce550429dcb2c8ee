import type { Plan, Step } from '../../../src/rollout/plan.ts';
import { canary } from './canary-scene.ts';
import type { DrawnApp } from './drawn.ts';
import { NEW, OLD, plan } from './fleet.ts';
import { Teller } from './rollout-teller.ts';
import type { Scene } from './scene.ts';

export async function rolling(app: DrawnApp): Promise<void> {
  await app.startRollout();
  await app.align();
  const { rollout } = app;
  rollout.tell({ type: 'rollout.planned', plan: plan() });
  rollout.tell({ type: 'rollout.started' });
  rollout.tell({ type: 'rollout.phase', phase: 'Staging', reason: '' });
  rollout.tell({ type: 'rollout.step', index: 1, of: 8, title: 'send and prepare' });
  for (const host of ['fra-1', 'fra-2']) rollout.tell({ type: 'sync.progress', host, sent: 0, total: 14_200 });
  await app.clock.advance(1000);
  rollout.tell({ type: 'sync.progress', host: 'fra-1', sent: 4200, total: 14_200 });
  rollout.tell({ type: 'sync.progress', host: 'fra-2', sent: 14_200, total: 14_200 });
  rollout.tell({ type: 'prepare.started', host: 'fra-2', run: 'npm ci --omit=dev' });
  rollout.tell({ type: 'hook.output', host: 'fra-2', line: 'added 62 packages in 2s' });
}

export async function verifying(app: DrawnApp): Promise<void> {
  await rolling(app);
  await app.align();
  const { rollout, clock } = app;
  for (const host of ['fra-1', 'fra-2', 'hel-1'])
    rollout.tell({ type: 'host.ready', host, release: NEW, reused: false });
  rollout.tell({ type: 'rollout.phase', phase: 'Progressing', reason: '' });
  rollout.tell({ type: 'rollout.step', index: 2, of: 8, title: 'update bot.1@fra-1' });
  const first = { type: 'instance.state', instance: 'bot.1@fra-1', release: NEW, reason: '' } as const;
  rollout.tell({ ...first, state: 'updated', proof: 'proven' }, 'bot.1@fra-1');
  rollout.tell({ type: 'rollout.step', index: 3, of: 8, title: 'watch for 1m' });
  await clock.advance(60_000);
  rollout.tell({ type: 'rollout.step', index: 4, of: 8, title: 'update bot.2@fra-1' });
  const second = { ...first, instance: 'bot.2@fra-1' };
  rollout.tell({ ...second, state: 'verifying', deadline: clock.now() + 120_000 }, 'bot.2@fra-1');
  const sample = { healthy: true, outcome: '200', latencyMs: 12.4 };
  const probe = {
    type: 'probe.sample',
    instance: 'bot.2@fra-1',
    attempt: 4,
    sample,
    healthyMs: 4000,
    neededMs: 10_000,
  } as const;
  rollout.tell(probe, 'bot.2@fra-1');
  rollout.tell({ type: 'warning', host: 'fra-2', message: 'only 812 MB are free', mend: 'slipway prune production' });
  await app.settle();
  app.session.log?.say(
    app.session.log.instances[0]!,
    '{"level":30,"time":1795262400000,"msg":"listening on 5002","release":"1f0755f"}',
  );
  app.session.log?.say(app.session.log.instances[0]!, '{"level":30,"time":1795262401000,"msg":"42 guilds"}');
}

export async function rolledBack(app: DrawnApp): Promise<void> {
  await verifying(app);
  const { rollout } = app;
  const failed = { type: 'instance.state', instance: 'bot.2@fra-1', release: OLD } as const;
  rollout.tell({ ...failed, state: 'failed', reason: 'answered 500 until its deadline' }, 'bot.2@fra-1');
  rollout.tell({ ...failed, instance: 'bot.1@fra-1', state: 'reverted', reason: '' }, 'bot.1@fra-1');
  rollout.tell({ type: 'rollout.finished', phase: 'RolledBack', reason: 'bot.2@fra-1 failed', exitCode: 4 });
  const message = `bot.2@fra-1 answered 500 until its deadline; all that was updated is back on ${OLD}.`;
  rollout.end({ exitCode: 4, message, next: 'slipway releases production' });
}

/** Its second instance does not come up; the rollout waits for a person. */
async function failed(app: DrawnApp): Promise<void> {
  const planned = plan({ policy: { ...plan().policy, onFailure: 'pause' } });
  const teller = new Teller(app, planned);
  await teller.begin();
  const { rollout, clock } = app;
  teller.step(2, 'update bot.1@fra-1');
  teller.updates('bot.1@fra-1');
  await clock.advance(4000);
  teller.step(3, 'watch for 1m');
  rollout.tell({ type: 'bake.started', until: clock.now() + 60_000, instances: ['bot.1@fra-1'] });
  await clock.advance(60_000);
  rollout.tell({ type: 'bake.finished' });
  teller.step(4, 'update bot.2@fra-1');
  teller.updates('bot.2@fra-1', 'verifying');
  for (const answer of ['connection refused', 'connection refused', '500', '500'] as const) {
    teller.answers('bot.2@fra-1', [answer, answer === '500' ? 41 : undefined]);
    await clock.advance(1000);
  }
  teller.says('bot.2@fra-1', 'failed', {
    reason: 'it crashed 2 times: failed (failed), result exit-code, exit status 1',
  });
  for (const [part, lines] of Object.entries(EVIDENCE)) {
    rollout.tell({ type: 'instance.evidence', instance: 'bot.2@fra-1', part: part as 'exit', lines }, 'bot.2@fra-1');
  }
  teller.says('bot.2@fra-1', 'reverting', { reason: 'it crashed 2 times' });
  for (const phase of ['starting', 'verifying'] as const) teller.says('bot.2@fra-1', phase, { release: OLD });
  teller.says('bot.2@fra-1', 'reverted', { reason: 'it crashed 2 times' });
  const reason = 'bot.2@fra-1: it crashed 2 times: failed (failed), result exit-code, exit status 1';
  rollout.tell({ type: 'rollout.paused', reasons: ['failure'], reason, failed: ['bot.2@fra-1'] });
}

const EVIDENCE: Readonly<Record<string, readonly string[]>> = {
  exit: ['exit status 1', 'the journal: code=exited, status=1/FAILURE'],
  status: [
    'LoadState=loaded ActiveState=failed SubState=failed Result=exit-code ExecMainCode=1 ExecMainStatus=1 NRestarts=2',
  ],
  ports: ['none: it does not run', 'the health port 5002: nobody listens there'],
  response: ['500', '{"status":"error","why":"the token of guild 部屋 has expired"}'],
  log: [
    ...Array.from({ length: 30 }, (_, index) => `{"level":30,"msg":"connecting to shard ${index}"}`),
    '{"level":60,"msg":"cannot log in: the token has expired","code":"TOKEN_INVALID"}',
    'Error: cannot log in',
    '    at connect (/srv/greeter/releases/20261121T114205Z-1f0755f/src/bot.js:41:11)',
    'bot.service: Main process exited, code=exited, status=1/FAILURE',
  ],
};

/** Fifty instances on ten hosts, in batches of eight after the first one. */
export function manyPlan(count = 50, hosts = 10): Plan {
  const ids = Array.from(
    { length: count },
    (_, index) => `web.${Math.floor(index / hosts) + 1}@node-${(index % hosts) + 1}`,
  );
  const names = [...new Set(ids.map((id) => id.split('@')[1]!))];
  const [first, ...rest] = ids;
  const batches = Array.from({ length: Math.ceil(rest.length / 8) }, (_, index) =>
    rest.slice(index * 8, index * 8 + 8),
  );
  const base = plan();
  return plan({
    steps: [
      { type: 'stage', hosts: names },
      { type: 'update', instances: [first!] },
      { type: 'bake', ms: 60_000 },
      ...batches.map((instances) => ({ type: 'update' as const, instances })),
    ],
    hosts: names.map((host) => ({ ...base.hosts[0]!, host, prune: [] })),
    instances: ids.map((instance) => ({
      ...base.instances[0]!,
      ...{ instance, role: 'web', host: instance.split('@')[1]! },
    })),
  });
}

async function many(app: DrawnApp): Promise<void> {
  const planned = manyPlan();
  const teller = new Teller(app, planned);
  await teller.begin();
  for (const [index, step] of planned.steps.entries()) {
    if (index === 0) continue;
    teller.step(index + 1, step.type === 'update' ? `update ${step.instances.join(', ')}` : 'watch for 1m');
    if (step.type !== 'update') continue;
    for (const id of step.instances) teller.updates(id, 'verifying');
    step.instances.forEach((id, place) => teller.answers(id, ['200', 9 + place, 1000 * place]));
    await app.clock.advance(7000);
    if (index === 5) break;
    for (const id of step.instances) teller.says(id, 'updated');
  }
  const [one, two] = (planned.steps[5] as Extract<Step, { type: 'update' }>).instances;
  teller.says(one!, 'updated');
  teller.says(two!, 'failed', { reason: 'not healthy within 60s; the last answer: 503' });
}

/** Names that are wide, long, or written to harm. */
async function hostile(app: DrawnApp): Promise<void> {
  const evil = '\u001b]52;c;aGFja2Vk\u0007\u001b[2J\u202eevil';
  const wide = '東京の非常に長い名前のボット.1@サーバー一号機';
  const ids = [wide, `bot.${'x'.repeat(90)}@fra-1`, `bot.1@${evil}`];
  const base = plan();
  const planned = plan({
    release: { ...base.release, subject: `直した${evil}` },
    steps: [
      { type: 'stage', hosts: ['サーバー一号機'] },
      { type: 'update', instances: ids },
    ],
    hosts: [{ ...base.hosts[0]!, host: 'サーバー一号機' }],
    instances: ids.map((instance) => ({ ...base.instances[0]!, instance })),
  });
  const teller = new Teller(app, planned);
  await teller.begin();
  teller.step(2, `update ${ids.join(', ')}`);
  teller.updates(wide, 'verifying');
  for (const outcome of ['connection refused', `500${evil}`, '200']) teller.answers(wide, [outcome, 41, 2000]);
  teller.says(ids[1]!, 'failed', { reason: `部屋が狭い${evil}${'x'.repeat(200)}` });
  app.rollout.tell({ type: 'warning', host: evil, message: '東京'.repeat(60), mend: `rm -rf ${evil}` });
  await app.settle();
  app.session.log?.say(app.session.log.instances[0]!, `東京${'京'.repeat(150)}`);
}

export const rolloutScenes: Readonly<Record<string, Scene>> = {
  canary: { shows: 'bot.1@fra-1', play: canary },
  'failed-evidence': { shows: '‖ Paused', play: failed },
  'many-instances': { shows: 'step 6/10', play: many },
  'rollout-hostile': { shows: 'step 2/2', play: hostile },
};
