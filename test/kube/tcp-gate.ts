/** Stands between a client and a server, and lets connections through, cuts them or lets them hang. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

export class TcpGate {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #isShut = false;

  /** @param targetPort on this machine */
  static async open(targetPort: number): Promise<TcpGate> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return new TcpGate(server, targetPort);
  }

  constructor(server: Server, targetPort: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('connection', (client: Socket) => {
      if (this.#isShut) {
        client.resetAndDestroy();
        return;
      }
      const target = connect(targetPort, '127.0.0.1');
      this.#join(client, target);
      this.#join(target, client);
    });
  }

  /** Ends every connection and every attempt at one, until `mend`. */
  cut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  mend(): void {
    this.#isShut = false;
  }

  /** Nothing passes any more on the connections of now, and neither side is told. */
  freeze(): void {
    for (const socket of this.#sockets) {
      socket.removeAllListeners('data');
      socket.pause();
    }
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(from: Socket, to: Socket): void {
    this.#sockets.add(from);
    from.on('data', (bytes) => to.write(bytes));
    from.once('end', () => to.end());
    from.on('error', () => to.destroy());
    from.once('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
  }
}
