import { quoted } from './quoted.ts';
import type { WebhookSettings } from './settings-alerts.ts';

const ENVIRONMENT_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const FROM_ENVIRONMENT = /^env:/;

/** What is wrong with where alerts are sent to. The URL itself is never shown: it is a secret. */
export function webhookProblem(written: string): string | undefined {
  if (FROM_ENVIRONMENT.test(written)) {
    const name = written.replace(FROM_ENVIRONMENT, '');
    if (ENVIRONMENT_NAME.test(name)) return undefined;
    return `expected the name of an environment variable behind "env:", got ${quoted(name)}.`;
  }
  return urlProblem(written);
}

/** The same of what a variable holds. */
export function urlProblem(url: string): string | undefined {
  const isUrl = /^https?:\/\/\S+$/.test(url) && URL.canParse(url);
  return isUrl ? undefined : 'expected "https://…", or "env:NAME" for an environment variable that holds it.';
}

export function toWebhook(written: string): WebhookSettings {
  const name = written.replace(FROM_ENVIRONMENT, '');
  return { type: 'webhook', url: name === written ? { type: 'written', url: written } : { type: 'variable', name } };
}
