import { bodyRows } from '../layout.ts';
import type { ScreenName, UiState } from '../state.ts';
import { picksOf } from './deploy/select.ts';
import { deployRows } from './deploy/view.ts';
import { fleetLines } from './fleet/narrow.ts';
import { fleetRows } from './fleet/view.ts';
import { recordsOf } from './history/select.ts';
import { historyRows } from './history/view.ts';
import { inList } from './list.ts';
import { logLineRows } from './logs/detail.ts';
import { movedInLine, movedInLogs } from './logs/move.ts';
import { logsRows } from './logs/view.ts';
import { messageRows } from './messages/view.ts';
import { planningRows } from './planning/view.ts';
import { releasesOf } from './releases/select.ts';
import { releaseRows } from './releases/view.ts';
import { movedInRollout } from './rollout/move.ts';
import { rolloutRows } from './rollout/view.ts';
import type { Screen } from './screen.ts';
import { scrolledRows, textLength } from './scrolled.ts';
import { watchLines } from './watch/select.ts';
import { watchRows } from './watch/view.ts';
import { stageRows } from './stages/view.ts';

export const screens: Readonly<Record<ScreenName, Screen>> = {
  stages: { rows: stageRows, moved: inList('stages', ({ stages }) => stages.length) },
  fleet: { rows: fleetRows, moved: inList('fleet', (state) => fleetLines(state).length) },
  deploy: { rows: deployRows, moved: inList('deploy', (state) => picksOf(state).length) },
  planning: { rows: planningRows },
  review: text('review'),
  rollout: { rows: rolloutRows, moved: movedInRollout },
  releases: { rows: releaseRows, moved: inList('releases', (state) => releasesOf(state).length) },
  history: { rows: historyRows, moved: inList('history', (state) => recordsOf(state).length) },
  logs: { rows: logsRows, moved: movedInLogs },
  logLine: { rows: logLineRows, moved: movedInLine },
  doctor: text('doctor'),
  watch: { rows: watchRows, moved: inList('watch', (state) => watchLines(state).length) },
  messages: { rows: messageRows, moved: inList('messages', ({ messages }) => messages.length) },
  help: text('help'),
};

/** The last page of a text is full: its cursor is its first visible line. */
function text(name: 'review' | 'help' | 'doctor'): Screen {
  const pages = (state: UiState) => textLength(state, name) - bodyRows(state) + 1;
  return { rows: (state, area) => scrolledRows(state, name, area), moved: inList(name, pages) };
}
