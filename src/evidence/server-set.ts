/**
 * The API servers that are asked: those that the cluster names, each by itself, and the one at the address that Merlon was
 * told. Which they are may change while Merlon runs; connections to one that is gone are closed.
 */
import type { InstanceReading } from './server-readings.ts';
import type { ServerAccess } from './server-access.ts';

/** What one API server said of itself. */
export interface HeardInstance {
  /** As `10.0.0.5:6443`. */
  readonly instance: string;
  readonly reading: InstanceReading;
}

export interface FoundServers {
  /** As `10.0.0.5:6443`; undefined where nobody could tell, so that those that are known are asked again. */
  readonly addresses: readonly string[] | undefined;
  /** Why there may be others, and what would help; undefined where there are none. */
  readonly doubt?: string | undefined;
  /** Those of which it is certain that they are there, and that they are not asked for the same reason. */
  readonly unasked?: readonly string[];
}

export interface ServerSetOptions {
  /** At the address that Merlon was told, whoever answers there. */
  readonly configured: ServerAccess;
  /** As `10.0.0.1:443`. */
  readonly configuredAddress: string;
  /** Asked at the start of each round; never rejects. */
  readonly find: () => Promise<FoundServers>;
  /** @param address as `10.0.0.5:6443` */
  readonly open: (address: string) => ServerAccess;
}

export interface ServersOfRound {
  /** At least one. */
  readonly servers: readonly ServerAccess[];
  readonly doubt: string | undefined;
  /** Of each, why it is not. */
  readonly unasked: readonly HeardInstance[];
}

export class ServerSet {
  readonly configured: ServerAccess;
  readonly #options: ServerSetOptions;
  /** By address; not the configured one. */
  readonly #found = new Map<string, ServerAccess>();
  /** All that are known, the configured one too where it is among them. */
  #addresses: readonly string[] = [];
  #isClosed = false;

  constructor(options: ServerSetOptions) {
    this.configured = options.configured;
    this.#options = options;
  }

  /** The configured one alone where no others are known. */
  async refresh(): Promise<ServersOfRound> {
    const { addresses = this.#addresses, doubt, unasked: others = [] } = await this.#options.find();
    const unasked = others.map((instance) => ({ instance, reading: { missing: doubt ?? 'it is not asked' } }));
    this.#addresses = addresses;
    const wanted = new Set(addresses);
    for (const [address, access] of this.#found) {
      if (wanted.has(address)) continue;
      this.#found.delete(address);
      access.close();
    }
    // Whatever is asked after a stop fails, and nothing is opened for it.
    if (this.#isClosed || wanted.size === 0) return { servers: [this.configured], doubt, unasked };
    const servers = [...wanted].map((address) => {
      // One and the same is asked once, as whoever Merlon was told of.
      if (address === this.#options.configuredAddress) return this.configured;
      const access = this.#found.get(address) ?? this.#options.open(address);
      this.#found.set(address, access);
      return access;
    });
    return { servers, doubt, unasked };
  }

  /** Gives up what is under way, and closes every connection. */
  close(): void {
    this.#isClosed = true;
    this.configured.close();
    for (const access of this.#found.values()) access.close();
    this.#found.clear();
  }
}
