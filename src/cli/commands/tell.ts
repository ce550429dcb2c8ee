import type { WishedIntent } from '../../rollout/wishes.ts';
import { type CliContext, type GlobalOptions, say } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';

export interface TellFlags extends GlobalOptions {
  readonly json?: boolean;
}

export interface Telling extends TellFlags {
  readonly intent: WishedIntent;
}

/** Asks the rollout that another terminal runs; answers once that has heard it. */
export async function tell(context: CliContext, stage: string, telling: Telling): Promise<number> {
  const session = await openStage(context, stage, telling);
  try {
    return await tellIn(context, session, telling);
  } finally {
    await session.close();
  }
}

/** The same for a stage that is open. */
export async function tellIn(context: CliContext, session: OpenStage, { intent, json }: Telling): Promise<number> {
  const { rollout, owner } = await session.ask(intent);
  if (json) say(context, JSON.stringify({ v: 1, asked: intent.type, rollout, of: owner.who }));
  else say(context, `${owner.who} has heard it: ${heard(intent)}.`);
  return 0;
}

function heard(intent: WishedIntent): string {
  switch (intent.type) {
    case 'pause':
      return 'the rollout pauses when the instance in flight is through';
    case 'resume':
      return 'the rollout goes on';
    case 'abort':
      return 'the rollout stops where it stands';
    case 'rollback':
      return 'the rollout goes back';
    case 'approve':
      return intent.scope === 'all' ? 'the rollout goes on, and waits for nothing but health' : 'the rollout goes on';
    case 'retry':
      return `${intent.instance} is tried again`;
    case 'skip':
      return `${intent.host} stays as it is`;
  }
}
