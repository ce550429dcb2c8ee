import { RemoteError, UserError } from '../../base/errors.ts';
import type { HostClient } from '../../host/verbs.ts';
import { judgeAgain, type PastAnalysis, readAnalyses } from '../../rollout/past-analysis.ts';
import { type CliContext, sayJson, speak } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';
import { lookLines } from '../report/analysis.ts';
import { lookSentences } from '../report/plain-analysis.ts';
import { sentence, spokenRelease } from '../report/speech.ts';
import type { ListFlags } from './status.ts';

export interface AnalyzeFlags extends ListFlags {
  readonly rollout?: string;
}

/** What was measured in a past rollout, judged by the thresholds of hosts.json as it is: how people tune them. */
export async function analyze(context: CliContext, stage: string, flags: AnalyzeFlags): Promise<number> {
  const session = await openStage(context, stage, flags);
  try {
    const hosts = [...session.clients.values()];
    const rollout = flags.rollout === undefined ? await newest(stage, hosts) : asId(flags.rollout);
    const analyses = readAnalyses(await journals(rollout, hosts));
    if (analyses.length === 0) throw notAnalysed(stage, `The rollout ${rollout} of ${stage} has watched no canary.`);
    if (flags.json) sayJson(context, { v: 1, rollout, analyses: analyses.map((one) => both(session, one)) });
    else
      speak(context, {
        lines: () => linesOf(session, rollout, analyses),
        sentences: () => sentencesOf(session, rollout, analyses),
      });
    return 0;
  } finally {
    await session.close();
  }
}

function both({ settings }: OpenStage, past: PastAnalysis) {
  const { watched, ended, then } = past;
  return {
    release: watched.release,
    began: watched.began,
    ended,
    then,
    now: judgeAgain(past, settings.rollout.analysis),
  };
}

function linesOf(session: OpenStage, rollout: string, analyses: readonly PastAnalysis[]): readonly string[] {
  return analyses.flatMap((past) => {
    const { release, began, then, now } = both(session, past);
    return [
      `${rollout}: ${release}, watched from ${new Date(began).toISOString().replace(/\.\d+Z$/, 'Z')}`,
      'then',
      ...then.flatMap(lookLines).map((line) => `  ${line}`),
      ...(then.length === 0 ? ['  nothing was decided'] : []),
      'by the thresholds of today',
      ...now.flatMap(lookLines).map((line) => `  ${line}`),
      '',
    ];
  });
}

function sentencesOf(session: OpenStage, rollout: string, analyses: readonly PastAnalysis[]): readonly string[] {
  return analyses.flatMap((past) => {
    const { release, began, then, now } = both(session, past);
    const when = new Date(began).toISOString().replace(/T(\d\d:\d\d).*$/, ' at $1 UTC');
    return [
      sentence(`Rollout ${rollout} watched ${spokenRelease(release)} from ${when} on`),
      then.length === 0 ? 'Nothing was decided then.' : 'What was decided then:',
      ...then.flatMap(lookSentences),
      'By the thresholds of today:',
      ...now.flatMap(lookSentences),
    ];
  });
}

async function newest(stage: string, hosts: readonly HostClient[]): Promise<string> {
  const told = await fromSome(hosts, (host) => host.analysed());
  const last = told
    .flat()
    .filter((id) => ID.test(id))
    .sort()
    .at(-1);
  if (last === undefined)
    throw notAnalysed(stage, `No rollout of ${stage} that the hosts remember has watched a canary.`);
  return last;
}

/** Hosts that took part tell the same; one that did not has no journal of it. */
async function journals(rollout: string, hosts: readonly HostClient[]): Promise<readonly string[]> {
  const told = await fromSome(hosts, async (host) => {
    try {
      return await host.events(rollout);
    } catch (thrown) {
      if (thrown instanceof RemoteError && thrown.code === 'SLIP_ABSENT') return [];
      throw thrown;
    }
  });
  return told.flat();
}

/** What those hosts say that can be reached; throws what one of them has failed with when none can. */
async function fromSome<T>(hosts: readonly HostClient[], ask: (host: HostClient) => Promise<T>): Promise<readonly T[]> {
  const told = await Promise.allSettled(hosts.map(ask));
  const answers = told.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = told.find((one) => one.status === 'rejected');
  if (answers.length === 0 && failed) throw failed.reason;
  return answers;
}

const ID = /^[A-Za-z0-9-]{1,64}$/;

function asId(text: string): string {
  if (ID.test(text)) return text;
  throw new UserError({
    code: 'SLIP_ROLLOUT_ID',
    message: 'That is no id of a rollout.',
    mend: 'Ids are such as 20261121T114205Z-1f0755; the --json of a rollout and `slipway history --json` tell them.',
  });
}

function notAnalysed(stage: string, message: string): UserError {
  return new UserError({
    code: 'SLIP_NO_ANALYSIS',
    message,
    mend: `A rollout with "strategy": "canary" watches one; hosts remember the last twenty: slipway history ${stage}`,
  });
}
