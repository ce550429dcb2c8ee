/** Keys that are designed but do not work yet, by the object they belong to. They leave this list as they are built. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  config: ['traffic', 'flags', 'env', 'logs'],
  stage: ['traffic', 'flags', 'env', 'logs'],
  role: ['hooks', 'drain', 'env'],
  service: ['pm2', 'compose'],
  health: ['log'],
  notifyTarget: ['discord', 'slack', 'telegram'],
  rollout: ['traffic', 'weight', 'steps'],
};

export function comesLater(object: string, key: string): boolean {
  return Object.hasOwn(KEYS, object) && KEYS[object]!.includes(key);
}
