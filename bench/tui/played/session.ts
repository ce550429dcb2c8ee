import type { Clock } from '../../../src/base/clock.ts';
import type { FollowOptions, RunningRollout } from '../../../src/rollout/session.ts';
import { FakeSession } from '../../../test/tui/support/fake-session.ts';
import { PlayedRollout } from './rollout.ts';
import { calmFleet, HOSTS, INSTANCES, preparedDeploy } from './stage.ts';

interface Follow {
  readonly instance: string;
  readonly options: FollowOptions;
}

/** The big stage, whose one rollout is played, and whose logs are fed to whoever follows them. */
export class PlayedSession extends FakeSession {
  override hosts = HOSTS;
  override instances = INSTANCES;
  override fleet = () => Promise.resolve(calmFleet());
  override plans = () => Promise.resolve(preparedDeploy());
  private readonly clockOfAll: Clock;
  private readonly play: (rollout: PlayedRollout) => void;
  private followed: readonly Follow[] = [];

  constructor(clock: Clock, play: (rollout: PlayedRollout) => void) {
    super('production', clock);
    this.clockOfAll = clock;
    this.play = play;
  }

  override start(): RunningRollout {
    const rollout = new PlayedRollout(this.clockOfAll);
    this.play(rollout);
    return rollout;
  }

  override followLog(instance: string, options: FollowOptions): void {
    this.followed = [...this.live(), { instance, options }];
  }

  /** As many lines, by turns to all logs that are followed. Each is numbered. */
  feed(first: number, count: number): void {
    const live = this.live();
    if (live.length === 0) return;
    for (let line = first; line < first + count; line += 1) {
      live[line % live.length]!.options.onLine(lineOf(line));
    }
  }

  private live(): readonly Follow[] {
    return this.followed.filter(({ options }) => !options.signal.aborted);
  }
}

/** As bots write them. The screen is asked for the numbers: how many it has taken in. */
function lineOf(number: number): string {
  return `{"level":${number % 50 === 0 ? 50 : 30},"pid":4211,"msg":"tick ${number}","guilds":42,"ms":${number % 97}}`;
}
