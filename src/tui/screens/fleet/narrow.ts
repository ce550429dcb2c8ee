import type { UiState } from '../../state.ts';
import { type Fields, type Filter, parseFilter } from '../../text/match.ts';
import { allLines, driftOf, type FleetLine, hostOfLine } from './select.ts';

/** What is shown of them, in its order. */
export function fleetLines(state: UiState): readonly FleetLine[] {
  const { filter, solo, shape } = state.fleet;
  const lines = allLines(state).filter((line) => solo === undefined || hostOfLine(line) === solo);
  const narrowed = narrow(lines, parseFilter(filter), state);
  return shape === 'tree' ? narrowed : inOneList(narrowed, state);
}

/** A host stays with whatever is left of it, and is left with all of its own when it is meant itself. */
function narrow(lines: readonly FleetLine[], filter: Filter, state: UiState): readonly FleetLine[] {
  if (filter.type !== 'filter') return lines;
  const kept = new Set(lines.filter((line) => filter.matches(fieldsOf(line, state))));
  const hosts = new Set([...kept].map(hostOfLine));
  return lines.filter((line) => kept.has(line) || (line.type === 'host' && hosts.has(line.host)));
}

/** Everything that a filter may look at. */
function fieldsOf(line: FleetLine, state: UiState): Fields {
  const host = hostOfLine(line);
  if (line.type === 'host') {
    const text = line.reading?.type === 'unreachable' ? 'unreachable' : '';
    return { text: `${host} ${text}`, host, state: text };
  }
  const found = line.type === 'instance' ? line.found : undefined;
  const release = (line.type === 'instance' ? found?.current : line.leftover.current) ?? '';
  const health =
    found?.health === undefined ? '' : `${found.health.healthy ? 'healthy' : 'unhealthy'} ${found.health.outcome}`;
  const status = line.type === 'leftover' ? 'leftover' : (found?.service.status ?? 'not deployed');
  const drift = driftOf(state, line)?.type ?? '';
  return { text: [line.id, release, status, health, drift].join(' '), host, release, state: status, health, drift };
}

/** What is wrong comes first; hosts that could not be read stand for their instances. */
function inOneList(lines: readonly FleetLine[], state: UiState): readonly FleetLine[] {
  const shown = lines.filter((line) => line.type !== 'host' || line.reading?.type !== 'read');
  return shown.toSorted((a, b) => urgency(b, state) - urgency(a, state));
}

function urgency(line: FleetLine, state: UiState): number {
  if (line.type === 'host') return line.reading ? 3 : 0;
  const found = line.type === 'instance' ? line.found : undefined;
  const isDown = found !== undefined && ['failed', 'stopped', 'unknown'].includes(found.service.status);
  if (isDown || found?.health?.healthy === false) return 2;
  return driftOf(state, line) ? 1 : 0;
}
