// @ts-check
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder this release's code lies in; links are resolved, as Node does for every module it loads. */
export const releaseFolder = dirname(fileURLToPath(import.meta.url));

/**
 * The release that runs: what SLIPWAY_RELEASE says, else the `<id>` of the `releases/<id>` folder the code lies in
 * or the process stands in, else "dev".
 * @param {NodeJS.ProcessEnv} env
 */
export function nameRelease(env) {
  return env['SLIPWAY_RELEASE'] || idIn(releaseFolder) || idIn(workingFolder()) || 'dev';
}

/** @param {string} folder */
function idIn(folder) {
  return /.*\/releases\/([^/]+)/s.exec(folder)?.[1];
}

/** The system answers with the resolved path, so a `current` link shows as the release it points to. */
function workingFolder() {
  try {
    return process.cwd();
  } catch {
    return ''; // the folder was deleted under the process
  }
}
