import { type FloodFindings, type FloodPlan, measureFlood } from '../logs/flood.ts';
import { measureRate, type RateFindings, type RatePlan } from '../logs/rate.ts';
import { measureSearch, type SearchFindings, type SearchPlan } from '../logs/search.ts';
import type { Site } from '../site.ts';

/** What is measured of `slipway logs`. */
export interface LogsPlan {
  readonly flood: FloodPlan;
  readonly rate: RatePlan;
  readonly search: SearchPlan;
}

export interface LogsFindings {
  readonly flood: FloodFindings;
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
  say('logs beside `ssh HOST journalctl`');
  const rate = await measureRate(site, bundle, plan.rate);
  say('errors among many lines');
  return { flood, rate, search: await measureSearch(site, bundle, plan.search) };
}
