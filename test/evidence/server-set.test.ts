import { expect } from 'chai';
import { ServerSet } from '../../src/evidence/server-set.ts';
import type { FoundServers } from '../../src/evidence/server-set.ts';
import { FakeServer } from './fake-server.ts';

describe('the set of API servers', () => {
  function setOf(...found: readonly FoundServers[]) {
    const answers = [...found];
    const opened: FakeServer[] = [];
    const configured = new FakeServer('10.96.0.1:443');
    const set = new ServerSet({
      configured: configured.access,
      configuredAddress: '10.96.0.1:443',
      find: () => Promise.resolve(answers.shift() ?? { addresses: undefined, doubt: 'nobody answers' }),
      open: (address) => {
        const server = new FakeServer(address);
        opened.push(server);
        return server.access;
      },
    });
    const instances = async () => {
      const { servers, doubt } = await set.refresh();
      return { servers: servers.map(({ instance }) => instance), doubt };
    };
    return { set, configured, opened, instances };
  }

  it('is those that are found', async () => {
    const { instances } = setOf({ addresses: ['a:1', 'b:1'] });
    expect(await instances()).to.deep.equal({ servers: ['a:1', 'b:1'], doubt: undefined });
  });

  it('is the configured one alone where none is found, with the reason', async () => {
    const { instances } = setOf(
      { addresses: [], doubt: 'none is named' },
      { addresses: undefined, doubt: 'forbidden' },
    );
    expect(await instances()).to.deep.equal({ servers: ['10.96.0.1:443'], doubt: 'none is named' });
    expect(await instances()).to.deep.equal({ servers: ['10.96.0.1:443'], doubt: 'forbidden' });
  });

  it('has the configured one once where it is among those that are found, and never closes it when it is gone', async () => {
    const { instances, opened, configured } = setOf({ addresses: ['10.96.0.1:443', 'b:1'] }, { addresses: ['b:1'] });
    expect(await instances()).to.deep.equal({ servers: ['10.96.0.1:443', 'b:1'], doubt: undefined });
    await instances();
    expect(opened).to.have.length(1);
    expect(configured.asked).to.deep.equal([]);
  });

  it('keeps one that is still there, and closes one that is gone', async () => {
    const { instances, opened } = setOf({ addresses: ['a:1', 'b:1'] }, { addresses: ['b:1', 'c:1'] });
    await instances();
    expect((await instances()).servers).to.deep.equal(['b:1', 'c:1']);
    expect(opened.map(({ access, asked }) => [access.instance, asked])).to.deep.equal([
      ['a:1', ['close']],
      ['b:1', []],
      ['c:1', []],
    ]);
  });

  it('keeps all that are known while nobody tells which there are', async () => {
    const { instances, opened } = setOf({ addresses: ['10.96.0.1:443', 'a:1'] });
    await instances();
    expect(await instances()).to.deep.equal({ servers: ['10.96.0.1:443', 'a:1'], doubt: 'nobody answers' });
    expect(opened).to.have.length(1);
  });

  it('closes every one at its end, and opens none after it', async () => {
    const { set, instances, opened, configured } = setOf({ addresses: ['a:1'] }, { addresses: ['b:1'] });
    await instances();
    set.close();
    await instances();
    expect(opened.map(({ asked }) => asked)).to.deep.equal([['close']]);
    expect(configured.asked).to.deep.equal(['close']);
  });
});
