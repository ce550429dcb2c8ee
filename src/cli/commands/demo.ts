import type { CliContext } from '../context.ts';

export function demo(context: CliContext, flags: { readonly plain?: boolean }): Promise<number> {
  void flags;
  context.stderr.write("not built yet\n");
  return Promise.resolve(1);
}
