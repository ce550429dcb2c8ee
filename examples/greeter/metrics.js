// @ts-check

/** What the bot counts from its start on. */
export const counters = { requests: 0, errors: 0, greetings: 0 };

/** The media type of the Prometheus text format. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Everything worth watching, in the Prometheus text format 0.0.4.
 * @param {string} release
 */
export function exposition(release) {
  const { rss, heapUsed } = process.memoryUsage();
  const cpu = process.cpuUsage();
  return [
    metric('greeter_requests_total', 'counter', 'HTTP requests received', counters.requests),
    metric('greeter_errors_total', 'counter', 'Errors logged', counters.errors),
    metric('greeter_greetings_total', 'counter', 'Greetings sent', counters.greetings),
    metric('greeter_build_info', 'gauge', 'What runs, as labels; always 1', 1, { release, node: process.version }),
    metric('process_resident_memory_bytes', 'gauge', 'Resident memory size in bytes', rss),
    metric('nodejs_heap_size_used_bytes', 'gauge', 'Used heap in bytes', heapUsed),
    metric('process_cpu_seconds_total', 'counter', 'CPU time spent in seconds', (cpu.user + cpu.system) / 1e6),
    metric('process_start_time_seconds', 'gauge', 'Start time since the epoch in seconds', startSeconds),
  ].join('');
}

const startSeconds = Math.round(Date.now() - process.uptime() * 1000) / 1000;

/** @param {[name: string, type: 'counter' | 'gauge', help: string, value: number, labels?: Record<string, string>]} of */
function metric(...[name, type, help, value, labels = {}]) {
  const inner = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const series = inner.length === 0 ? name : `${name}{${inner.join(',')}}`;
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${series} ${value}\n`;
}

/** The format's three escapes of a label value. @param {string} text */
function escaped(text) {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
