import { open, stat } from 'node:fs/promises';
import { algorithmsFor } from '../algorithms.ts';
import type { HostSpec } from '../spec.ts';
import { allowedMethods, isBuiltIn } from './login-methods.ts';
import { isOn, valueOf } from './settings.ts';
import type { SshConfig } from './settings.ts';

/**
 * Settings that ssh2 cannot serve and that must not be passed over: a login, or the trust in a host, may hang on them.
 * Not among them: what slipway has no use for (forwardings, SetEnv, LocalCommand, RemoteCommand, a terminal, X11).
 */
export async function openSshNeeds(config: SshConfig, spec: HostSpec): Promise<string[]> {
  return [
    ...switchedOn(config, spec),
    ...beyondSsh2(config, spec),
    ...onlyOtherWays(config),
    ...(await keyFiles(config, spec)),
  ];
}

/** Needed as soon as they are set at all. */
const DECISIVE = {
  knownhostscommand: 'KnownHostsCommand',
  revokedhostkeys: 'RevokedHostKeys',
  pkcs11provider: 'PKCS11Provider',
  bindinterface: 'BindInterface',
} as const;

function switchedOn(config: SshConfig, spec: HostSpec): string[] {
  const set = Object.entries(DECISIVE).flatMap(([keyword, name]) => {
    const value = valueOf(config, keyword);
    return value === undefined ? [] : [`${name} ${value}`];
  });
  const provider = valueOf(config, 'securitykeyprovider') ?? 'internal';
  const isLocal = /^(?:localhost|127\..*|::1)$/.test(spec.host);
  return [
    ...set,
    ...(/^(?:internal|\$.*)$/.test(provider) ? [] : [`SecurityKeyProvider ${provider}`]),
    ...(isOn(config, 'verifyhostkeydns') ? ['VerifyHostKeyDNS yes'] : []),
    ...(isOn(config, 'nohostauthenticationforlocalhost') && isLocal ? ['NoHostAuthenticationForLocalhost yes'] : []),
    ...(isOn(config, 'proxyusefdpass') && spec.proxyCommand !== undefined ? ['ProxyUseFdpass yes'] : []),
  ];
}

/** Lists of algorithms of which ssh2 has none. */
function beyondSsh2(config: SshConfig, { algorithms }: HostSpec): string[] {
  const ours = algorithmsFor([], algorithms);
  const kinds = [
    ['KexAlgorithms', algorithms.kex, ours.kex],
    ['HostKeyAlgorithms', algorithms.hostKeys, ours.serverHostKey],
    ['Ciphers', algorithms.ciphers, ours.cipher],
    ['MACs', algorithms.macs, ours.hmac],
  ] as const;
  const beyond = kinds.flatMap(([name, allowed, offered]) =>
    allowed !== undefined && Array.isArray(offered) && offered.length === 0 ? [`${name} ${allowed.join(',')}`] : [],
  );
  const keys = valueOf(config, 'pubkeyacceptedalgorithms');
  const isUsable = keys?.split(',').some((name) => /^[+^-]|^(?:ssh-(?!dss)|rsa-|ecdsa-)(?!.*cert)/.test(name)) ?? true;
  return [...beyond, ...(isUsable ? [] : [`PubkeyAcceptedAlgorithms ${keys ?? ''}`])];
}

function onlyOtherWays(config: SshConfig): string[] {
  const allowed = allowedMethods(config);
  if (allowed.length === 0 || allowed.some(isBuiltIn)) return [];
  return [`PreferredAuthentications ${allowed.join(',')}`];
}

/** Certificates, and keys that live in FIDO devices. */
async function keyFiles(config: SshConfig, spec: HostSpec): Promise<string[]> {
  const certificates = (config.get('certificatefile') ?? []).filter((file) => !/^none$/i.test(file));
  const named = certificates.map((file) => `CertificateFile ${file}`);
  const beside = await Promise.all(
    spec.identityFiles.map(async (file) => [
      ...(named.length === 0 && (await exists(`${file}-cert.pub`)) ? [`CertificateFile ${file}-cert.pub`] : []),
      ...((await isSecurityKey(file)) ? [`IdentityFile ${file}, which lives in a security key`] : []),
    ]),
  );
  return [...named, ...beside.flat()];
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** The type of a key stands in clear text in front of both its halves. */
async function isSecurityKey(file: string): Promise<boolean> {
  const [half, whole] = await Promise.all([beginning(`${file}.pub`), beginning(file)]);
  if (/^sk-/.test(half) || /^sk-/.test(whole)) return true;
  const armoured = /^-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(whole)?.[1] ?? '';
  return /sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.test(Buffer.from(armoured, 'base64').toString('latin1'));
}

async function beginning(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}
