import { formatDuration, parseDuration } from '../base/duration.ts';
import { DEFAULTS } from './defaults.ts';
import type { InstancePart } from './instances.ts';
import { HEALTH_KINDS, kindOf } from './kinds.ts';
import type { HealthEntry } from './schema.ts';
import type { HealthSettings, ProbeSettings } from './settings.ts';
import type { Stage } from './stage.ts';
import { tcpProblem, tcpTarget, urlProblem } from './values.ts';

export function resolveHealth(part: InstancePart): HealthSettings {
  const entry = part.entry.health ?? {};
  const probe = resolveProbe(part, entry);
  // files that nobody asks anything cannot become unhealthy: the switch is the deployment
  const switched = probe.type === 'running' && !part.entry.service && entry.minHealthyTime === undefined;
  return { probe, ...healthTimes(entry), ...(switched ? { minHealthyMs: 0 } : {}) };
}

/** Times that contradict each other: an instance that could never become healthy, a rollout that could never wait for it. */
export function checkTimes(stage: Stage): void {
  const progressMs = ms(stage.entry.rollout?.progressDeadline ?? DEFAULTS.progressDeadline);
  for (const [role, { health = {} }] of stage.roles) {
    const times = healthTimes(health);
    const at = (...keys: (keyof HealthEntry)[]) => [
      'roles',
      role,
      'health',
      keys.find((key) => key in health) ?? keys[0]!,
    ];
    const deadline = `healthyDeadline (${formatDuration(times.deadlineMs)}${'healthyDeadline' in health ? '' : ', the default'})`;
    if (times.minHealthyMs >= times.deadlineMs) {
      const least = formatDuration(times.minHealthyMs);
      stage.mistake(
        at('healthyDeadline', 'minHealthyTime'),
        `${deadline} must be longer than minHealthyTime (${least}).`,
      );
    }
    if (times.timeoutMs >= times.deadlineMs) {
      const timeout = formatDuration(times.timeoutMs);
      stage.mistake(at('timeout', 'healthyDeadline'), `${deadline} must be longer than timeout (${timeout}).`);
    }
    if (times.deadlineMs >= progressMs) {
      const limit = `rollout.progressDeadline (${formatDuration(progressMs)})`;
      stage.mistake(
        at('healthyDeadline'),
        `${deadline} must be shorter than ${limit}, or that would end the wait first.`,
      );
    }
  }
}

function healthTimes(entry: HealthEntry): Omit<HealthSettings, 'probe'> {
  return {
    intervalMs: ms(entry.interval ?? DEFAULTS.interval),
    timeoutMs: ms(entry.timeout ?? DEFAULTS.timeout),
    minHealthyMs: ms(entry.minHealthyTime ?? DEFAULTS.minHealthyTime),
    deadlineMs: ms(entry.healthyDeadline ?? DEFAULTS.healthyDeadline),
  };
}

function resolveProbe(part: InstancePart, entry: HealthEntry): ProbeSettings {
  const path = ['roles', part.role, 'health'];
  const { mistake } = part.stage;
  // What placeholders became is checked again: "127.0.0.1:6553{instance}" is a port for the first five only.
  const filled = (key: 'http' | 'tcp', problemOf: (text: string) => string | undefined) => {
    const text = part.fill([...path, key], entry[key]!);
    const problem = problemOf(text);
    if (problem !== undefined) mistake([...path, key], problem);
    return text;
  };
  const kind = kindOf(entry, HEALTH_KINDS, { path, mistake });
  switch (kind) {
    case 'http': {
      const body = entry.body === undefined ? undefined : part.fill([...path, 'body'], entry.body);
      return { type: 'http', url: filled('http', urlProblem), status: entry.status, body };
    }
    case 'tcp': {
      const { host, port } = tcpTarget(filled('tcp', tcpProblem));
      return { type: 'tcp', host, port: Number(port) };
    }
    case 'command':
      return { type: 'command', command: part.fillCommand([...path, 'command'], entry.command!) };
    case undefined:
      return { type: 'running' };
  }
}

function ms(duration: string): number {
  return parseDuration(duration)!;
}
