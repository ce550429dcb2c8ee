import type { HealthSettings, InstanceSettings, ProbeSettings, ServiceSettings } from '../config/settings.ts';
import type { Variables } from './request.ts';

/** One instance as the host script's variables (20-service.sh, 30-health.sh). Every variable is set: records follow each other. */
export function instanceVariables(instance: InstanceSettings): Variables {
  return { I: instance.name, ...serviceVariables(instance.service), ...healthVariables(instance.health) };
}

function serviceVariables(service: ServiceSettings): Variables {
  const none = { svc: service.type, unit: '', scope: '', start: '', stop: '', status: '', pidfile: '' };
  switch (service.type) {
    case 'systemd':
      return { ...none, unit: service.unit, scope: service.scope };
    case 'command':
      return {
        ...none,
        start: service.start,
        stop: service.stop,
        status: service.status,
        pidfile: service.pidFile ?? '',
      };
    case 'files':
      return none;
  }
}

function healthVariables(health: HealthSettings): Variables {
  return {
    ...probeVariables(health.probe),
    timeout: Math.max(1, Math.ceil(health.timeoutMs / 1000)),
    interval: health.intervalMs,
    min_healthy: health.minHealthyMs,
    deadline: health.deadlineMs,
  };
}

function probeVariables(probe: ProbeSettings): Variables {
  const none = { probe: probe.type, url: '', want_status: '', want_body: '', tcp_host: '', tcp_port: '', command: '' };
  switch (probe.type) {
    case 'http':
      return { ...none, url: probe.url, want_status: probe.status ?? '', want_body: probe.body ?? '' };
    case 'tcp':
      return { ...none, tcp_host: probe.host, tcp_port: probe.port };
    case 'command':
      return { ...none, command: probe.command };
    case 'running':
      return none;
  }
}
