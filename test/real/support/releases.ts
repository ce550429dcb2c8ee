import { expect } from 'vitest';
import { onHosts } from './facts.ts';
import type { Site } from './site.ts';

/**
 * Principle one, looked at past all that is tested: each instance answers with the release that its link points at, and
 * that release is on the host file by file as it was sent. `when` is told should it not be so. What hosts.json does not know
 * (any more) is not asked, and has to be complete all the same.
 */
export async function expectCompleteReleases(site: Site, when: string): Promise<void> {
  const serving = await site.serving();
  const linked = await Promise.all(
    site.hosts.map(async ({ name }) => {
      const { current } = await site.facts(name);
      return Object.entries(current).map(([instance, release]) => [`${instance}@${name}`, release] as const);
    }),
  );
  expect(serving, when).toEqual(Object.fromEntries(linked.flat().filter(([id]) => id in serving)));
  const verify = `cd ${site.deployTo} && for link in instances/*/current; do
      id=$(basename "$(readlink "$link")")
      digest=$(sed 's/.*"digest":"\\([0-9a-f]*\\)".*/\\1/' .slipway/ledger/$id.json)
      (cd "$link/" && awk '{ print $1 "  ./" $4 }' ../../.slipway/manifests/$digest | sha256sum --quiet -c -) || exit 1
    done`;
  await onHosts(site.hosts, verify);
}

/** The instances that an update is at work on, on any host. */
export async function atWork(site: Site): Promise<readonly string[]> {
  const all = await Promise.all(site.hosts.map(async ({ name }) => (await site.facts(name)).busy));
  return all.flat();
}
