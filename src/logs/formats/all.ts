import { access } from './access.ts';
import { apacheError } from './apache-error.ts';
import { bunyan } from './bunyan.ts';
import { ecs } from './ecs.ts';
import type { JsonFormat, TextFormat } from './format.ts';
import { json } from './json.ts';
import { klog } from './klog.ts';
import { log4jJson } from './log4j-json.ts';
import { logfmt, logrusText } from './logfmt.ts';
import { lograge } from './lograge.ts';
import { logrageJson } from './lograge-json.ts';
import { logrusJson } from './logrus-json.ts';
import { logrusTerminal } from './logrus-terminal.ts';
import { monolog } from './monolog.ts';
import { nginxError } from './nginx-error.ts';
import { pino } from './pino.ts';
import { python } from './python.ts';
import { pythonJson } from './python-json.ts';
import { ruby } from './ruby.ts';
import { slog } from './slog.ts';
import { spring } from './spring.ts';
import { structlog } from './structlog.ts';
import { syslog, syslogWithIso } from './syslog.ts';
import { syslog5424 } from './syslog-5424.ts';
import { timed } from './timed.ts';
import { winston } from './winston.ts';
import { zap } from './zap.ts';
import { zerolog } from './zerolog.ts';

/** The first that a line is of reads it; the last takes all. */
export const JSON_FORMATS: readonly JsonFormat[] = [
  ...[bunyan, pino, logrageJson, monolog, pythonJson, ecs, log4jJson],
  ...[zap, logrusJson, slog, zerolog, structlog, winston, json],
];

/** The first that reads a line has it: from those with the most marks to the one that wants no more than a time. */
export const TEXT_FORMATS: readonly TextFormat[] = [
  ...[syslog5424, syslog, syslogWithIso, access, nginxError, apacheError, klog, ruby],
  ...[spring, python, lograge, logrusText, logrusTerminal, logfmt, timed],
];
