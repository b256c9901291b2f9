/**
 * A HostProcess container runs on the Windows node itself: it is what a privileged container is on Linux.
 *
 * Source: Pod Security Standards, baseline, "HostProcess" (from v1.0).
 */
import { defineRule } from '../../core/rule.ts';
import { windowsHostProcess as check } from '../../pod-security/checks/windows-host-process.ts';
import { judgeBy } from '../lib/pod-security-rule.ts';

export const windowsHostProcess = defineRule({
  id: 'pod-windows-host-process',
  title: 'Containers must not run as processes of their Windows node',
  severity: 'critical',
  severityReason: 'There is no container: the process runs on the node, with the rights of the account that it names.',
  subject: 'Workload',
  controls: ['pss/baseline/windowsHostProcess', 'cis-1.12/5.2.10', 'nsa/pod-security'],
  rationale:
    'A HostProcess container has the file system, the network and the processes of its node, so that whoever controls it controls the node and all that runs there.',
  remediation:
    'Remove securityContext.windowsOptions.hostProcess, or set it to false; leave the node itself to agents in a namespace of their own.',
  example: {
    fails: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  os: { name: windows }
  hostNetwork: true
  securityContext:
    windowsOptions: { hostProcess: true, runAsUserName: 'NT AUTHORITY\\\\SYSTEM' }
  containers:
    - { name: agent, image: registry.example/agent:1 }
`,
    passes: `apiVersion: v1
kind: Pod
metadata: { name: agent }
spec:
  os: { name: windows }
  securityContext:
    windowsOptions: { runAsUserName: ContainerUser }
  containers:
    - { name: agent, image: registry.example/agent:1 }
`,
  },

  check: judgeBy(check),
});
