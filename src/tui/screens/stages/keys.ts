import type { Binding } from '../../keys/binding.ts';

// prettier-ignore
export const stagesKeys: readonly Binding[] = [
  { id: 'openStage', keys: ['enter'], label: 'open', help: 'Open the stage.', scopes: ['stages'], priority: 1, twin: 'slipway STAGE', run: ({ stages, cursor }) => {
    const chosen = stages[cursor.stages];
    return chosen && { type: 'openStage', stage: chosen.stage };
  } },
];
