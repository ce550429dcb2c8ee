/**
 * Names reach shells through `%h`, `%n` and `%r` of commands that users configured without quotes, so OpenSSH refuses
 * those that mean something to a shell or look like an option, and so do we.
 */
export function isHostName(name: string): boolean {
  return name !== '' && !name.startsWith('-') && !/['"`$\\;&<>|(){}\s\u0000-\u001f\u007f]/.test(name);
}

export function isUserName(name: string): boolean {
  return !name.startsWith('-') && !/['"`;&<>|(){}\u0000-\u001f\u007f]|\s-|\\$/.test(name);
}
