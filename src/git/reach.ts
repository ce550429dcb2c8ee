import { appendFile, chmod } from 'node:fs/promises';
import { boundTo, type Repository } from './repository.ts';
import { tryGit, words } from './run.ts';

const REACH =
  '^(remote\\..*\\.url|submodule\\..*\\.url|url\\..*\\.(pushinsteadof|insteadof)|http\\..*|credential\\..*|protocol\\..*|core\\.sshcommand)$';

/**
 * Gives another repository what the user's says about reaching servers: remotes, credentials, proxies. Through a file of
 * mode 0600, never through arguments: CI systems keep tokens in http.extraHeader.
 */
export async function appendReach(from: Repository, file: string, signal?: AbortSignal): Promise<void> {
  const place = { cwd: from.folder, env: boundTo(from), signal };
  const answer = await tryGit(place, ['config', '--local', '-z', '--get-regexp', REACH]);
  const settings = words(answer.stdout).flatMap((word) => {
    const end = word.indexOf('\n');
    return end < 0 ? [] : [setting(word.slice(0, end), word.slice(end + 1))];
  });
  const hasRemote = /(^|\0)remote\./.test(answer.stdout);
  if (!hasRemote) settings.push(setting('remote.origin.url', from.top ?? from.gitDir));
  await chmod(file, 0o600);
  await appendFile(file, settings.join(''));
}

/** One setting as git's configuration files write it. */
function setting(key: string, value: string): string {
  const first = key.indexOf('.');
  const last = key.lastIndexOf('.');
  const section = key.slice(0, first);
  const head = first === last ? `[${section}]` : `[${section} "${escaped(key.slice(first + 1, last))}"]`;
  return `${head}\n\t${key.slice(last + 1)} = "${escaped(value).replaceAll('\n', '\\n').replaceAll('\t', '\\t')}"\n`;
}

function escaped(text: string): string {
  return text.replace(/["\\]/g, '\\$&');
}
