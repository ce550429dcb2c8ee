import { list, plural } from '../../../base/text.ts';
import { outcomeWords } from '../../../rollout/outcome-words.ts';
import { liveRelease } from '../../../rollout/fleet.ts';
import type { Fate } from '../../../rollout/health-history.ts';
import { irreversibleBetween } from '../../../rollout/irreversible.ts';
import type { FleetRelease } from '../../../rollout/session.ts';
import { changesRows } from '../../components/changes.ts';
import { outcomeStyle } from '../../components/outcome.ts';
import { age } from '../../components/signs.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { shortRelease } from '../../text/release.ts';
import { type Area, blank, type Row, row, span } from '../../text/row.ts';
import { answerTo, questionOf } from '../question.ts';
import { fatesOf, releasesOf } from './select.ts';

/** Too few rows for more than whether it can be gone back to, and what that changes. */
const MORE_FROM = 8;

/** A release, whether it can be gone back to, what that would take away, and how it did while it was live. */
export function releaseDetail(state: UiState, release: FleetRelease, area: Area): Row[] {
  const head = headRows(state, release, area);
  const left = { ...area, rows: area.rows - head.length };
  if (area.rows < MORE_FROM) return [...head, ...whatChanges(state, release, left)].slice(0, area.rows);
  const gap = left.rows < 8 ? [] : [blank];
  const past = pastRows(state, release, { ...area, rows: Math.ceil((left.rows - gap.length) / 2) });
  const changes = whatChanges(state, release, { ...area, rows: left.rows - past.length - 2 * gap.length });
  return [...head, ...gap, ...changes, ...gap, ...past].slice(0, area.rows);
}

function headRows(state: UiState, release: FleetRelease, area: Area): Row[] {
  const { glyphs, rows } = area;
  const { bad, irreversible, id, subject } = release;
  const lead = span(` ${glyphs.warn} `, 'warn');
  const warnings = [
    bad === undefined ? [] : [row(span(` ${glyphs.bad} marked bad: ${bad}`, 'bad'))],
    irreversible === undefined
      ? []
      : paragraph(`cannot be undone: ${irreversible}`, area, { lead, style: 'warn', most: 2 }),
  ].flat();
  const name = area.columns < 80 ? [row(span(` ${id}  `, 'strong'), subject)] : [row(span(` ${id}`, 'strong'))];
  const about = area.columns < 80 || subject === '' ? [] : paragraph(subject, area, { most: 2 });
  const facts = paragraph(whereabouts(state, release), area, { style: 'muted', most: rows < MORE_FROM ? 1 : 3 });
  return [...name, ...about, ...(rows < MORE_FROM ? [] : facts), ...warnings, ...wayBackRows(state, release, area)];
}

function whereabouts({ now }: UiState, { by, at, live, on }: FleetRelease): string {
  const made = `made by ${by} ${age(now - at) === 'now' ? 'just now' : `${age(now - at)} ago`}`;
  const held = on.length === 0 ? 'on no host' : `on ${list(on)}`;
  const runs = live.length === 0 ? 'runs nowhere' : `runs on ${plural(live.length, 'instance')}`;
  return `${made}; ${held}; ${runs}`;
}

function wayBackRows(state: UiState, release: FleetRelease, area: Area): Row[] {
  const { glyphs } = area;
  const releases = releasesOf(state);
  const over = irreversibleBetween(releases, liveRelease(releases), release);
  if (release.notATarget !== undefined) {
    const text = `no rollback to it: ${release.notATarget}`;
    return paragraph(text, area, { lead: span(` ${glyphs.dash} `, 'warn'), style: 'warn', most: 2 });
  }
  if (over.length === 0) return [row(span(' Enter plans a rollback to it', 'ok'))];
  const ids = list(over.map(({ id }) => shortRelease(id)));
  const text = `a rollback to it needs --force-irreversible: ${ids} cannot be undone`;
  return paragraph(text, area, { lead: span(` ${glyphs.dash} `, 'warn'), style: 'warn', most: 2 });
}

/** What going there from the live one takes away; nothing is to be said of the live one itself. */
function whatChanges(state: UiState, release: FleetRelease, area: Area): Row[] {
  const question = questionOf(state);
  if (question) return changesRows({ changes: answerTo(question, state), first: 'takesAway', now: state.now }, area);
  const isOther = release.live.length === 0 && release.revision !== undefined;
  return isOther ? [row(span(' made of the commit that is live', 'muted'))] : [];
}

/** What became of its rollouts, newest first. */
function pastRows(state: UiState, release: FleetRelease, area: Area): Row[] {
  const fates = fatesOf(state, release);
  const head = [row(span(' ROLLOUTS', 'muted'))];
  if (!fates) return [...head, row(span(` ${pastTrouble(state)}`, 'muted'))];
  if (fates.length === 0) return [...head, row(span(' the hosts remember none', 'muted'))];
  const told = fates.flatMap((fate) => fateRows(state, fate, area));
  return [...head, ...told.slice(0, Math.max(1, area.rows - head.length))];
}

function pastTrouble({ trail }: UiState): string {
  return trail.problem === undefined ? 'asking the hosts' : trail.problem.message;
}

function fateRows({ now }: UiState, { at, by, what, way, outcome, why }: Fate, area: Area): Row[] {
  const when = age(now - at);
  const head = row(
    span(` ${when === 'now' ? 'just now' : `${when} ago`}  `, 'muted'),
    `${what} ${way === 'to' ? 'to it' : 'away from it'} `,
    span(outcomeWords(outcome), outcomeStyle(outcome)),
    span(`  ${by}`, 'muted'),
  );
  return why === undefined ? [head] : [head, ...paragraph(why, area, { lead: span('   '), style: 'muted', most: 2 })];
}
