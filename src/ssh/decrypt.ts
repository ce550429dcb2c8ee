import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { Bug } from '../base/errors.ts';

/** What the worker found. A passphrase that is wrong and a file that is broken look the same. */
export type Decrypted =
  | { readonly type: 'decrypted'; readonly pem: string; readonly blob: Uint8Array }
  | { readonly type: 'failed'; readonly reason: string };

/** Decrypts a private key without standing in anybody's way: on the event loop every host would wait for it. */
export function decrypt(content: string, passphrase: string, signal: AbortSignal): Promise<Decrypted> {
  const worker = new Worker(program(), { workerData: { content, passphrase } });
  const stop = () => void worker.terminate();
  signal.addEventListener('abort', stop, { once: true });
  return new Promise<Decrypted>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
    worker.once('exit', () => resolve({ type: 'failed', reason: 'it was given up' }));
  }).finally(() => signal.removeEventListener('abort', stop));
}

/** Beside this file in the sources, beside the bundle in the package. */
function program(): URL {
  const places = ['./decrypt-worker.ts', './decrypt-worker.js'].map((path) => new URL(path, import.meta.url));
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Bug('The worker that unlocks keys is missing from this package.');
  return found;
}
