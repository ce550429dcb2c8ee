import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Load, startLoad } from './load.ts';
import { makeSite, QUICK, type Site } from './site.ts';
import type { Finished } from './slipway.ts';

/** What a release of the shop is like, by its own code: how long an order takes, and which share of them fails. */
const NATURES = {
  healthy: { typicalMs: 60, failing: 0.02 },
  failing: { typicalMs: 60, failing: 0.1 },
  slow: { typicalMs: 120, failing: 0.02 },
};
export type Nature = keyof typeof NATURES;

/** An app that counts its requests, on hosts of its own; its canary is judged as always, but in less time. */
export interface Shop extends AsyncDisposable {
  readonly site: Site;
  deploy(nature: Nature): Promise<Finished>;
  /** Orders at these instances, so many a second all together. */
  sell(instances: readonly string[], perSecond: number): Load;
}

export interface ShopOptions {
  readonly app: string;
  readonly port: number;
  readonly hosts: Readonly<Record<string, number>>;
  /** How long its canary is watched. */
  readonly bake: string;
}

export async function openShop({ bake, ...place }: ShopOptions): Promise<Shop> {
  const server = await readFile(join(import.meta.dirname, '../../fixtures/shop/server.js'), 'utf8');
  const analysis = { warmup: '2s', sampleEvery: '1s', lookEvery: '3s', after: '0s' };
  const site = await makeSite({
    ...place,
    role: {
      service: { systemd: `${place.app}-{stage}@{instance}` },
      health: { ...QUICK, interval: '500ms' },
      metrics: {
        http: 'http://127.0.0.1:{port}/metrics',
        requests: 'shop_orders_total',
        failed: 'shop_orders_total{status="5.."}',
        latency: 'shop_order_seconds',
      },
    },
    config: { rollout: { strategy: 'canary', approve: 'auto', batch: 2, maxUnavailable: 2, bake, analysis } },
  });
  return {
    site,
    deploy: async (nature) => {
      await site.project.commit({}, { 'server.js': server, 'nature.json': JSON.stringify(NATURES[nature]) });
      return site.deploy();
    },
    sell: (instances, perSecond) => {
      const urls = site.instances
        .filter(({ id }) => instances.includes(id))
        .map(({ url }) => new URL('/orders', url).href);
      return startLoad(urls, perSecond);
    },
    [Symbol.asyncDispose]: () => site[Symbol.asyncDispose](),
  };
}
