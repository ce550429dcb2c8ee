import { UserError } from '../../../src/base/errors.ts';
import { sanitise } from '../../../src/base/sanitise.ts';
import type { SourceNotice } from '../../../src/logs/reading.ts';
import { createLineReader, type LineReader } from '../../../src/logs/line-reader.ts';
import { LONGEST_LINE } from '../../../src/logs/record.ts';
import type { Answered } from '../../../src/rollout/ask-controller.ts';
import type { Unfinished } from '../../../src/rollout/unfinished.ts';
import type { WishedIntent } from '../../../src/rollout/wishes.ts';
import type { Clock } from '../../../src/base/clock.ts';
import type { DeployRef } from '../../../src/git/refs.ts';
import type { AuditTrail } from '../../../src/rollout/audit.ts';
import type { Changes } from '../../../src/rollout/changes.ts';
import type { Diagnosis } from '../../../src/rollout/diagnosis.ts';
import type { EventBody, RolloutEvent } from '../../../src/rollout/events.ts';
import { type RolloutState, initialState, progress, whereabouts } from '../../../src/rollout/progress.ts';
import type {
  DeployOptions,
  Fleet,
  SessionLogs,
  Intent,
  PreparedRollout,
  RollbackOptions,
  RolloutOutcome,
  RunningRollout,
  StageSession,
  VitalsOptions,
  WatchedStage,
} from '../../../src/rollout/session.ts';
import { refusal } from '../../../src/rollout/transitions.ts';
import type { Person } from '../../../src/tui/index.ts';
import { HOSTS, INSTANCES, calmFleet, prepared } from './fleet.ts';

/** A rollout whose events are told by hand. */
export class FakeRollout implements RunningRollout {
  readonly id: string;
  readonly sent: Intent['type'][] = [];
  readonly finished: Promise<RolloutOutcome>;
  /** What to do when a person asks for something, beside writing it down. */
  onSend: (intent: Intent) => void = () => {};
  state: RolloutState = initialState;
  private readonly clock: Clock;
  private readonly events: RolloutEvent[] = [];
  private readonly listeners = new Set<(event: RolloutEvent) => void>();
  private readonly seq: Record<string, number> = {};
  private settle: (outcome: RolloutOutcome) => void = () => {};
  private break: (error: unknown) => void = () => {};

  constructor(id: string, clock: Clock) {
    this.id = id;
    this.clock = clock;
    this.finished = new Promise((resolve, reject) => {
      this.settle = resolve;
      this.break = reject;
    });
    this.finished.catch(() => {});
  }

  subscribe(listener: (event: RolloutEvent) => void): () => void {
    this.events.forEach(listener);
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  send(intent: Intent): string | undefined {
    const reason = refusal(intent, whereabouts(this.state));
    if (reason !== undefined) return reason;
    this.sent.push(intent.type);
    this.onSend(intent);
    return undefined;
  }

  tell(body: EventBody, source = 'controller', skewMs = 0): void {
    this.seq[source] = (this.seq[source] ?? 0) + 1;
    const head = { v: 1 as const, source, seq: this.seq[source], t: this.clock.now() + skewMs, rollout: this.id };
    const event: RolloutEvent = { ...head, ...body };
    this.state = progress(this.state, event);
    this.events.push(event);
    for (const listener of [...this.listeners]) listener(event);
  }

  end(outcome: RolloutOutcome): void {
    this.settle(outcome);
  }

  fail(error: unknown): void {
    this.break(error);
  }
}

/** A log that somebody follows, of one instance or of all. */
export class FakeLog {
  readonly options: SessionLogs;
  /** All was told. */
  finish: () => void = () => {};
  private readonly readers = new Map<string, LineReader>();
  private readonly clock: Clock;

  constructor(options: SessionLogs, clock: Clock) {
    this.options = options;
    this.clock = clock;
  }

  get instances(): readonly string[] {
    return this.options.instances ?? INSTANCES;
  }

  get isOver(): boolean {
    return this.options.signal.aborted;
  }

  /** Lines that an instance writes now. */
  say(instance: string, ...lines: readonly string[]): void {
    const t = this.clock.now();
    const reader = this.readers.get(instance) ?? createLineReader({ now: () => t });
    this.readers.set(instance, reader);
    const records = lines.map((text) => ({
      ...reader.read({ source: instance, text, t, priority: undefined }),
      ...{ source: instance, text: sanitise(text.slice(0, LONGEST_LINE)), t, isLate: false },
    }));
    this.options.onRecords(records);
  }

  notice(instance: string, notice: SourceNotice): void {
    this.options.onNotice({ ...notice, host: instance.split('@').at(-1)!, instances: [instance] });
  }

  trouble(instance: string, how: 'lost' | 'refused', message: string): void {
    this.notice(instance, { type: 'trouble', how, code: 'SLIP_TEST', message });
  }
}

function noRollout(): UserError {
  return new UserError({ code: 'SLIP_NO_ROLLOUT', message: 'Nothing is being rolled out to production.' });
}

/** A stage without hosts: answers what the test says, when the test says it. */
export class FakeSession implements StageSession {
  readonly app: string = 'greeter';
  readonly stage: string;
  readonly protected: boolean;
  hosts: readonly string[] = HOSTS;
  instances: readonly string[] = INSTANCES;
  /** What is worth an alert. */
  alerts: WatchedStage['alerts'] = { instances: new Map(), hosts: [] };
  /** Answers of the session; replaced by tests. */
  fleet: () => Promise<Fleet> = () => Promise.resolve(calmFleet());
  diagnoses: (signal?: AbortSignal) => Promise<Diagnosis> = () => Promise.resolve({ hosts: [] });
  plans: (options: DeployOptions & RollbackOptions) => Promise<PreparedRollout> = () => Promise.resolve(prepared());
  deployable: () => Promise<readonly DeployRef[]> = () => Promise.resolve([]);
  changes: (from: string | undefined, to: string) => Promise<Changes> = () =>
    Promise.resolve({ type: 'unknown', reason: 'There is no repository here.' });
  trail: (limit: number) => Promise<AuditTrail> = () => Promise.resolve({ records: [], failed: [] });
  readonly asked: (DeployOptions & RollbackOptions)[] = [];
  readonly started: PreparedRollout[] = [];
  readonly follows: FakeLog[] = [];
  readonly vitalsTaken: VitalsOptions[] = [];
  /** The rollout that nobody runs any more. */
  left: () => Promise<Unfinished> = () => Promise.reject(noRollout());
  /** What whoever runs a rollout elsewhere says to a wish. */
  answers: (intent: WishedIntent) => Promise<Answered> = () => Promise.reject(noRollout());
  readonly continued: string[] = [];
  readonly accepted: string[] = [];
  readonly told: WishedIntent[] = [];
  /** How often it was asked to reconcile. */
  reconciled = 0;
  closed = 0;
  /** Who was there when it was opened. */
  person: Person | undefined;
  rollout: FakeRollout | undefined;
  onStart: (rollout: FakeRollout) => void = () => {};
  private readonly clock: Clock;

  constructor(stage: string, clock: Clock, isProtected: 'protected' | 'open' = 'open') {
    this.stage = stage;
    this.clock = clock;
    this.protected = isProtected === 'protected';
  }

  get watched(): WatchedStage {
    const named = this.instances.map((id) => ({ id, role: 'bot', host: id.split('@')[1]!, slot: undefined }));
    return { instances: named, alerts: this.alerts, notify: [] };
  }

  inspect(): Promise<Fleet> {
    return this.fleet();
  }

  refs(): Promise<readonly DeployRef[]> {
    return this.deployable();
  }

  changesBetween(from: string | undefined, to: string): Promise<Changes> {
    return this.changes(from, to);
  }

  history(limit: number): Promise<AuditTrail> {
    return this.trail(limit);
  }

  diagnose(signal?: AbortSignal): Promise<Diagnosis> {
    return this.diagnoses(signal);
  }

  planDeploy(options: DeployOptions): Promise<PreparedRollout> {
    this.asked.push(options);
    return this.plans(options);
  }

  planRollback(options: RollbackOptions): Promise<PreparedRollout> {
    this.asked.push(options);
    return this.plans(options);
  }

  start(what: PreparedRollout): RunningRollout {
    this.started.push(what);
    this.rollout = new FakeRollout(`r-${this.started.length}`, this.clock);
    this.onStart(this.rollout);
    return this.rollout;
  }

  planReconcile(): Promise<PreparedRollout> {
    this.reconciled += 1;
    return this.plans({});
  }

  unfinished(): Promise<Unfinished> {
    return this.left();
  }

  planContinue({ rollout }: Unfinished): Promise<PreparedRollout> {
    this.continued.push(rollout);
    return this.plans({});
  }

  accept({ rollout }: Unfinished): Promise<readonly string[]> {
    this.accepted.push(rollout);
    return Promise.resolve([]);
  }

  ask(intent: WishedIntent): Promise<Answered> {
    this.told.push(intent);
    return this.answers(intent);
  }

  logs(options: SessionLogs): Promise<void> {
    const log = new FakeLog(options, this.clock);
    this.follows.push(log);
    return new Promise((resolve) => {
      log.finish = resolve;
      options.signal.addEventListener('abort', () => resolve());
    });
  }

  /** The log that is followed now. */
  get log(): FakeLog | undefined {
    return this.follows.findLast((one) => !one.isOver && one.options.follow === 'follow');
  }

  vitals(options: VitalsOptions): void {
    this.vitalsTaken.push(options);
  }

  /** Whoever wants to hear of vitals now. */
  get hearing(): VitalsOptions | undefined {
    return this.vitalsTaken.findLast((one) => !one.signal.aborted);
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }

  entry() {
    const open = (person: Person) => {
      this.person = person;
      return Promise.resolve<StageSession>(this);
    };
    return { stage: this.stage, protected: this.protected, open };
  }
}
