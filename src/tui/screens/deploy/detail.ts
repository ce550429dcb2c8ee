import type { DeployRef } from '../../../git/refs.ts';
import { changesRows } from '../../components/changes.ts';
import { age } from '../../components/signs.ts';
import type { UiState } from '../../state.ts';
import { paragraph } from '../../text/paragraph.ts';
import { type Area, blank, type Row, row, span } from '../../text/row.ts';
import { answerTo, questionOf } from '../question.ts';
import { pickedRef, shortId } from './select.ts';

/** Too few rows for more than what changes. */
const MORE_FROM = 6;

/** What is marked, and what deploying it would change; at most `area.rows` rows. */
export function pickRows(state: UiState, area: Area): Row[] {
  const pick = pickedRef(state);
  switch (pick?.type) {
    case undefined:
      return [];
    case 'default':
      return paragraph('What it brings is told with the plan.', area, {
        style: 'muted',
        most: area.rows,
      });
    case 'asItIs':
      return paragraph('Not listed here: git looks for it before it is built.', area, {
        style: 'muted',
        most: area.rows,
      });
    case 'ref': {
      const head = area.rows < MORE_FROM ? [] : headRows(state, pick.ref, area);
      return [...head, ...whatChanges(state, { ...area, rows: area.rows - head.length })];
    }
  }
}

function headRows({ now }: UiState, ref: DeployRef, area: Area): Row[] {
  const { name, kind, revision, author, at, subject } = ref;
  const made = age(now - at);
  const facts = `${kind} ${shortId(revision)}, by ${author}, ${made === 'now' ? 'just now' : `${made} ago`}`;
  return [
    row(span(` ${name}`, 'strong')),
    ...paragraph(facts, area, { style: 'muted', most: 2 }),
    ...paragraph(subject, area, { most: 2 }),
    ...(area.rows < 10 ? [] : [blank]),
  ];
}

function whatChanges(state: UiState, area: Area): Row[] {
  const question = questionOf(state);
  if (!question) return [row(span(' the commit that is live: nothing changes', 'ok'))];
  return changesRows({ changes: answerTo(question, state), first: 'brings', now: state.now }, area);
}
