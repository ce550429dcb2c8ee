import type { LoginMethod } from '../spec.ts';
import { isOff, isOn, valueOf } from './settings.ts';
import type { SshConfig } from './settings.ts';

type Method = LoginMethod | 'gssapi-with-mic' | 'hostbased';

const USUAL_ORDER: readonly Method[] = [
  'gssapi-with-mic',
  'hostbased',
  'publickey',
  'keyboard-interactive',
  'password',
];

/** The ways to log in that are allowed, in the order to try them: PreferredAuthentications, less what is switched off. */
export function allowedMethods(config: SshConfig): Method[] {
  const preferred = valueOf(config, 'preferredauthentications')?.split(',') ?? USUAL_ORDER;
  return USUAL_ORDER.filter((method) => preferred.includes(method) && isAllowed(config, method)).sort(
    (one, other) => preferred.indexOf(one) - preferred.indexOf(other),
  );
}

function isAllowed(config: SshConfig, method: Method): boolean {
  const asksNobody = isOn(config, 'batchmode');
  switch (method) {
    case 'publickey':
      return !isOff(config, 'pubkeyauthentication');
    case 'keyboard-interactive':
      return !asksNobody && !isOff(config, 'kbdinteractiveauthentication');
    case 'password':
      return !asksNobody && !isOff(config, 'passwordauthentication');
    case 'gssapi-with-mic':
      return isOn(config, 'gssapiauthentication');
    case 'hostbased':
      return isOn(config, 'hostbasedauthentication');
  }
}

/** Those that ssh2 has. */
export function isBuiltIn(method: Method): method is LoginMethod {
  return method !== 'gssapi-with-mic' && method !== 'hostbased';
}
