import * as z from 'zod';
import { ANALYSIS_DEFAULTS as DEFAULTS } from './analysis.ts';
import { duration, numeric, text, whole } from './fields.ts';
import { quoted } from './quoted.ts';
import { parseSelector } from './selector.ts';
import { METRICS } from './settings-analysis.ts';
import { urlProblem } from './values.ts';

const selector = () =>
  text('a selector', (value) => {
    const read = parseSelector(value);
    return 'problem' in read ? `${read.problem}; got ${quoted(value)}.` : undefined;
  });

export const metrics = z
  .strictObject({
    http: text('a URL', urlProblem)
      .describe('URL asked from the host itself, such as "http://127.0.0.1:{port}/metrics".')
      .optional(),
    requests: selector().describe('Counter of the requests, such as "http_requests_total".').optional(),
    failed: selector()
      .describe('Counter of those that failed, such as "http_requests_total{status=\\"5..\\"}".')
      .optional(),
    latency: selector()
      .describe('Histogram of how long requests take, in seconds, such as "http_request_duration_seconds".')
      .optional(),
    work: selector()
      .describe('Counter of what gets done: messages handled, jobs processed. Left out: lines of the log.')
      .optional(),
  })
  .describe(
    'What the instances tell of themselves in the text format of Prometheus. A selector is a name and, in braces, patterns that whole labels have to match; the series that match are added up.',
  )
  .meta({ id: 'metrics' });

const least = (what: string, of: number) => whole(1, 1_000_000).describe(`${what} Default: ${of}.`).optional();
const ratio = (what: string, of: number) => numeric(1, 1000).describe(`${what} Default: ${of}.`).optional();
const share = (what: string, of: number) => numeric(0, 1).describe(`${what} Default: ${of}.`).optional();

const errorLines = z
  .strictObject({
    least: least('Spans of time with errors in the log, at least.', DEFAULTS.errorLines.least),
    ratio: ratio('How many times those of the others.', DEFAULTS.errorLines.ratio),
  })
  .describe('When errors in the log are too many.')
  .meta({ id: 'analysisErrorLines' });

const requestErrors = z
  .strictObject({
    leastRequests: least('Requests on both sides, at least.', DEFAULTS.requestErrors.leastRequests),
    least: least('Failed ones, at least.', DEFAULTS.requestErrors.least),
    ratio: ratio('How many times the share of the others.', DEFAULTS.requestErrors.ratio),
    points: numeric(0, 100)
      .describe(`How many percentage points more. Default: ${DEFAULTS.requestErrors.points}.`)
      .optional(),
  })
  .describe('When failed requests are too many.')
  .meta({ id: 'analysisRequestErrors' });

const latency = z
  .strictObject({
    leastBuckets: least('Spans of time on both sides, at least.', DEFAULTS.latency.leastBuckets),
    ratio: ratio('How many times the typical one of the others.', DEFAULTS.latency.ratio),
    least: duration(0).describe(`How much more. Default: ${DEFAULTS.latency.least}.`).optional(),
    aboveWorst: ratio('How many times that of the slowest of the others.', DEFAULTS.latency.aboveWorst),
  })
  .describe('When requests take too long.')
  .meta({ id: 'analysisLatency' });

const memory = z
  .strictObject({
    leastSamples: least('Samples, at least.', DEFAULTS.memory.leastSamples),
    after: duration(0).describe(`Left out at the begin. Default: ${DEFAULTS.memory.after}.`).optional(),
    within: duration(1000)
      .describe(`It would meet its limit within so long. Default: ${DEFAULTS.memory.within}.`)
      .optional(),
  })
  .describe('When memory grows in a way that a person has to look at.')
  .meta({ id: 'analysisMemory' });

const cpu = z
  .strictObject({
    ratio: ratio('How many times that of the others.', DEFAULTS.cpu.ratio),
    cores: numeric(0, 1024).describe(`How many cores more. Default: ${DEFAULTS.cpu.cores}.`).optional(),
  })
  .describe('When processor time is so much that a person has to look at it.')
  .meta({ id: 'analysisCpu' });

const work = z
  .strictObject({
    least: least('What the others have to get done before it counts.', DEFAULTS.work.least),
    failedDrop: share('So much less is a failure.', DEFAULTS.work.failedDrop),
    doubtfulDrop: share('So much less asks a person.', DEFAULTS.work.doubtfulDrop),
  })
  .describe('When too little gets done.')
  .meta({ id: 'analysisWork' });

export const analysis = z
  .strictObject({
    warmup: duration(0)
      .describe(`Left out of every comparison at its begin: a new process is cold. Default: ${DEFAULTS.warmup}.`)
      .optional(),
    sampleEvery: duration(1000).describe(`Time between two samples. Default: ${DEFAULTS.sampleEvery}.`).optional(),
    lookEvery: duration(1000)
      .describe(
        `Time between two looks at them. A difference has to be seen at two in a row. Default: ${DEFAULTS.lookEvery}.`,
      )
      .optional(),
    after: duration(0)
      .describe(`How long all instances are watched once all run the release. Default: ${DEFAULTS.after}.`)
      .optional(),
    p: numeric(0.000001, 0.5)
      .describe(`A difference that chance makes more often than this does not count. Default: ${DEFAULTS.p}.`)
      .optional(),
    errorLines: errorLines.optional(),
    requestErrors: requestErrors.optional(),
    latency: latency.optional(),
    memory: memory.optional(),
    cpu: cpu.optional(),
    work: work.optional(),
    dryRun: z.array(z.enum(METRICS)).describe('Metrics that are judged and told, but have no say.').optional(),
  })
  .describe('How a canary is judged beside the instances that were not updated yet.')
  .meta({ id: 'analysis' });

export type MetricsEntry = z.infer<typeof metrics>;
export type AnalysisEntry = z.infer<typeof analysis>;
