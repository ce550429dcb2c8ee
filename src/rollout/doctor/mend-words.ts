import { sh } from '../../base/shell.ts';
import { unreachable } from '../../base/errors.ts';
import type { InstanceSettings } from '../../config/settings.ts';
import type { Here } from './here.ts';

/** Where on the host to read why an instance is as it is. */
export function lookAtLog(
  { host, settings }: Pick<Here, 'host' | 'settings'>,
  { name, service }: InstanceSettings,
): string {
  switch (service.type) {
    case 'systemd':
      return service.scope === 'user'
        ? sh`On the host: journalctl --user -n 50 --user-unit ${service.unit}`
        : sh`On the host: journalctl -n 50 -u ${service.unit}`;
    case 'command':
      return sh`On the host: tail -n 50 ${`${host.deployTo}/instances/${name}/log`}`;
    case 'files':
      return sh`Deploy again: slipway deploy ${settings.stage}`;
    default:
      return unreachable(service);
  }
}

/** How an instance is started that does not run. */
export function startByHand(here: Pick<Here, 'host' | 'settings'>, instance: InstanceSettings): string {
  const { service } = instance;
  const log = lookAtLog(here, instance).replace(/^On the host: /, '');
  if (service.type !== 'systemd')
    return `${sh`Start it: slipway deploy ${here.settings.stage} --restart`}; on the host: ${log}`;
  const start =
    service.scope === 'user' ? sh`systemctl --user start ${service.unit}` : sh`sudo systemctl start ${service.unit}`;
  return `On the host: ${start}; why it ended: ${log}`;
}
