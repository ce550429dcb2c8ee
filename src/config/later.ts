/** Keys that are designed but do not work yet, by the object they belong to. They leave this list as they are built. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  config: ['notify', 'traffic', 'flags', 'env', 'watch', 'logs'],
  stage: ['notify', 'traffic', 'flags', 'env', 'watch', 'logs'],
  role: ['hooks', 'drain', 'env', 'watch'],
  service: ['pm2', 'compose'],
  health: ['log'],
  rollout: ['traffic', 'weight', 'steps'],
};

export function comesLater(object: string, key: string): boolean {
  return Object.hasOwn(KEYS, object) && KEYS[object]!.includes(key);
}
