import { unreachable } from '../../base/errors.ts';
import { keyLabel } from '../keys/label.ts';
import { bindingsOf } from '../keys/table.ts';
import type { Dialog, UiState } from '../state.ts';
import { paragraph } from '../text/paragraph.ts';
import { type Area, type Row, blank, row, span } from '../text/row.ts';
import { cut, pad, width } from '../text/width.ts';
import { rule } from './chrome.ts';
import { elsewhereRows, unfinishedRows } from './standing.ts';

/** A question over the lower part of the screen; what it is about stays in sight above. */
export function dialogRows(state: UiState, dialog: Dialog, area: Area): Row[] {
  const stage = state.session?.stage ?? '';
  switch (dialog.name) {
    case 'ref': {
      const text =
        'A branch, tag or commit. Empty: what hosts.json says, else HEAD. The plan is shown before anything runs.';
      const hint = paragraph(text, area, { style: 'muted' });
      return [rule(area, `Deploy what to ${stage}?`), blank, field('ref', dialog.text, area), blank, ...hint];
    }
    case 'typeStage': {
      const badge = [' ', span(' PROTECTED ', 'danger')];
      const head = row(...badge, '  Type ', span(stage, 'strong'), ' and press Enter to start.');
      return [rule(area, 'Really start?'), blank, head, blank, field('stage', dialog.text, area)];
    }
    case 'ask':
      return askRows(dialog.intent, state, area);
    case 'quit':
      return [rule(area, 'A rollout runs. How to leave?'), blank, ...optionRows(state, area)];
    case 'unfinished':
      return unfinishedRows(state, dialog, area);
    case 'elsewhere':
      return elsewhereRows(state, area);
    default:
      return unreachable(dialog);
  }
}

function field(label: string, text: string, { columns, glyphs }: Area): Row {
  const room = columns - width(label) - 6;
  // the end of a long text is where it is being typed
  const shown = width(text) > room ? `${glyphs.ellipsis}${text.slice(-(room - 1))}` : text;
  return row(
    span(` ${label}: `, 'muted'),
    span(cut(shown, room, glyphs.ellipsis), 'strong'),
    span(glyphs.cursor, 'key'),
  );
}

type Asked = Extract<Dialog, { name: 'ask' }>['intent'];

const ASKED: Readonly<Record<Asked, Readonly<Record<'title' | 'yes' | 'no', string>>>> = {
  abort: { title: 'Abort the rollout?', yes: 'abort', no: 'no, go on' },
  rollback: { title: 'Roll back?', yes: 'roll back', no: 'no, go on' },
  accept: { title: 'Leave everything as it is?', yes: 'leave it so', no: 'no, decide later' },
};

function askRows(intent: Asked, state: UiState, area: Area): Row[] {
  const { title, yes, no } = ASKED[intent];
  const answers = row(' ', span('y', 'key'), ` ${yes}   `, span('n', 'key'), ` ${no}`);
  return [rule(area, title), blank, ...paragraph(consequence(intent, state), area), blank, answers];
}

function consequence(intent: Asked, { rollout }: UiState): string {
  const instances = Object.values(rollout?.state.instances ?? {});
  const updated = instances.filter((one) => one.state === 'updated').length;
  const many = rollout === undefined ? '' : ` (${updated} now)`;
  switch (intent) {
    case 'abort':
      return `The instance in hand goes back, then the rollout ends where it stands${rollout ? `: ${updated} updated, the rest as before` : ''}.`;
    case 'rollback':
      return `Every updated instance${many} goes back to the release before, one after the other.`;
    case 'accept':
      return 'No instance is changed. The rollout is over, the stage is free, and what differs is shown as drift.';
  }
}

/** The ways out, each with why it is closed now. */
function optionRows(state: UiState, area: Area): Row[] {
  const options = bindingsOf('quit').filter((binding) => binding.priority > 0);
  return options.flatMap((binding) => {
    const reason = binding.disabledReason?.(state);
    const key = ` ${pad(keyLabel(binding.keys[0]!), 4)} `;
    if (reason === undefined) return paragraph(binding.help, area, { lead: span(key, 'key') });
    return paragraph(`${binding.label} (not now: ${reason})`, area, { lead: span(key, 'muted'), style: 'muted' });
  });
}
