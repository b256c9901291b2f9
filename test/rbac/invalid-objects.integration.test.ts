/** Every row of the two rules about objects that no API server stores is held to a real one. */
import { expect } from 'chai';

import { apiVersionOf, kinds } from '../../src/core/kinds.ts';
import { readManifests } from '../core/yaml-objects.ts';
import { useControlPlane } from '../support/integration.ts';
import { ResourceClient } from '../support/resource-client.ts';
import type { Row } from '../rules/rule-tester.ts';
import { invalidBindingRows } from '../rules/rbac/invalid-binding-rows.ts';
import { invalidRoleRows } from '../rules/rbac/invalid-role-rows.ts';

describe('what no API server stores', () => {
  const cluster = useControlPlane();

  /** @returns the status of a creation that is not carried out */
  async function create({ yaml }: Row): Promise<number> {
    const [manifest] = readManifests(yaml);
    if (manifest === undefined) throw new Error('the row has no object');
    const { plural, group, version } = kinds[manifest.kind];
    const { namespace } = manifest.metadata;
    const objects = new ResourceClient(cluster().client, apiVersionOf({ group, version }), plural, namespace);
    return (await objects.create(manifest, { dryRun: 'All' })).status;
  }

  for (const row of [...invalidRoleRows, ...invalidBindingRows]) {
    if ('passes' in row) {
      it(`is not: ${row.name}`, async () => {
        expect(await create(row)).to.equal(201);
      });
    } else {
      it(`is: ${row.name}`, async () => {
        expect(await create(row)).to.be.oneOf([400, 422]);
      });
    }
  }
});
