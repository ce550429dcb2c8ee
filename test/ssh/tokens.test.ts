import { describe, expect, test } from 'vitest';
import { expandPath } from '../../src/ssh/tokens.ts';

describe('tokens', () => {
  const values = {
    ...{ home: '/h', localUser: 'me', localHost: 'l.example', uid: 7, original: 'o', host: 'h', port: 22, user: 'u' },
    hostKeyAlias: undefined,
  };
  const expanded = (path: string, env = {}) => expandPath(path, values, env);

  test('are replaced once: what they stand for is taken as it is', () => {
    const text = '/h/me-7-l-%-o-%h${KEY}-';
    expect(expanded('~/%u-%i-%L-%%-%k-${KEY}-%j', { KEY: '%h${KEY}' })).toEqual({ type: 'expanded', text });
    expect(expanded('${TILDE}', { TILDE: '~/x' })).toEqual({ type: 'expanded', text: '~/x' });
  });

  test('and homes of others are replaced, and what has no value is named', () => {
    expect(expanded('~root/x')).toEqual({ type: 'expanded', text: '/root/x' });
    expect(expanded('~nobody-at-all/x')).toEqual({ type: 'unknown', name: '~nobody-at-all' });
    expect(expanded('~/${KEY}')).toEqual({ type: 'unknown', name: '${KEY}' });
    expect(expanded('~/%Z')).toEqual({ type: 'unknown', name: '%Z' });
  });
});
