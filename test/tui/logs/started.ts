import { afterEach } from 'vitest';
import type { AppOptions } from '../support/app.ts';
import { DrawnApp } from '../support/drawn.ts';

let open: DrawnApp[] = [];

afterEach(async () => {
  for (const app of open) await app.dispose();
  open = [];
});

/** The program with the fleet on its screen. */
export async function start(options: AppOptions = {}): Promise<DrawnApp> {
  const app = new DrawnApp({ columns: 100, rows: 24, ...options });
  open.push(app);
  await app.ready();
  return app;
}

/** The program with the logs of all instances on its screen. */
export async function startLogs(options: AppOptions = {}): Promise<DrawnApp> {
  const app = await start(options);
  await app.press('L', '0');
  return app;
}

/** The instances whose logs are followed now. */
export function followedIn(app: DrawnApp): readonly string[] {
  return app.session.log?.instances ?? [];
}

/** The screen but for what counts on: the row above the lines, and the footer. */
export function still(app: DrawnApp): string {
  return app.text.split('\n').slice(3, -2).join('\n');
}
