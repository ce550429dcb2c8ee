export { type TuiOptions, startTui } from './start.ts';
export { type Binding, type Scope, DIALOGS } from './keys/binding.ts';
export { keyTable } from './keys/table.ts';
export { keyLabel } from './keys/label.ts';
export type { Person, ShellPlace, StageEntry } from './workers/workers.ts';
export type { Signals, Streams } from './terminal/streams.ts';
