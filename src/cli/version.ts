import { readFileSync } from 'node:fs';

/** Of package.json, which stands two floors up in the sources and one up from the bundle. */
export const VERSION = readVersion();

function readVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const parsed = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (parsed.name === 'slipway' && parsed.version) return parsed.version;
    } catch {
      // the other place
    }
  }
  return 'unknown';
}
