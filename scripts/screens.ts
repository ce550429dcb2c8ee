import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pictureOf } from './screens/picture.ts';
import { PICTURES, play } from './screens/play.ts';
import { Tmux } from './screens/tmux.ts';

// Plays the demo in a terminal (tmux) and writes its screens to docs/screens, for the README: `npm run screens`. Times and
// ports are those of the run, so the files differ each time.
const root = join(import.meta.dirname, '..');
const folder = join(root, 'docs/screens');

await mkdir(folder, { recursive: true });
await using terminal = await Tmux.start([process.execPath, join(root, 'src/main.ts'), 'demo'], {
  columns: 120,
  rows: 34,
});
const since = performance.now();
await play(terminal, async (name) => {
  const file = join(folder, `${name}.svg`);
  await writeFile(file, await pictureOf(await terminal.coloured(), terminal.size, PICTURES[name]));
  console.log(`docs/screens/${name}.svg`);
});
console.log(`The whole story, in ${Math.round((performance.now() - since) / 1000)} s.`);
