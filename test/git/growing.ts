import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutRepository } from '../../src/git/environment.ts';
import { type SampleRepository, temporaryFolder } from './sample.ts';

export interface Growth {
  readonly commits: number;
  readonly branch?: string;
  /** What the commit of a number, from 1 on, is tagged with. */
  readonly tag?: (n: number) => string;
}

/** Many commits on a fresh branch, a second apart, whose subjects are their numbers: by one git process. */
export function grow({ folder }: SampleRepository, { commits, branch = 'main', tag }: Growth): void {
  const input = Array.from({ length: commits }, (_, i) => {
    const n = i + 1;
    const head = `commit refs/heads/${branch}\nmark :${n}\ncommitter Ana <ana@example.com> ${1_700_000_000 + n} +0000\n`;
    const tagged = tag ? `reset refs/tags/${tag(n)}\nfrom :${n}\n\n` : '';
    return `${head}data ${String(n).length}\n${n}\n${tagged}`;
  });
  execFileSync('git', ['fast-import', '--quiet'], {
    cwd: folder,
    env: withoutRepository(process.env),
    input: input.join(''),
  });
}

/** A commit on top of HEAD with a signature of nobody: whoever has git show signatures starts `gpg.program` for it. */
export async function commitSigned(sample: SampleRepository, subject: string): Promise<string> {
  const commit = await sample.git('cat-file', 'commit', await sample.commit({}, subject));
  const signature = 'gpgsig -----BEGIN PGP SIGNATURE-----\n \n nothing\n -----END PGP SIGNATURE-----\n';
  const file = join(await temporaryFolder(), 'commit');
  await writeFile(file, commit.replace('\n\n', `\n${signature}\n`));
  const signed = await sample.git('hash-object', '-t', 'commit', '-w', file);
  await sample.git('reset', '--quiet', '--hard', signed);
  return signed;
}

/** A program that leaves a file beside itself when anybody starts it, and says something. */
export async function trap(): Promise<{ readonly folder: string; readonly program: string }> {
  const folder = await temporaryFolder();
  const program = join(folder, 'trap.sh');
  await writeFile(program, `#!/bin/sh\ntouch ${folder}/sprung\necho sprung\necho sprung >&2\n`, { mode: 0o755 });
  return { folder, program };
}
