import { hostsOf, makeProject } from '../contenders/project.ts';
import type { Site } from '../site.ts';
import { type KeyFindings, measureHelpOverLogs } from '../tui/keys.ts';
import { openLogs, seeFleet } from '../tui/landmarks.ts';
import { Program } from '../tui/program.ts';
import { SIZES } from '../tui/screen.ts';
import { LINES_PER_SECOND } from './flood.ts';
import { begin, followed, install, paced } from './writing.ts';

export interface ScreenPlan {
  readonly keys: number;
}

const WRITER = 'bench-screen';
/** A key, and the pauses around it, take less on average. */
const SECONDS_PER_KEY = 0.5;

/** The full-screen program on a terminal, with the logs of real hosts that write all along. */
export async function measureLogsScreen(site: Site, bundle: string, { keys }: ScreenPlan): Promise<KeyFindings> {
  const { hosts, signal } = site;
  const seconds = Math.max(60, keys * SECONDS_PER_KEY);
  const writer = { name: WRITER, program: paced(seconds * LINES_PER_SECOND, LINES_PER_SECOND) };
  await install(hosts, writer);
  const role = { service: { systemd: WRITER } };
  const project = await makeProject(site, { name: WRITER, bundle, role, hosts: hostsOf(site, `/srv/${WRITER}`) });
  // there Ink draws nothing but its last frame
  const env = { ...project.env, TERM: 'xterm-256color', CI: undefined };
  const options = { size: SIZES.at(-1)!, cwd: project.folder, env, signal };
  await using program = new Program([...project.program, '--theme', 'dark'], options);
  await seeFleet(program);
  await openLogs(program);
  await followed(hosts, writer);
  await begin(hosts, writer);
  return await measureHelpOverLogs(program, keys);
}
