import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

const { username } = userInfo();

/** Made by a command that no line must ever run. */
export const FORBIDDEN = join(tmpdir(), `slipway-golden-forbidden-${process.pid}`);

/** Configuration files by what they are about; FOLDER is where they lie. */
export const FILES: Readonly<Record<string, string>> = {
  'hosts and wildcards': `
# a comment
   # and another
Host fra-? !fra-3 *.example.com
  User wild
  IdentityFile ~/.ssh/%h-%r
Host fra-3
User three
HOST *
\tPort 2200
  IDENTITYFILE "~/with space/%n"
  identityfile=~/equals
  IdentityFile = ~/spaced   # trailing comment
  IdentityFile ~/equals
Host "quoted" 'single'
  HostName 'h.%h'
  User never`,

  'first value wins, files gather': `
IdentityFile ~/top
CertificateFile ~/top-cert.pub
Host a b
  User first
  CertificateFile ~/%u-cert.pub
  UserKnownHostsFile ~/kh-%k /tmp/kh-%h "/tmp/a b"
Host b
  User second
  HostName %h.%%.Example.COM
  HostKeyAlias Alias-B
  IdentityFile \${KEYS}/b
  IdentityFile NONE
  ConnectTimeout 1m30
  ServerAliveInterval 2m
  ServerAliveCountMax 7
  AddressFamily inet6
  BindAddress 192.0.2.7
Host c
  GlobalKnownHostsFile /etc/g1 ~/g2
  UserKnownHostsFile none
  IdentityFile none
  IdentitiesOnly yes
  HashKnownHosts yes
Host d
  IdentityAgent ~/agent-%r
  ForwardAgent yes
  StrictHostKeyChecking off
  UpdateHostKeys ask
Host e
  IdentityAgent $OTHER_AGENT
  ForwardAgent $OTHER_AGENT
  StrictHostKeyChecking accept-new
  PreferredAuthentications password,publickey
  PasswordAuthentication no
Host f
  IdentityAgent none
  ForwardAgent yes
  BatchMode yes
  StrictHostKeyChecking yes
  PubkeyAuthentication no
  VerifyHostKeyDNS yes
Host g
  IdentityAgent SSH_AUTH_SOCK
  ForwardAgent ~/forward
  ConnectTimeout none
  PreferredAuthentications gssapi-with-mic
  GSSAPIAuthentication yes
Host h
  ChallengeResponseAuthentication no
  PKCS11Provider /usr/lib/p11.so
  KnownHostsCommand /bin/echo %H "x # y"
  RevokedHostKeys ~/revoked
  SecurityKeyProvider /usr/lib/sk.so
  LocalCommand echo hi
  PermitLocalCommand yes
  BindInterface lo
  SetEnv A=b
  RemoteCommand echo
  IdentityFile ~nobody/key`,

  match: `
Match host m1,m2 user ${username}
  Port 1001
Match originalhost M3 !user nobody
  Port 1003
Match !originalhost m*
  HostName not-m.%h
Match host "not-m.*,!not-m.y2"
  User matched
Match localuser ${username},x exec "test %n = m5"
  HostName exec-%h
Match exec "exit 1"
  User never
Match host nomatch exec "touch ${FORBIDDEN}"
  User never
Match user never,!nobody
Match final host m6.real
  User final
Match canonical
  IdentityFile ~/second
Host m6
  HostName m6.real
Host m6.real
  Port 1006
Match originalhost m7 host m7
  User seven
Match host=m8
  User eight
Match all
  IdentityFile ~/all`,

  jumps: `
Host one
  ProxyJump b1
Host two
  ProxyJump me@b1:2201,ssh://you@b2:2202,b3
Host three
  ProxyJump none
Host four
  ProxyCommand nc -x "proxy host" %h %p %n %r %% \${HOME} # not a comment
  ProxyJump b1
Host five
  ProxyJump b4
  ProxyCommand never
Host six
  ProxyJump [2001:db8::1]:2203
Host seven
  ProxyCommand none
  ProxyJump b1
Host eight
  User eight
  ProxyJump %r-%n
Host nine
  ProxyJump b1,b4
Host ten
  ProxyJump 192.0.2.1
Host b1
  HostName bastion-1.example.com
  User bastion
Host b2
  ProxyJump ignored-since-the-list-says-b1
Host b3
  CertificateFile ~/b3-cert.pub
Host b4
  ProxyJump b3
Host self
  ProxyJump self
Host round
  ProxyJump about
Host about
  ProxyJump round
Host b* round about
  Port 2299`,

  includes: `
Include FOLDER/parts/*.conf
Host inc-2
  Include FOLDER/parts/deep/two FOLDER/parts/missing
  Port 3002
Host inc-3
  Include "FOLDER/parts/[ab]?.conf"
Host *
  Include FOLDER/parts/link
  User last`,

  'only comments': `# nothing

\t
#Host *
`,
  'an open quote': 'Host a\n  IdentityFile "~/x\n',
  'no argument': 'Host a\n  User\n',
  'match all with others': 'Match all host a\n  User x\n',
  'match without a value': 'Match host\n  User x\n',
};

/** What they include. */
export const PARTS: Readonly<Record<string, string>> = {
  'a1.conf': 'IdentityFile ~/from-a1\nHost inc-1\n  User one\n  Include deep-is-relative-to-the-home\n',
  'b1.conf': 'Match originalhost inc-3\n  Port 3003\n',
  '.hidden.conf': 'User hidden\n',
  'deep/two': 'IdentityFile ~/two\nHost *\n  User two\nHost inc-1\n  Port 9999\n',
};

/** The hosts to resolve by each. */
export const HOSTS: Readonly<Record<string, readonly string[]>> = {
  'hosts and wildcards': [
    'fra-1',
    'fra-3',
    'fra-33',
    'a.example.com',
    'example.com',
    'FRA-1',
    'quoted',
    'single',
    '::1',
  ],
  'first value wins, files gather': ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'A'],
  match: ['m1', 'm2', 'M3', 'm3', 'm4', 'm5', 'm6', 'm6.real', 'm7', 'm8', 'x1', 'y2'],
  jumps: ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'self', 'round', 'b2'],
  includes: ['inc-1', 'inc-2', 'inc-3', 'inc-4'],
  'only comments': ['a', '-a', 'a;b', "a'b", 'a b', 'ä.example', 'a_b'],
};
