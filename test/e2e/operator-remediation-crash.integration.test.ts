/** An operator that is killed before and after every write of a repair: never two outcomes, never a lost record. */
import { expect } from 'chai';

import type { ApiClient } from '../support/api-client.ts';
import { bodyOf } from '../support/api-client.ts';
import { useOperatorSuite } from './operator-suite.ts';
import {
  readDefaultAccount,
  readRepairs,
  recordsOf,
  RECORD_NAME,
  repairBinding,
  say,
  switchTo,
  untilRecord,
} from './remediation-suite.ts';
import { WriteGate } from './write-gate.ts';
import type { Strike } from './write-gate.ts';

interface Crash extends Pick<Strike, 'write' | 'when'> {
  readonly what: string;
}

const patchedField = [{ path: 'automountServiceAccountToken', after: 'false', owned: true }];

async function ownersOfField(client: ApiClient, namespace: string): Promise<readonly unknown[]> {
  const { managedFields = [] } = (await readDefaultAccount(client, namespace)).metadata as {
    readonly managedFields?: readonly { readonly manager: string; readonly fieldsV1: object }[];
  };
  return managedFields
    .filter(({ fieldsV1 }) => 'f:automountServiceAccountToken' in fieldsV1)
    .map(({ manager }) => manager);
}

describe('an operator that dies in the middle of a repair', () => {
  const suite = useOperatorSuite();

  /** One that asks for repairs, and may have them. */
  async function createNamespace(what: string, { write, when }: Crash): Promise<string> {
    const { client } = suite;
    const namespace = `${what}-${write}-${when}`;
    await client.createNamespace(namespace);
    await client.create(repairBinding(namespace));
    await switchTo(client, namespace, 'apply');
    return namespace;
  }

  /** Runs an operator until it is struck, and then another one. */
  async function runThrough(namespace: string, { write, when }: Crash): Promise<readonly string[]> {
    const prefix = new RegExp(`/namespaces/${namespace}/(serviceaccounts|hardeningremediations)[/?]`);
    const gate = await WriteGate.open(suite.cluster, (path) => prefix.test(path) && !path.includes('dryRun='));
    try {
      const operator = await suite.launchOperator([], gate.url);
      gate.strikeAt({ write, when, kill: () => operator.kill() });
      await operator.exited;
      expect(gate.writes).to.have.length(write);
      return gate.writes;
    } finally {
      gate.close();
    }
  }

  const applies: readonly Crash[] = [
    { what: 'before the record is made', write: 1, when: 'before' },
    { what: 'after the record is made', write: 1, when: 'after' },
    { what: 'before the intent is written', write: 2, when: 'before' },
    { what: 'after the intent is written', write: 2, when: 'after' },
    { what: 'before the account is patched', write: 3, when: 'before' },
    { what: 'after the account is patched', write: 3, when: 'after' },
    { what: 'before the end is written', write: 4, when: 'before' },
    { what: 'after the end is written', write: 4, when: 'after' },
  ];
  for (const crash of applies) {
    it(`${crash.what} ends with one patch and one record that knows it`, async () => {
      const { client, cluster } = suite;
      const namespace = await createNamespace('apply', crash);
      const from = await cluster.readAuditPosition();
      const writes = await runThrough(namespace, crash);
      expect(writes.at(-1)).to.match(
        [/^POST .*hardeningremediations/, /^PUT .*status/, /^PATCH .*serviceaccounts/, /^PUT .*status/][
          crash.write - 1
        ] ?? /never/,
      );
      await suite.startOperator();
      const record = await untilRecord(client, namespace, 'to be applied', ({ state, intent }) => {
        return state === 'Applied' && intent === undefined;
      });
      expect(record).to.deep.include({ reason: 'Applied', fields: patchedField });
      expect(record).to.have.property('appliedTime');
      expect(await ownersOfField(client, namespace)).to.deep.equal(['merlon-remediator']);
      expect(await readRepairs(cluster, namespace, from)).to.have.length(1);
      const { items } = bodyOf('records', await recordsOf(client, namespace).list());
      expect(items.map(({ metadata }) => metadata.name)).to.deep.equal([RECORD_NAME]);
    });
  }

  const reverts: readonly Crash[] = [
    { what: 'before the intent to revert is written', write: 1, when: 'before' },
    { what: 'after the intent to revert is written', write: 1, when: 'after' },
    { what: 'before the account is given back', write: 2, when: 'before' },
    { what: 'after the account is given back', write: 2, when: 'after' },
    { what: 'before the end of a revert is written', write: 3, when: 'before' },
    { what: 'after the end of a revert is written', write: 3, when: 'after' },
  ];
  for (const crash of reverts) {
    it(`${crash.what} ends with the value before, and a record that knows it`, async () => {
      const { client, cluster } = suite;
      const namespace = await createNamespace('revert', crash);
      const first = await suite.startOperator();
      // Before the account is patched it is about to be applied, too.
      await untilRecord(client, namespace, 'to be applied', ({ state, intent }) => {
        return state === 'Applied' && intent === undefined;
      });
      await first.stop();
      await say(client, namespace, 'Revert');
      const from = await cluster.readAuditPosition();
      await runThrough(namespace, crash);
      await suite.startOperator();
      const record = await untilRecord(client, namespace, 'to be reverted', ({ state, intent }) => {
        return state === 'Reverted' && intent === undefined;
      });
      expect(record).to.include({ reason: 'Requested' });
      expect(record).to.not.have.property('setBackTimes');
      expect(await ownersOfField(client, namespace)).to.deep.equal([]);
      expect(await readRepairs(cluster, namespace, from)).to.have.length(1);
    });
  }
});
