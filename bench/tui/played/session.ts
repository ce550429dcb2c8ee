import type { Clock } from '../../../src/base/clock.ts';
import type { RunningRollout } from '../../../src/rollout/session.ts';
import { FakeSession } from '../../../test/tui/support/fake-session.ts';
import { PlayedRollout } from './rollout.ts';
import { calmFleet, HOSTS, INSTANCES, preparedDeploy } from './stage.ts';

/** The big stage, whose one rollout is played, and whose logs are fed to whoever follows them. */
export class PlayedSession extends FakeSession {
  override hosts = HOSTS;
  override instances = INSTANCES;
  override fleet = () => Promise.resolve(calmFleet());
  override plans = () => Promise.resolve(preparedDeploy());
  private readonly clockOfAll: Clock;
  private readonly play: (rollout: PlayedRollout) => void;

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

  /** As many lines, by turns of all instances whose logs are followed. Each is numbered. */
  feed(first: number, count: number): void {
    const live = this.follows.filter((one) => !one.isOver);
    for (const log of live) {
      const { instances } = log;
      const share = Math.round(count / live.length);
      const of = Map.groupBy(
        Array.from({ length: share }, (_, index) => first + index),
        (number) => instances[number % instances.length]!,
      );
      for (const [instance, numbers] of of) log.say(instance, ...numbers.map(lineOf));
    }
  }
}

/** As bots write them. The screen is asked for the numbers: how many it has taken in. */
function lineOf(number: number): string {
  return `{"level":${number % 50 === 0 ? 50 : 30},"pid":4211,"msg":"tick ${number}","guilds":42,"ms":${number % 97}}`;
}
