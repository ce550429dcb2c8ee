import { jsonFormat } from './entry.ts';

const names = { level: ['levelname'], time: ['asctime', 'timestamp', 'created'], message: ['message', 'msg'] };

/** python-json-logger: `{"asctime":"2024-01-01 12:00:00,123","levelname":"ERROR","name":"app","message":"…"}` */
export const pythonJson = jsonFormat('python-json', names, (entry) => 'levelname' in entry || 'asctime' in entry);
