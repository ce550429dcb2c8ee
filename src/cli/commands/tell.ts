import { heardText } from '../../rollout/wish-words.ts';
import type { WishedIntent } from '../../rollout/wishes.ts';
import { type CliContext, type GlobalOptions, say, sayJson } from '../context.ts';
import { openStage, type OpenStage } from '../open.ts';

export interface TellFlags extends GlobalOptions {
  readonly json?: boolean;
}

export interface Telling {
  readonly intent: WishedIntent;
  readonly json?: boolean;
}

/** Asks the rollout that another terminal runs; answers once that has heard it. */
export async function tell(context: CliContext, stage: string, telling: TellFlags & Telling): Promise<number> {
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
  if (json) sayJson(context, { v: 1, asked: intent.type, rollout, of: owner.who });
  else say(context, `${owner.who} has heard it: ${heardText(intent)}.`);
  return 0;
}
