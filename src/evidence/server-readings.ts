/** All that the sources of evidence say about one API server. */
import type { AnonymousAnswer } from '../core/evidence.ts';
import type { DryRunReading } from './dry-run-probes.ts';
import type { MetricsReading } from './metrics.ts';
import type {
  ClientAuthorities,
  Read,
  Reading,
  ReviewReading,
  TlsReading,
  Unreached,
  VersionReading,
} from './reading.ts';
import type { ServerFlags } from './server-flags.ts';
import type { StatusReading } from './statusz.ts';

/** Of one API server. */
export interface ServerReadings {
  readonly anonymousAnswers: Reading<readonly AnonymousAnswer[]>;
  /** Every source of flags, the surest first. */
  readonly flags: readonly Reading<ServerFlags>[];
  readonly metrics: Reading<MetricsReading>;
  readonly version: Reading<VersionReading>;
  readonly status: Reading<StatusReading>;
  /** The names of all checks of whether it is ready. */
  readonly checks: Reading<readonly string[]>;
  readonly tls: Reading<TlsReading>;
  /** Whether a user that nobody knows is allowed what nobody should be. */
  readonly unknownUser: Reading<boolean>;
  /** What a node that is none is answered. */
  readonly unknownNode: Reading<ReviewReading>;
  /** What Merlon itself is answered about something that it is granted. */
  readonly ownGrant: Reading<ReviewReading>;
  /** Whom the API server takes Merlon for. */
  readonly identity: Reading<string>;
  readonly clientAuthorities: Reading<ClientAuthorities>;
  /** What became of pods that were tried. */
  readonly dryRun: Reading<DryRunReading>;
}

/** What one API server said, or why it was not reached. */
export type InstanceReading = Read<ServerReadings> | Unreached;
