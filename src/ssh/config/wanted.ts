/** What is asked of the configuration: a host, and what stands above all files, as if it were said to `ssh` itself. */
export interface Wanted {
  readonly host: string;
  /** `ssh -l` */
  readonly user: string | undefined;
  /** `ssh -p` */
  readonly port: number | undefined;
  /** `ssh -J` */
  readonly jump: string | undefined;
}
