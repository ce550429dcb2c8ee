import type { WishedIntent } from './wishes.ts';

/** What is asked, in words. */
export function wishText(intent: WishedIntent): string {
  switch (intent.type) {
    case 'pause':
      return 'pause';
    case 'resume':
      return 'go on';
    case 'abort':
      return 'stop';
    case 'rollback':
      return 'roll back';
    case 'approve':
      return intent.scope === 'all' ? 'approve all that is left' : 'approve';
    case 'retry':
      return `try ${intent.instance} again`;
    case 'skip':
      return `skip ${intent.host}`;
  }
}

/** What comes of it once it was heard. */
export function heardText(intent: WishedIntent): string {
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
      return intent.scope === 'all' ? 'the rollout goes on, without any gate, bake or analysis' : 'the rollout goes on';
    case 'retry':
      return `${intent.instance} is tried again`;
    case 'skip':
      return `${intent.host} stays as it is`;
  }
}
