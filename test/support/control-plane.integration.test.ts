import { expect } from 'chai';
import { ApiClient, bodyOf } from './api-client.ts';
import { useControlPlane } from './integration.ts';
import { waitUntil } from './wait-until.ts';

describe('a control plane of one’s own', () => {
  const controlPlane = useControlPlane({
    needs: ['own', 'restart', 'audit-log', 'controller-manager'],
    own: {
      apiServerFlags: { 'admission-control-config-file': '{dir}/admission/configuration.yaml' },
      files: {
        'admission/configuration.yaml': `
          apiVersion: apiserver.config.k8s.io/v1
          kind: AdmissionConfiguration
          plugins:
          - name: PodSecurity
            configuration:
              apiVersion: pod-security.admission.config.k8s.io/v1
              kind: PodSecurityConfiguration
              defaults: { enforce: baseline }`,
      },
    },
  });

  it('serves kubectl', async () => {
    const { code, stdout } = await controlPlane().kubectl(['get', 'namespace', 'default', '-o', 'name']);

    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: 'namespace/default\n' });
  });

  it('gives kubectl’s exit code and its standard input', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'Not a name' }, spec: { containers: [] } };
    const { code, stderr } = await controlPlane().kubectl(['create', '-f', '-'], { stdin: JSON.stringify(pod) });

    expect(code).to.equal(1);
    expect(stderr).to.include('The Pod "Not a name" is invalid');
  });

  it('knows a user and the groups of a client certificate', async () => {
    const kubeconfig = await controlPlane().kubeconfigFor({ user: 'jane_doe@example.com', groups: ['dev*', '#ops'] });
    const { stdout } = await controlPlane().kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo}'], {
      kubeconfig,
    });

    expect(JSON.parse(stdout)).to.deep.include({
      username: 'jane_doe@example.com',
      groups: ['dev*', '#ops', 'system:authenticated'],
    });
  });

  it('knows a ServiceAccount by its token', async () => {
    await controlPlane().client.createNamespace('accounts');
    const kubeconfig = await controlPlane().kubeconfigForServiceAccount('accounts', 'default');
    const client = await ApiClient.fromKubeconfig(kubeconfig);

    const refused = await client.resource('v1', 'secrets', 'accounts').list();
    client.close();

    expect(refused.status).to.equal(403);
    expect(refused.body).to.have.property('message').that.includes('system:serviceaccount:accounts:default');
  });

  it('takes flags and files: here Pod Security by default', async () => {
    await controlPlane().client.createNamespace('guarded');
    const pods = controlPlane().client.resource('v1', 'pods', 'guarded');
    const refused = await pods.create({
      metadata: { name: 'host' },
      spec: { hostPID: true, containers: [{ name: 'a', image: 'a' }] },
    });

    expect(refused.status).to.equal(403);
    expect(refused.body).to.have.property('message').that.includes('violates PodSecurity "baseline:latest"');
  });

  it('tells from the audit log who asked for what', async () => {
    const from = await controlPlane().readAuditPosition();
    const jane = await controlPlane().clientFor({ user: 'jane' });
    await jane.resource('v1', 'pods', 'default').patchStatus('web-0', {});
    jane.close();

    const events = await waitUntil(
      async () => {
        const found = await controlPlane().readAudit({ user: 'jane', resource: 'pods/status', from });
        return found.length > 0 && found;
      },
      { what: 'a record' },
    );

    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ stage: 'ResponseComplete', verb: 'patch', userAgent: 'merlon-test' });
    expect(events[0]?.objectRef).to.deep.include({ resource: 'pods', subresource: 'status', name: 'web-0' });
    expect(events[0]?.responseStatus?.code).to.equal(403);
  });

  it('keeps its objects and its port over a restart, with other flags', async () => {
    const { client, apiServer, url } = controlPlane();
    bodyOf('create', await client.resource('v1', 'configmaps', 'default').create({ metadata: { name: 'kept' } }));

    await apiServer.restart({ flags: { 'anonymous-auth': 'false' } });

    expect((await client.resource('v1', 'configmaps', 'default').get('kept')).status).to.equal(200);
    const anonymous = new ApiClient({ url, caPem: controlPlane().caPem, credentials: { kind: 'none' } });
    expect((await anonymous.request('GET', '/version')).status).to.equal(401);
    anonymous.close();
  });

  it('hangs while the API server is suspended, and answers when it resumes', async () => {
    const { client, apiServer } = controlPlane();
    await apiServer.suspend();
    const hanging = await client.request('GET', '/readyz', { timeoutMs: 500 }).catch((error: unknown) => error);
    apiServer.resume();

    expect(hanging).to.be.instanceOf(Error).with.property('message', 'GET /readyz: no answer within 0.5 s');
    expect((await client.request('GET', '/readyz')).status).to.equal(200);
  });

  it('has a controller manager again after that was killed', async () => {
    const { client, controllerManager } = controlPlane();
    await controllerManager.kill();
    expect(controllerManager.exit).to.equal('SIGKILL');

    await controllerManager.start();

    const accounts = client.resource('v1', 'serviceaccounts', 'after-the-kill');
    await client.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'after-the-kill' } });
    await waitUntil(async () => (await accounts.get('default')).status === 200, { what: 'the default ServiceAccount' });
  });

  it('answers 410 to a watch from before a compaction', async () => {
    const { client, apiServer } = controlPlane();
    const pods = client.resource('v1', 'pods', 'default');
    const { resourceVersion } = bodyOf('list', await pods.list()).metadata;
    bodyOf('write', await client.resource('v1', 'configmaps', 'default').create({ metadata: { name: 'newer' } }));

    expect(await controlPlane().compactEtcd()).to.be.greaterThan(Number(resourceVersion));
    await apiServer.restart();

    const first = await pods.watch({ resourceVersion }, AbortSignal.timeout(20_000)).next();
    expect(first.value).to.have.property('type', 'ERROR');
    expect(first.value).to.have.nested.property('object.code', 410);
  });

  it('says why a part does not start', async () => {
    const { apiServer } = controlPlane();
    const flags = { 'authorization-mode': 'Nonsense' };

    const error = await apiServer.restart({ flags }).catch((reason: unknown) => reason);
    await apiServer.restart({ flags: { 'authorization-mode': 'RBAC' } });

    expect(error)
      .to.be.instanceOf(Error)
      .with.property('message')
      .that.matches(/Nonsense\W+is not a valid mode/);
  });
});

describe('a control plane that emulates an older version', () => {
  const controlPlane = useControlPlane({
    needs: ['emulation'],
    own: { emulatedVersion: '1.34', controllerManager: false, auditLog: false },
  });

  it('says so', async () => {
    const { body } = await controlPlane().client.request('GET', '/version');

    expect(body).to.deep.include({ emulationMajor: '1', emulationMinor: '34' });
    expect(controlPlane().minor).to.equal(34);
  });

  it('has no audit log and no controller manager when told so', () => {
    expect(() => controlPlane().readAudit()).to.throw('no audit log');
    expect(() => controlPlane().controllerManager).to.throw('no controller manager');
  });
});
