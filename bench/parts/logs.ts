import { type FloodFindings, type FloodPlan, measureFlood } from '../logs/flood.ts';
import { measureRate, type RateFindings, type RatePlan } from '../logs/rate.ts';
import { measureSearch, type SearchFindings, type SearchPlan } from '../logs/search.ts';
import { measureLogsScreen, type ScreenPlan } from '../logs/screen.ts';
import type { Site } from '../site.ts';
import type { KeyFindings } from '../tui/keys.ts';

/** What is measured of `slipway logs`. */
export interface LogsPlan {
  readonly flood: FloodPlan;
  readonly screen: ScreenPlan;
  readonly rate: RatePlan;
  readonly search: SearchPlan;
}

export interface LogsFindings {
  readonly flood: FloodFindings;
  /** Keys to the screen of the same logs. */
  readonly screen: KeyFindings;
  readonly rate: RateFindings;
  readonly search: SearchFindings;
}

export interface LogsOptions {
  readonly bundle: string;
  readonly plan: LogsPlan;
  readonly say: (line: string) => void;
}

export async function measureLogs(site: Site, { bundle, plan, say }: LogsOptions): Promise<LogsFindings> {
  say('logs as they are written');
  const flood = await measureFlood(site, bundle, plan.flood);
  say('keys to the screen of logs');
  const screen = await measureLogsScreen(site, bundle, plan.screen);
  say('logs beside `ssh HOST journalctl`');
  const rate = await measureRate(site, bundle, plan.rate);
  say('errors among many lines');
  return { flood, screen, rate, search: await measureSearch(site, bundle, plan.search) };
}
