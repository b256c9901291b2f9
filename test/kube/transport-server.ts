/** Small HTTP(S) servers and a CONNECT proxy for the transport's tests; each ends with `closeServers`. */
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { ServerOptions } from 'node:https';
import { connect, createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

const running: { readonly server: Server; readonly sockets: Set<Socket> }[] = [];

export interface RunningServer {
  readonly port: number;
  /** How many connections it has taken so far. */
  connections: number;
  /** How many of them are open. */
  openConnections(): Promise<number>;
}

export function serveHttp(listener: RequestListener): Promise<RunningServer> {
  return listen(createHttpServer(listener));
}

/** @param onSecure told of every connection whose handshake came about */
export function serveHttps(
  options: ServerOptions,
  listener: RequestListener,
  onSecure: (socket: TLSSocket) => void = () => undefined,
  at: Place = {},
): Promise<RunningServer> {
  return listen(createHttpsServer(options, listener).on('secureConnection', onSecure), at);
}

export function serveTcp(listener: (socket: Socket) => void): Promise<RunningServer> {
  return listen(createTcpServer(listener));
}

/** @returns with the targets that it was asked to connect to, whatever they are it leads to `port` */
export async function serveProxy(port: number): Promise<RunningServer & { readonly targets: string[] }> {
  const targets: string[] = [];
  const server = createHttpServer();
  server.on('connect', (request, socket: Socket) => {
    targets.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`.trim());
    const target = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(target).pipe(socket);
    });
    target.on('error', () => socket.destroy());
    socket.on('error', () => target.destroy());
  });
  return Object.assign(await listen(server), { targets });
}

export async function closeServers(): Promise<void> {
  for (const { server, sockets } of running.splice(0)) {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  }
}

/** Where it listens; by default at a free port of 127.0.0.1. */
export interface Place {
  readonly host?: string;
  readonly port?: number;
}

async function listen(server: Server, { host = '127.0.0.1', port: wanted = 0 }: Place = {}): Promise<RunningServer> {
  const sockets = new Set<Socket>();
  await once(server.listen(wanted, host), 'listening');
  const { port } = server.address() as AddressInfo;
  const started = { port, connections: 0, openConnections: () => Promise.resolve(sockets.size) };
  server.on('connection', (socket: Socket) => {
    started.connections += 1;
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
  });
  running.push({ server, sockets });
  return started;
}
