import { jsonFormat } from './entry.ts';

const names = { level: ['level_name', 'level'], time: ['datetime'], message: ['message'] };

/** PHP: `{"message":"…","level":400,"level_name":"ERROR","channel":"app","datetime":"2024-01-01T12:00:00+00:00"}` */
export const monolog = jsonFormat('monolog', names, (entry) => 'level_name' in entry && 'channel' in entry);
