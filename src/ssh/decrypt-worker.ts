import { parentPort, workerData } from 'node:worker_threads';
import type { Decrypted } from './decrypt.ts';
import { parsePrivate } from './private-key.ts';

// A thread of its own: deriving the key from a passphrase takes half a second of JavaScript.
const { content, passphrase } = workerData as { content: string; passphrase: string };
parentPort!.postMessage(decrypt());

function decrypt(): Decrypted {
  const key = parsePrivate(content, passphrase);
  if (key instanceof Error) return { type: 'failed', reason: key.message };
  return { type: 'decrypted', pem: key.getPrivatePEM(), blob: key.getPublicSSH() };
}
