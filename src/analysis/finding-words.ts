import type { Finding } from './finding.ts';

/** `0.0031`, as people read it; empty where nothing was tested. */
export function chance({ p }: Finding): string {
  if (p === undefined) return '';
  return p < 0.0001 ? '<0.0001' : p.toPrecision(2);
}

/** `2.4 x`; empty where there is nothing to divide by. */
export function times({ ratio }: Finding): string {
  return ratio === undefined ? '' : `${ratio.toFixed(1)} x`;
}

export function outcomeWord({ outcome }: Finding): string {
  return outcome === 'noData' ? 'no data' : outcome;
}
