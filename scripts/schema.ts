import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { configSchema } from '../src/config/schema.ts';

// Writes hosts.schema.json, which editors read, from the schema that checks hosts.json. `--check` fails when it is stale.
const file = new URL('../hosts.schema.json', import.meta.url);
// Draft 7 is what editors understand best.
const schema = z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
const text = `${JSON.stringify(schema, null, 2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
} else if (readText(file) !== text) {
  console.error('hosts.schema.json does not match src/config/schema.ts. Make it anew: npm run generate');
  process.exitCode = 1;
}

function readText(url: URL): string | undefined {
  try {
    return readFileSync(url, 'utf8');
  } catch {
    return undefined;
  }
}
