import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { powerOff, powerOn } from './boot.ts';
import { initOf, insideArgv } from './guest.ts';
import { canBootHosts } from './hosts.ts';
import { locked } from './lock.ts';
import { carriesFrames, cutLink, healLink, limitUplink } from './network.ts';
import { sshConfigFile } from './places.ts';
import { clearEverything, startRun } from './run.ts';
import { readRecord, readRun, recordNames } from './state.ts';
import { changeWire } from './wire.ts';

const usage = `usage: npm run hosts -- COMMAND
  up N [--rtt MS] [--rate MBIT] [--mean]   boot fra-1 … fra-N (and mean-1); they stay up until "down"
  down                                     end them all and leave nothing
  list                                     what is up
  exec HOST -- COMMAND…                    run a command (none: a shell) as root inside a host
  cut HOST | heal HOST                     network partition on, off
  kill HOST | start HOST                   power loss; boot again on the same disk
  rtt HOST MS | rate HOST MBIT             change the delay, the rate (0: none)
  uplink MBIT                              limit what the client sends to all of them (0: none)`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function up(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { rtt: { type: 'string' }, rate: { type: 'string' }, mean: { type: 'boolean' } },
  });
  const refusal = canBootHosts();
  if (refusal !== undefined) throw new Error(refusal);
  const count = numberOf(positionals[0] ?? '1');
  const link = { rttMs: numberOf(values.rtt ?? '0'), rateMbit: numberOf(values.rate ?? '0') };
  const begun = performance.now();
  const options = { count, ...link, mean: values.mean ?? false, kept: true, say };
  await locked('npm run hosts -- up', () => startRun(options));
  say(
    `Up in ${((performance.now() - begun) / 1000).toFixed(1)} s. Log in: ssh -F ${sshConfigFile} ${recordNames()[0] ?? ''}`,
  );
  list();
}

function list(): void {
  if (!readRun()) say('No test hosts are up.');
  for (const name of recordNames()) {
    const { address, kind, rttMs, rateMbit } = readRecord(name);
    const power = initOf(name) === undefined ? 'off' : carriesFrames(name) ? 'on' : 'on, cut off';
    const link = `rtt ${rttMs} ms${rateMbit > 0 ? `, ${rateMbit} Mbit/s` : ''}`;
    console.log([name.padEnd(8), address.padEnd(14), kind.padEnd(8), link, power].join('  '));
  }
}

function exec(host: string, args: readonly string[]): void {
  const command = args[0] === '--' ? args.slice(1) : args;
  const [program = '', ...rest] = insideArgv(host, command.length > 0 ? command : ['bash', '-l']);
  process.exitCode = spawnSync(program, rest, { stdio: 'inherit' }).status ?? 1;
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`"${text}" is not a number from 0 on`);
}

const verbs: Readonly<Record<string, (host: string, rest: readonly string[]) => void | Promise<void>>> = {
  up: (first, rest) => up(first === '' ? rest : [first, ...rest]),
  down: () => locked('npm run hosts -- down', clearEverything),
  list,
  exec,
  cut: cutLink,
  heal: healLink,
  kill: powerOff,
  start: powerOn,
  rtt: (host, [ms = '']) => changeWire(host, { rttMs: numberOf(ms) }),
  rate: (host, [mbit = '']) => changeWire(host, { rateMbit: numberOf(mbit) }),
  uplink: (mbit) => limitUplink(numberOf(mbit)),
};

try {
  const [verb = '', first = '', ...rest] = process.argv.slice(2);
  const act = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  if (!act) throw new Error(usage);
  await act(first, rest);
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
