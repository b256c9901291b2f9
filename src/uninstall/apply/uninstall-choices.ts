/** What whoever uninstalls has decided, and what it is done with. */
import type { Clock } from '../../core/clock.ts';
import type { Transport } from '../../kube/transport.ts';

export type RepairChoice = 'keep' | 'revert';

export interface UninstallChoices {
  readonly transport: Transport;
  readonly clock: Clock;
  /** Merlon's own. */
  readonly namespace: string;
  /** Undefined as long as nobody has said it; asked anew whenever repairs are looked for. */
  readonly repairs: () => RepairChoice | undefined;
  /** Whether objects that people made may go with the kinds that Merlon brought. */
  readonly takesPeoples: boolean;
  /** How long to wait for what was deleted to be gone, in milliseconds. */
  readonly timeoutMs: number;
  /** Told what is waited for, a sentence. */
  readonly onWait: (what: string) => void;
}
