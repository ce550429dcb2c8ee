import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { App, Commit } from '../app/app.ts';
import { kilobytes } from './figures.ts';
import type { Findings } from './findings.ts';
import { asMarkdown, asText } from './section.ts';
import { sectionsOf } from './sections.ts';

/** The figures for a terminal. */
export function textOf(findings: Findings): readonly string[] {
  return ['', ...findings.machine, ...appLines(findings.app), ...sectionsOf(findings).flatMap(asText)];
}

/** Writes the figures as a document. */
export async function writeDocument(file: string, findings: Findings): Promise<void> {
  const sections = sectionsOf(findings);
  const promises = sections.at(-1)!;
  const text = [
    '# Figures',
    '',
    `Measured ${new Date().toISOString().slice(0, 10)} by \`npm run bench -- --full\`, which wrote this file.`,
    'Hosts and client share one machine: only ratios within one table mean anything.',
    '',
    ...[...findings.machine, ...appLines(findings.app)].map((line) => `- ${line}`),
    '',
    ...WHAT,
    ...[promises, ...sections.slice(0, -1)].flatMap(asMarkdown),
    '',
  ].join('\n');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

const WHAT = [
  'All contenders do the same work: files only, one link switched, nothing restarted, no health waited for. A round is a first',
  'deploy to empty folders, a small redeploy, a big one, and a rollback; contenders take turns within it, `ssh HOST true`',
  'on all hosts at once goes before each, and what it left on the hosts is compared with the commit. Times are medians,',
  'from the start of the first process to the end of the last. Bytes are those of frames, counted at the ports of the hosts.',
  'Connections and sessions are those in the log of sshd. CPU and memory are those of all processes of the client together;',
  'a page that two of them share counts twice. With Capistrano and pm2 the hosts fetch from a git daemon on the client, so',
  'through the same line.',
];

function appLines(app: App | undefined): readonly string[] {
  if (!app) return [];
  const { origin, commits } = app;
  const { first, small, big } = commits;
  return [
    `${origin}: ${first.files.size} files, ${(first.bytes / 1e6).toFixed(1)} MB.`,
    `The small redeploy changes ${changes(small)}; the big one changes ${changes(big)}.`,
  ];
}

function changes({ changed, raw, compressed }: Commit): string {
  return `${changed} files (${kilobytes(raw)}, compressed by gzip ${kilobytes(compressed)})`;
}
