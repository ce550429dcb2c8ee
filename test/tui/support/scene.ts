import type { AppOptions } from './app.ts';
import type { DrawnApp } from './drawn.ts';

/** A screen worth a picture. */
export interface Scene {
  readonly options?: AppOptions;
  /** Text that is on the screen when the scene is reached, at every size. */
  readonly shows: string;
  readonly play: (app: DrawnApp) => Promise<void>;
}
