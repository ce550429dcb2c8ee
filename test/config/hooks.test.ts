import { expect, test } from 'vitest';
import { live } from './minimal.ts';

test('hooks of a stage replace those above it, kind by kind', () => {
  const settings = live({
    hooks: { release: ['npm run migrate'], afterRollout: ['echo {stage} {release}'], timeout: '10m' },
    stages: { live: { hooks: { release: ['true'] } } },
  });
  expect(settings.hooks).toEqual({
    release: ['true'],
    beforeSwitch: [],
    afterSwitch: [],
    afterRollout: ['echo live ${SLIPWAY_RELEASE}'],
    timeoutMs: 600_000,
  });
});
