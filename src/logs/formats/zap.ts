import { isText, jsonFormat } from './entry.ts';

const names = { level: ['level'], time: ['ts'], message: ['msg'] };

/** `{"level":"info","ts":1516134303.1,"caller":"main.go:1","msg":"…"}`; seconds, or ISO 8601. */
export const zap = jsonFormat(
  'zap',
  names,
  (entry) => isText(entry['level']) && 'ts' in entry && ('msg' in entry || 'caller' in entry),
);
