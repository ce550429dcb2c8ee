import { Bug } from '../base/errors.ts';
import type { InstancePart } from './instances.ts';
import { parseSelector } from './selector.ts';
import type { MetricsSettings, Selector } from './settings-analysis.ts';
import { urlProblem } from './values.ts';

export function resolveMetrics(part: InstancePart): MetricsSettings | undefined {
  const entry = part.entry.metrics;
  if (entry === undefined) return undefined;
  const path = ['roles', part.role, 'metrics'];
  if (entry.http === undefined) {
    part.stage.mistake(path, '"http" is missing: the others have no meaning without.');
    return undefined;
  }
  const url = part.fill([...path, 'http'], entry.http);
  const problem = urlProblem(url);
  if (problem !== undefined) part.stage.mistake([...path, 'http'], problem);
  const { requests, failed, latency, work } = entry;
  return { url, requests: read(requests), failed: read(failed), latency: read(latency), work: read(work) };
}

function read(text: string | undefined): Selector | undefined {
  if (text === undefined) return undefined;
  const selector = parseSelector(text);
  if ('problem' in selector) throw new Bug(`The schema let a selector pass: ${selector.problem}`);
  return selector;
}
