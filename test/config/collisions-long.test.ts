import { describe, expect, it } from 'vitest';
import { live } from './minimal.ts';

describe('a pid file', () => {
  it('is told apart from another by the whole of its path, however long', () => {
    const far = `/srv/${'deep/'.repeat(20)}bot`;
    const service = { start: 'a', stop: 'b', status: 'c', pidFile: `${far}.{instance}` };
    const hosts = [{ name: 'fra-1', address: 'fra-1', roles: { bot: 2 } }];
    expect(() => live({ roles: { bot: { service } }, stages: { live: { hosts } } })).not.toThrow();
  });
});
